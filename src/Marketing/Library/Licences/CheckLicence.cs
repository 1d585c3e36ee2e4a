using Marketing.Problems;
using Npgsql;

namespace Marketing.Library.Licences;

/// <summary>Says whether assets may be published at an instant, and if not, why.</summary>
public sealed class CheckLicence(NpgsqlDataSource database)
{
    /// <summary>SQL: what forbids publishing an asset at an instant, null for nothing. Reads the row <c>asset</c> and its left-joined <c>licence</c>.</summary>
    /// <param name="at">The parameter of the instant, such as <c>$2</c>.</param>
    /// <param name="territory">The parameter of the territory, a text or null.</param>
    internal static string Code(string at, string territory) => $"""
        case when licence.asset_id is null and coalesce(asset.license_type, '') = '' then 'licence_missing'
             when licence.starts_at > {at} then 'licence_not_begun'
             when licence.expires_at <= {at} then 'licence_expired'
             when {territory}::text is not null and licence.territories <> '{"{}"}' and not upper({territory}) = any(licence.territories) then 'licence_territory'
             when licence.licence_type = 'editorial' then 'licence_editorial'
             when licence.model_release = 'missing' then 'model_release_missing'
             when licence.property_release = 'missing' then 'property_release_missing' end
        """;

    private static readonly string Findings = $"""
        select asset.asset_id, {Code("$2", "$3")} as code, coalesce(licence.expires_at, licence.starts_at)
        from   marketing.content_library asset left join marketing_ops.asset_licences licence on licence.asset_id = asset.id
        """;

    /// <summary>Checks the assets behind addresses, by the file itself or by one of its renditions. Addresses outside the library have no licence to check.</summary>
    /// <param name="urls">Addresses, as in <c>media_urls</c>.</param>
    /// <param name="at">When it is to be published.</param>
    /// <param name="territory">ISO 3166-1 alpha-2 country of the audience; null for everywhere that the licence allows.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>One entry per asset that may not be published, for the field <c>media_urls</c>; empty when all may.</returns>
    public Task<IReadOnlyList<FieldError>> UrlsAsync(IReadOnlyList<string> urls, DateTimeOffset at, string? territory, CancellationToken cancellationToken) =>
        RunAsync($"select * from ({Findings} where asset.id in (select found.id from unnest($1::text[]) url, lateral marketing_ops.assets_at(url) found (id))) checked where code is not null order by 1", urls.ToArray(), "media_urls", at, territory, cancellationToken);

    /// <summary>Checks assets by id; else as <see cref="UrlsAsync"/>, for the field <c>library_asset_id</c>.</summary>
    public Task<IReadOnlyList<FieldError>> AssetsAsync(IReadOnlyList<Guid> assets, DateTimeOffset at, string? territory, CancellationToken cancellationToken) =>
        RunAsync($"select * from ({Findings} where asset.id = any($1)) checked where code is not null order by 1", assets.ToArray(), "library_asset_id", at, territory, cancellationToken);

    private async Task<IReadOnlyList<FieldError>> RunAsync(string sql, object wanted, string field, DateTimeOffset at, string? territory, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(wanted);
        command.Parameters.AddWithValue(at.ToUniversalTime());
        command.Parameters.Add(new() { Value = (object?)territory ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var findings = new List<FieldError>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (asset, code, day) = (reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? default : reader.GetFieldValue<DateTimeOffset>(2));
            findings.Add(new FieldError(field, code, code switch
            {
                "licence_missing" => $"{asset} has no licence. Write one to /api/content_library/{asset}/licence, or take another asset.",
                "licence_not_begun" => $"The licence of {asset} has not begun at {at:u}.",
                "licence_expired" => $"The licence of {asset} ends at {day:u}, before it would be published. Renew it, or take another asset.",
                "licence_territory" => $"The licence of {asset} does not cover {territory}.",
                "licence_editorial" => $"{asset} is licensed for editorial use alone, not for marketing.",
                "model_release_missing" => $"People in {asset} have not agreed: its model release is missing.",
                _ => $"The owner of what {asset} shows has not agreed: its property release is missing.",
            }));
        }
        return findings;
    }
}
