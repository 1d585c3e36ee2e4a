using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Library.Search;

/// <summary>
/// <c>GET /api/content_library/search</c>: the rows of the table by what was found in the files: words with synonyms, colour, faces, quality,
/// use, licence. Only rows and columns that the caller may read; the next page is in the <c>Link</c> header.
/// </summary>
internal static class SearchEndpoint
{
    private const string Table = "content_library";
    private const string IdInAnswer = "search_row_id";

    // A role that sees few rows of many costs several looks; then the page is short, and its link goes on.
    private const int MostLooks = 10;

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api) => api.MapGet($"{Table}/search", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);

    private static async Task ReadAsync(HttpContext context)
    {
        var request = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of(Table));
        var access = request.To(TableAction.Read);
        var search = AssetSearch.Read(context.Request.Query);
        if (search.ColumnsLookedInto(request.Resource.Search.Select(column => column.Name)).FirstOrDefault(name => access.Find(name) is null) is { } hidden)
            throw new ProblemException(Problem.Forbidden("not_granted", $"The search would look into {hidden}, which your role may not read. Leave out what needs it."));

        var (answer, next) = await PageAsync(request, search);
        if (next is { } place) context.Response.Headers.Link = $"<{Address(context.Request, place)}>; rel=\"next\"";
        await Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static async Task<(JsonArray Rows, SearchPlace? Next)> PageAsync(ResourceRequest request, AssetSearch search)
    {
        var (answer, after, batch) = (new JsonArray(), search.After, search.Limit + 1);
        for (var look = 0; look < MostLooks; look++)
        {
            var places = await request.Service<FindAssets>().RunAsync(search, after, batch, request.Aborted);
            var rows = await RowsAsync(request, search.Select, places);
            foreach (var place in places)
            {
                if (!rows.TryGetValue(place.Id, out var row)) continue;
                if (answer.Count == search.Limit) return (answer, after);
                answer.Add((JsonNode)row);
                after = place;
            }
            if (places.Count < batch) return (answer, null);
            // With the page full, what lies behind its last row decides whether there is a next one; else everything seen is behind us.
            if (answer.Count < search.Limit) after = places[^1];
            batch = Math.Min(batch * 2, ReadQuery.DefaultLimit);
        }
        return (answer, after);
    }

    private static async Task<Dictionary<Guid, JsonObject>> RowsAsync(ResourceRequest request, string? select, List<SearchPlace> places)
    {
        if (places.Count == 0) return [];
        var query = request.Everything($"{select ?? "*"},{IdInAnswer}:id");
        query.Filters.Add(new Filter.CompareMany(new Operand(request.Resource.Key), Comparison.Equal, [.. places.Select(place => (object?)place.Id)], ForAll: false));
        query.Order = [new OrderTerm(null, new Operand(request.Resource.Key), IsDescending: false, NullsFirst: false)];
        query.Limit = ReadQuery.MaxLimit;
        using var page = await request.Service<ReadPage>().RunAsync(new ReadPlan(query), null, request.Aborted);
        var rows = new Dictionary<Guid, JsonObject>();
        foreach (var row in JsonNode.Parse(page.Json.Span)!.AsArray().Select(row => row!.DeepClone().AsObject()))
        {
            var id = row[IdInAnswer]!.GetValue<Guid>();
            row.Remove(IdInAnswer);
            rows[id] = row;
        }
        return rows;
    }

    private static string Address(HttpRequest request, SearchPlace place)
    {
        var query = QueryText.ForHeader(QueryText.Without(request.QueryString.Value, "cursor"));
        return $"{request.PathBase}{request.Path}?{query}{(query.Length == 0 ? "" : "&")}cursor={place.Write()}";
    }
}
