using System.Text.Json;
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

namespace Marketing.Library.Usage;

/// <summary><c>GET /api/content_library/{id}/usage</c>: where an asset is used, as far as the caller may see these places.</summary>
internal static class UsageEndpoints
{
    // The rows that a kind of use names, and the column that names them.
    private static readonly Dictionary<string, (string Table, string Column)> Places = new(StringComparer.Ordinal)
    {
        ["social_post"] = ("social_posts", "id"),
        ["property"] = ("property_content", "property_id"),
        ["website"] = ("website_pages", "id"),
        ["content"] = ("content", "id"),
        ["calendar_item"] = ("calendar_items", "id"),
        ["campaign"] = ("campaigns", "id"),
    };

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("content_library/{id}/usage", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);

    private static async Task ReadAsync(HttpContext context)
    {
        var catalog = context.RequestServices.GetRequiredService<ResourceCatalog>();
        var request = ResourceRequest.Of(context, catalog.Of("content_library"));
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("""
            select (select coalesce(json_agg(found order by found.usage_type, found.usage_id), '[]') from (
                select tracked.usage_type, tracked.usage_id, tracked.place as usage_context, used.used_at,
                    exists (select from marketing_ops.uses u where u.usage_type = tracked.usage_type and u.usage_id = tracked.usage_id and u.asset_id = tracked.asset_id and u.is_live) as is_live
                from   marketing_ops.tracked_usages tracked left join marketing.content_usage used on used.id = tracked.id
                where  tracked.asset_id = $1 limit 1000) found)::text
            """);
        command.Parameters.AddWithValue(await request.VisibleRowAsync());
        var all = JsonNode.Parse((string)(await command.ExecuteScalarAsync(context.RequestAborted))!)!.AsArray();
        var uses = new JsonArray();
        foreach (var kind in all.GroupBy(use => (string)use!["usage_type"]!).ToList())
        {
            var seen = await VisibleAsync(request, catalog, kind.Key, [.. kind.Select(use => Guid.Parse((string)use!["usage_id"]!)).Distinct()]);
            foreach (var use in kind.Where(use => seen.Contains(Guid.Parse((string)use!["usage_id"]!)))) uses.Add(use!.DeepClone());
        }
        var answer = new JsonObject { ["uses"] = uses, ["hidden"] = all.Count - uses.Count };
        await Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static async Task<HashSet<Guid>> VisibleAsync(ResourceRequest request, ResourceCatalog catalog, string kind, List<Guid> ids)
    {
        var (table, name) = Places[kind];
        if (request.Access.To(catalog.Of(table), TableAction.Read) is not { } access || access.Find(name) is not { } column) return [];
        if (access.Rows is null) return [.. ids];
        var query = new ReadQuery(access);
        new ParseSelect(request.Access).Run(query, name);
        query.Filters.Add(new Filter.CompareMany(new Operand(column), Comparison.Equal, [.. ids.Cast<object?>()], ForAll: false));
        query.Order = [new OrderTerm(null, new Operand(access.Resource.Key), IsDescending: false, NullsFirst: false)];
        query.Limit = ReadQuery.MaxLimit;
        using var page = await request.Service<ReadPage>().RunAsync(new ReadPlan(query), null, request.Aborted);
        using var rows = JsonDocument.Parse(page.Json);
        return [.. rows.RootElement.EnumerateArray().Select(row => row.GetProperty(name).GetGuid())];
    }
}
