using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Consent pages, token endpoints and account lists of the seven platforms, below <c>/oauth/{platform}</c>. The person at the consent page
/// agrees at once. Tests arrange it at <c>/_stub/oauth/{platform}</c>: POST takes accounts, scopes, lifetimes; GET tells how often tokens
/// were asked for; <c>…/kill?kind=access</c> ends tokens.
/// </summary>
public sealed class OAuthStub
{
    private static readonly string[] Names = ["facebook", "instagram", "tiktok", "youtube", "twitter", "linkedin", "pinterest"];

    private readonly Dictionary<string, OAuthPlatform> platforms = Names.ToDictionary(name => name, name => new OAuthPlatform(name), StringComparer.Ordinal);

    /// <summary>Settings that make the product use the stand-in, with <c>:</c> between their parts.</summary>
    /// <param name="stub">Address of the stand-in.</param>
    /// <param name="publicUrl">Address of the product's API, with <c>/api</c>.</param>
    /// <param name="withInstagramLogin">True to connect Instagram without a Page.</param>
    public static IEnumerable<KeyValuePair<string, string>> Settings(Uri stub, string publicUrl, bool withInstagramLogin = false)
    {
        yield return new("Social:Accounts:PublicUrl", publicUrl);
        foreach (var name in Names.Where(name => withInstagramLogin || name != "instagram"))
        {
            var app = new OAuthPlatform(name);
            var root = $"{stub.ToString().TrimEnd('/')}/oauth/{name}";
            var isMeta = name is "facebook" or "instagram";
            yield return new($"Social:Accounts:Apps:{name}:ClientId", app.ClientId);
            yield return new($"Social:Accounts:Apps:{name}:ClientSecret", app.ClientSecret);
            yield return new($"Social:Accounts:Apps:{name}:AuthorizeUrl", $"{root}/authorize");
            yield return new($"Social:Accounts:Apps:{name}:TokenUrl", name == "facebook" ? $"{root}/api/oauth/access_token" : $"{root}/token");
            yield return new($"Social:Accounts:Apps:{name}:ApiUrl", isMeta ? $"{root}/api" : root);
        }
    }

    internal OAuthPlatform this[string name] => platforms[name];

    internal void Map(WebApplication app)
    {
        app.MapGet("/oauth/{platform}/authorize", Authorize);
        foreach (var platform in platforms.Values)
        {
            if (platform.Name is "facebook" or "instagram") OAuthMetaStub.Map(app, platform);
            else OAuthCodeFlowStub.Map(app, platform);
        }
        app.MapGet("/_stub/oauth/{platform}", context => WriteAsync(context, Platform(context).State));
        app.MapPost("/_stub/oauth/{platform}", async context =>
        {
            Platform(context).Configure((await JsonNode.ParseAsync(context.Request.Body))!.AsObject());
            await WriteAsync(context, []);
        });
        app.MapPost("/_stub/oauth/{platform}/kill", context =>
        {
            Platform(context).Kill(context.Request.Query["kind"].FirstOrDefault());
            return WriteAsync(context, []);
        });
        app.MapPost("/_stub/oauth/{platform}/reset", context =>
        {
            Platform(context).Reset();
            return WriteAsync(context, []);
        });
    }

    internal static Task WriteAsync(HttpContext context, JsonObject body, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    internal static string Bearer(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { Length: > 7 } header ? header["Bearer ".Length..] : request.Query["access_token"].ToString();

    private OAuthPlatform Platform(HttpContext context) => platforms[(string)context.Request.RouteValues["platform"]!];

    private Task Authorize(HttpContext context)
    {
        var query = context.Request.Query;
        var platform = Platform(context);
        var (redirect, state) = (query["redirect_uri"].ToString(), query["state"].ToString());
        var isRight = query[platform.Name == "tiktok" ? "client_key" : "client_id"] == platform.ClientId && query["response_type"] == "code" && query["scope"].ToString().Length > 0
            && (platform.Name != "twitter" || query["code_challenge_method"] == "S256")
            && (platform.Name != "youtube" || (query["access_type"] == "offline" && query["prompt"] == "consent"));
        if (!isRight) return WriteAsync(context, new JsonObject { ["error"] = "invalid_request" }, 400);
        platform.Configure(new JsonObject { ["asked_scopes"] = query["scope"].ToString() });
        var answer = platform.Declines ? "error=access_denied&error_description=The+user+denied" : $"code={platform.NewCode(redirect, query["code_challenge"].FirstOrDefault())}{(platform.Name == "instagram" ? "%23_" : "")}";
        context.Response.Redirect($"{redirect}?{answer}&state={Uri.EscapeDataString(state)}");
        return Task.CompletedTask;
    }
}
