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
using Npgsql;

namespace Marketing.Social.Posts;

/// <summary>What a post has beyond its row: the decision on it, and the attempts to publish it.</summary>
internal static class SocialPostEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("social_posts/{id}/approval", (RequestDelegate)DecideAsync).RequireScope(Scopes.Approve);
        api.MapGet("social_posts/{id}/attempts", (RequestDelegate)AttemptsAsync).RequireScope(Scopes.Read);
    }

    private static async Task DecideAsync(HttpContext context)
    {
        var decision = ApprovalStatus.Approved;
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        if (body.RootElement.TryGetProperty("decision", out var wanted)) decision = wanted.ToString();
        if (!ApprovalStatus.Decisions.Contains(decision))
            throw new ProblemException(Problem.Unprocessable("not_allowed", $"decision is one of {string.Join(", ", ApprovalStatus.Decisions)}.", new FieldError("decision", "not_allowed", "Unknown decision.")));

        var request = Request(context);
        await request.VisibleRowAsync();
        var id = await request.Service<DecideOnPost>().RunAsync(request.Key, decision, context.GetCaller(), context.RequestAborted);
        var item = await request.Service<ReadItem>().RunAsync(new ReadPlan(request.Everything()), RowKey.Of(request.Resource, id), context.RequestAborted);
        context.Response.Headers.ETag = item!.ETag;
        await ListEndpoint.SendAsync(context, StatusCodes.Status200OK, item.Json, AnswerFormat.Json);
    }

    private static async Task AttemptsAsync(HttpContext context)
    {
        var id = await Request(context).VisibleRowAsync();
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            select (select coalesce(json_agg(a order by a.number), '[]')
                    from (select number, step, state, started_at, finished_at, external_id, detail, next_at from marketing_ops.publish_attempts where post_id = $1) a)::text
            """);
        command.Parameters.AddWithValue(id);
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }

    private static ResourceRequest Request(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("social_posts"));
}
