using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Resources;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Library.Similar;

/// <summary>
/// <c>GET /api/content_library/{id}/similar</c>: near-duplicates by perceptual hash, and assets of like content by the model's embedding. Of
/// embeddings, the newest <see cref="MostEmbeddings"/> are compared.
/// </summary>
internal static class SimilarEndpoint
{
    private const int MostEmbeddings = 2_000;
    private const int MostTold = 50;
    private static readonly string[] Told = ["id", "asset_id", "filename", "thumbnail_url", "status"];
    // Of 64 bits; up to about a tenth of them differ between sizes and qualities of one picture. A choice, not a measured figure.
    private const int NearDuplicateBits = 8;
    private const double LikeCosine = 0.75;

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("content_library/{id}/similar", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);

    private static async Task ReadAsync(HttpContext context)
    {
        var request = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("content_library"));
        var id = await request.VisibleRowAsync();
        var found = await NearDuplicatesAsync(request, id);
        foreach (var (asset, cosine) in await LikeAsync(request, id)) found[asset] = (found.TryGetValue(asset, out var known) ? known.Distance : null, cosine);
        var answer = new JsonArray();
        foreach (var row in await VisibleAsync(request, [.. found.Keys]))
        {
            var (distance, cosine) = found[Guid.Parse((string)row!["id"]!)];
            var entry = row.DeepClone().AsObject();
            entry["is_near_duplicate"] = distance <= NearDuplicateBits;
            entry["hash_distance"] = distance;
            entry["similarity"] = cosine is { } value ? Math.Round(value, 4) : null;
            answer.Add(entry);
        }
        var sorted = answer.OrderByDescending(entry => (bool)entry!["is_near_duplicate"]!).ThenBy(entry => (int?)entry!["hash_distance"] ?? 64).ThenByDescending(entry => (double?)entry!["similarity"] ?? 0).Take(MostTold);
        await Results.Text(new JsonArray([.. sorted.Select(entry => entry!.DeepClone())]).ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static async Task<Dictionary<Guid, (int? Distance, double? Cosine)>> NearDuplicatesAsync(ResourceRequest request, Guid id)
    {
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("""
            select other.asset_id, length(replace(((other.phash # mine.phash)::bit(64))::text, '0', ''))
            from   marketing_ops.asset_features mine join marketing_ops.asset_features other on other.asset_id <> mine.asset_id and other.phash is not null
            where  mine.asset_id = $1 and mine.phash is not null and length(replace(((other.phash # mine.phash)::bit(64))::text, '0', '')) <= $2
            order  by 2 limit 200
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(NearDuplicateBits);
        await using var reader = await command.ExecuteReaderAsync(request.Aborted);
        var found = new Dictionary<Guid, (int?, double?)>();
        while (await reader.ReadAsync(request.Aborted)) found[reader.GetGuid(0)] = (reader.GetInt32(1), null);
        return found;
    }

    private static async Task<List<(Guid Asset, double Cosine)>> LikeAsync(ResourceRequest request, Guid id)
    {
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("""
            (select asset_id, embedding from marketing_ops.asset_features where asset_id = $1 and embedding is not null)
            union all
            (select asset_id, embedding from marketing_ops.asset_features where asset_id <> $1 and embedding is not null order by updated_at desc limit $2)
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(MostEmbeddings);
        await using var reader = await command.ExecuteReaderAsync(request.Aborted);
        if (!await reader.ReadAsync(request.Aborted) || reader.GetGuid(0) != id) return [];
        var mine = reader.GetFieldValue<float[]>(1);
        var found = new List<(Guid, double)>();
        while (await reader.ReadAsync(request.Aborted))
        {
            if (Cosine(mine, reader.GetFieldValue<float[]>(1)) is >= LikeCosine and var cosine) found.Add((reader.GetGuid(0), cosine));
        }
        return [.. found.OrderByDescending(entry => entry.Item2).Take(MostTold * 2)];
    }

    /// <summary>Cosine of the angle between two vectors; 0 when they are of different models.</summary>
    internal static double Cosine(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        if (one.Length != other.Length || one.IsEmpty) return 0;
        var (product, first, second) = (Dot(one, other), Dot(one, one), Dot(other, other));
        return first == 0 || second == 0 ? 0 : product / Math.Sqrt(first * second);
    }

    private static double Dot(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var wideOne = MemoryMarshal.Cast<float, Vector<float>>(one);
        var wideOther = MemoryMarshal.Cast<float, Vector<float>>(other);
        var sum = 0.0;
        for (var i = 0; i < wideOne.Length; i++) sum += Vector.Dot(wideOne[i], wideOther[i]);
        for (var i = wideOne.Length * Vector<float>.Count; i < one.Length; i++) sum += one[i] * other[i];
        return sum;
    }

    private static async Task<List<JsonNode>> VisibleAsync(ResourceRequest request, List<Guid> ids)
    {
        if (ids.Count == 0) return [];
        var access = request.To(TableAction.Read);
        var columns = Told.Where(name => access.Find(name) is not null);
        var query = request.Everything(string.Join(',', columns));
        query.Filters.Add(new Filter.CompareMany(new Operand(request.Resource.Key), Comparison.Equal, [.. ids.Cast<object?>()], ForAll: false));
        query.Order = [new OrderTerm(null, new Operand(request.Resource.Key), IsDescending: false, NullsFirst: false)];
        query.Limit = ReadQuery.MaxLimit;
        using var page = await request.Service<ReadPage>().RunAsync(new ReadPlan(query), null, request.Aborted);
        return [.. JsonNode.Parse(page.Json.Span)!.AsArray().Select(row => row!)];
    }
}
