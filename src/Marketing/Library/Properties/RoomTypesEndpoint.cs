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

namespace Marketing.Library.Properties;

/// <summary>
/// <c>GET /api/property_content/room_types?property_id=…</c>: the room of each photo of a property as its row says, and as its tags suggest.
/// Nothing is written: a person or an agent takes a suggestion over by a PATCH.
/// </summary>
internal static class RoomTypesEndpoint
{
    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("property_content/room_types", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);

    private static async Task ReadAsync(HttpContext context)
    {
        var request = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("property_content"));
        if (!Guid.TryParse(context.Request.Query["property_id"], out var property))
            throw new ProblemException(Problem.BadRequest("invalid_property", "property_id is the uuid of a property.", new FieldError("property_id", "invalid_value", "Write ?property_id= and a uuid.")));
        var query = request.Everything("id,library_asset_id,room_type,asset:content_library(ai_tags)");
        var column = query.Access.Find("property_id") ?? throw new ProblemException(Problem.Forbidden("not_granted", "Your role may not read property_id of property_content."));
        query.Filters.Add(new Filter.CompareMany(new Operand(column), Comparison.Equal, [property], ForAll: false));
        query.Order = [new OrderTerm(null, new Operand(request.Resource.Key), IsDescending: false, NullsFirst: false)];
        query.Limit = ReadQuery.MaxLimit;
        using var page = await request.Service<ReadPage>().RunAsync(new ReadPlan(query), null, request.Aborted);
        var answer = new JsonArray();
        foreach (var row in JsonNode.Parse(page.Json.Span)!.AsArray())
        {
            var tags = (row!["asset"]?["ai_tags"] as JsonArray)?.Select(tag => (string)tag!).ToList() ?? [];
            answer.Add(new JsonObject
            {
                ["id"] = row["id"]!.DeepClone(),
                ["library_asset_id"] = row["library_asset_id"]!.DeepClone(),
                ["room_type"] = row["room_type"]?.DeepClone(),
                ["suggested"] = RoomType.Of(tags),
            });
        }
        await Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(context);
    }
}
