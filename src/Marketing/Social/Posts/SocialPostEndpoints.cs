using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Reading;
using Marketing.Resources.Writing;
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
        api.MapPost("social_posts/{id}/approval", (RequestDelegate)DecideAsync).RequireScope(Scopes.Publish);
        api.MapGet("social_posts/{id}/attempts", (RequestDelegate)AttemptsAsync).RequireScope(Scopes.Read);
    }

    private static async Task DecideAsync(HttpContext context)
    {
        var decision = ApprovalStatus.Approved;
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        if (body.RootElement.TryGetProperty("decision", out var wanted)) decision = wanted.ToString();
        if (!ApprovalStatus.Decisions.Contains(decision))
            throw new ProblemException(Problem.Unprocessable("not_allowed", $"decision is one of {string.Join(", ", ApprovalStatus.Decisions)}.", new FieldError("decision", "not_allowed", "Unknown decision.")));

        var posts = Posts(context);
        var services = context.RequestServices;
        var id = await services.GetRequiredService<DecideOnPost>().RunAsync(Key(context, posts), decision, context.GetCaller(), context.RequestAborted);
        var item = await services.GetRequiredService<ReadItem>().RunAsync(posts, posts.Readable, new RowKey(posts.Key, id, id.ToString()), context.RequestAborted);
        context.Response.Headers.ETag = item!.ETag;
        await Results.Bytes(item.Json.ToArray(), "application/json").ExecuteAsync(context);
    }

    private static async Task AttemptsAsync(HttpContext context)
    {
        var posts = Posts(context);
        var key = Key(context, posts);
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            select (select coalesce(json_agg(a order by a.number), '[]')
                    from (select number, step, state, started_at, finished_at, external_id, detail, next_at from marketing_ops.publish_attempts where post_id = post.id) a)::text
            from   marketing.social_posts post
            where  post.id::text = $1 or post.social_post_id = $1
            """);
        command.Parameters.AddWithValue(key.Text.StartsWith("SP-", StringComparison.Ordinal) ? key.Text : key.Text.ToLowerInvariant());
        if (await command.ExecuteScalarAsync(context.RequestAborted) is not string json) throw new ProblemException(Problem.NotFound(posts.Table, key.Text));
        await Results.Text(json, "application/json").ExecuteAsync(context);
    }

    private static Resource Posts(HttpContext context) => context.RequestServices.GetRequiredService<ResourceCatalog>().Of("social_posts");

    private static RowKey Key(HttpContext context, Resource posts) => RowKey.Read(posts, (string)context.GetRouteValue("id")!);
}
