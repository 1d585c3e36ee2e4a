using System.Globalization;
using Marketing.Library.Licences;
using Npgsql;

namespace Marketing.Library.Search;

/// <summary>Finds the assets that a search asks for, in its order, whoever asks: the caller's rows are sifted from them.</summary>
internal sealed class FindAssets(NpgsqlDataSource database, TimeProvider clock)
{
    // A colour below this share of the picture is none that a person would name.
    private const string LeastShare = "0.08";
    private static readonly TimeSpan Expiring = TimeSpan.FromDays(30);

    /// <summary>The next places behind one.</summary>
    /// <param name="search">What is asked for.</param>
    /// <param name="after">The place; null begins.</param>
    /// <param name="most">Places at most.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<List<SearchPlace>> RunAsync(AssetSearch search, SearchPlace? after, int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand();
        string Value(object value)
        {
            command.Parameters.AddWithValue(value);
            return string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
        }

        var rank = search.Words is null ? "0::real" : "found.rank";
        var conditions = new List<string> { $"asset.status = {Value(search.Status)}" };
        if (search.Orientation is { } orientation) conditions.Add($"asset.orientation = {Value(orientation)}");
        if (search.AssetType is { } type) conditions.Add($"asset.asset_type = {Value(type)}");
        if (search.HasFace is { } hasFace) conditions.Add(hasFace ? "features.face_count > 0" : "features.face_count = 0");
        if (search.MinSharpness is { } sharpness) conditions.Add($"features.sharpness >= {Value(sharpness)}");
        if (search.MinExposure is { } least) conditions.Add($"features.exposure >= {Value(least)}");
        if (search.MaxExposure is { } greatest) conditions.Add($"features.exposure <= {Value(greatest)}");
        if (search.Colour is { } colour)
        {
            var name = Value(colour);
            // The first is what the index answers.
            conditions.Add($"features.palette @> jsonb_build_array(jsonb_build_object('name', {name}::text)) and exists (select from jsonb_array_elements(features.palette) shade where shade ->> 'name' = {name} and (shade ->> 'share')::numeric >= {LeastShare})");
        }
        if (search.Used is { } used) conditions.Add($"{(used ? "" : "not ")}exists (select from marketing_ops.tracked_usages used where used.asset_id = asset.id)");
        if (search.Licence is { } licence)
        {
            var now = Value(clock.GetUtcNow());
            var code = CheckLicence.Code(now, "null");
            conditions.Add(licence switch
            {
                "missing" => $"({code}) = 'licence_missing'",
                "expired" => $"({code}) = 'licence_expired'",
                "expiring" => $"({code}) is null and licence.expires_at <= {Value(clock.GetUtcNow() + Expiring)}",
                "blocked" => $"({code}) is not null",
                _ => $"({code}) is null",
            });
        }
        if (after is { } place) conditions.Add($"({rank}, asset.id) < ({Value(place.Rank)}, {Value(place.Id)})");

        var source = search.Words is { } words ? $"marketing_ops.search('content_library', {Value(words)}) found join marketing.content_library asset on asset.id = found.row_id" : "marketing.content_library asset";
        command.CommandText = $"""
            select {rank} as rank, asset.id
            from   {source}
            left   join marketing_ops.asset_features features on features.asset_id = asset.id
            left   join marketing_ops.asset_licences licence on licence.asset_id = asset.id
            where  {string.Join(" and ", conditions)}
            order  by rank desc, asset.id desc limit {Value(most)}
            """;
        var places = new List<SearchPlace>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) places.Add(new SearchPlace(reader.GetFloat(0), reader.GetGuid(1)));
        return places;
    }
}
