using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>How tests look into the stand-ins and arrange what they do next.</summary>
internal static class StubControl
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Maps <c>/_stub/posts</c>, <c>/_stub/calls</c>, <c>/_stub/next</c>, <c>/_stub/accounts</c> and <c>/_stub/reset</c>.</summary>
    public static void Map(WebApplication app, StubCalls calls, InstagramStub instagram)
    {
        app.MapGet("/_stub/posts", context => WriteAsync(context, instagram.Posts.ToJsonString()));
        app.MapGet("/_stub/calls", context => WriteAsync(context, calls.All.ToJsonString()));
        app.MapPost("/_stub/next", async context =>
        {
            calls.Arrange((await JsonSerializer.DeserializeAsync<ArrangedAnswer>(context.Request.Body, SnakeCase, context.RequestAborted))!);
            await WriteAsync(context, "{}");
        });
        app.MapPost("/_stub/accounts", async context =>
        {
            var account = (await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted));
            instagram.Connect(account.GetProperty("id").GetString()!, account.GetProperty("token").GetString()!, Number(account, "processing_ms"), Number(account, "quota"));
            await WriteAsync(context, "{}");
        });
        app.MapPost("/_stub/reset", context =>
        {
            calls.Reset();
            instagram.Reset();
            return WriteAsync(context, "{}");
        });
    }

    private static int? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt32() : null;

    private static Task WriteAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }
}
