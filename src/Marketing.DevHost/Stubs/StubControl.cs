using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>How tests look into the stand-ins and arrange what they do next.</summary>
internal static class StubControl
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Maps <c>/_stub/posts</c>, <c>/_stub/calls</c>, <c>/_stub/next</c>, <c>/_stub/accounts</c> and <c>/_stub/reset</c>.</summary>
    public static void Map(WebApplication app, StubCalls calls, IReadOnlyList<IPlatform> platforms)
    {
        app.MapGet("/_stub/posts", context => WriteAsync(context, new JsonArray([.. platforms.SelectMany(platform => platform.Posts.Select(post => post!.DeepClone()))]).ToJsonString()));
        app.MapGet("/_stub/calls", context => WriteAsync(context, calls.All.ToJsonString()));
        app.MapPost("/_stub/next", async context =>
        {
            calls.Arrange((await JsonSerializer.DeserializeAsync<ArrangedAnswer>(context.Request.Body, SnakeCase, context.RequestAborted))!);
            await WriteAsync(context, "{}");
        });
        app.MapPost("/_stub/accounts", async context =>
        {
            var account = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
            var name = (string?)account["platform"] ?? "instagram";
            platforms.Single(platform => platform.Name == name).Connect((string)account["id"]!, (string)account["token"]!, account);
            await WriteAsync(context, "{}");
        });
        app.MapPost("/_stub/reset", context =>
        {
            calls.Reset();
            foreach (var platform in platforms) platform.Reset();
            return WriteAsync(context, "{}");
        });
    }

    private static Task WriteAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }
}
