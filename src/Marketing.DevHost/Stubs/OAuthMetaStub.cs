using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>Facebook Login with its Pages, and Instagram Login: exchange, long-lived tokens, Page tokens, debug_token.</summary>
internal static class OAuthMetaStub
{
    private const int ShortLife = 3600;

    public static void Map(WebApplication app, OAuthPlatform platform)
    {
        var root = $"/oauth/{platform.Name}";
        if (platform.Name == "facebook")
        {
            app.MapGet($"{root}/api/oauth/access_token", context => ExchangeAsync(context, platform));
            app.MapGet($"{root}/api/me/accounts", context => PagesAsync(context, platform));
            app.MapGet($"{root}/api/debug_token", context => DebugAsync(context, platform));
            app.MapGet($"{root}/api/{{node}}", context => NodeAsync(context, platform));
            return;
        }
        app.MapPost($"{root}/token", context => InstagramCodeAsync(context, platform));
        app.MapGet($"{root}/api/access_token", context => InstagramLongAsync(context, platform));
        app.MapGet($"{root}/api/refresh_access_token", context => InstagramRefreshAsync(context, platform));
        app.MapGet($"{root}/api/me", context => InstagramMeAsync(context, platform));
    }

    /// <summary>An error of the Graph API.</summary>
    public static Task RefuseAsync(HttpContext context, int code, int? subcode, string message)
    {
        var error = new JsonObject { ["message"] = message, ["type"] = "OAuthException", ["code"] = code, ["fbtrace_id"] = "Astub" };
        if (subcode is { } number) error["error_subcode"] = number;
        return OAuthStub.WriteAsync(context, new JsonObject { ["error"] = error }, 400);
    }

    /// <summary>The refusal of a token, which repeats it, as some of Meta's do.</summary>
    public static Task DeadAsync(HttpContext context, OAuthPlatform platform, string token) =>
        RefuseAsync(context, 190, platform.Seconds("subcode", 460), $"Error validating access token {token}: The session has been invalidated because the user changed their password.");

    private static async Task ExchangeAsync(HttpContext context, OAuthPlatform platform)
    {
        var query = context.Request.Query;
        if (query["client_id"] != platform.ClientId || query["client_secret"] != platform.ClientSecret)
        {
            await RefuseAsync(context, 101, null, "Error validating application. Cannot get application info due to a system error.");
            return;
        }
        if (query["grant_type"] == "fb_exchange_token")
        {
            var held = query["fb_exchange_token"].ToString();
            platform.CountRefresh();
            if (!platform.IsAlive(held, "short", "person")) await DeadAsync(context, platform, held);
            else await OAuthStub.WriteAsync(context, new JsonObject { ["access_token"] = platform.NewToken("person", platform.ExpiresIn), ["token_type"] = "bearer", ["expires_in"] = platform.ExpiresIn });
            return;
        }
        if (!platform.Take(query["code"].ToString(), query["redirect_uri"].ToString(), _ => true)) await RefuseAsync(context, 100, 36009, "This authorization code has been used.");
        else await OAuthStub.WriteAsync(context, new JsonObject { ["access_token"] = platform.NewToken("short", ShortLife), ["token_type"] = "bearer", ["expires_in"] = ShortLife });
    }

    // One Page an answer, so that the next one must be asked for.
    private static async Task PagesAsync(HttpContext context, OAuthPlatform platform)
    {
        var token = OAuthStub.Bearer(context.Request);
        if (!platform.IsAlive(token, "person"))
        {
            await DeadAsync(context, platform, token);
            return;
        }
        var accounts = platform.Accounts;
        var index = int.TryParse(context.Request.Query["after"], out var after) ? after : 0;
        var data = new JsonArray();
        if (index < accounts.Count) data.Add(Page(platform, accounts[index]!.AsObject()));
        var paging = new JsonObject { ["cursors"] = new JsonObject { ["before"] = $"{index}", ["after"] = $"{index + 1}" } };
        if (index + 1 < accounts.Count) paging["next"] = "https://graph.facebook.com/never-called";
        await OAuthStub.WriteAsync(context, new JsonObject { ["data"] = data, ["paging"] = paging });
    }

    private static JsonObject Page(OAuthPlatform platform, JsonObject account)
    {
        platform.Show((string)account["id"]!);
        var page = new JsonObject { ["id"] = account["id"]!.DeepClone(), ["name"] = account["name"]!.DeepClone(), ["tasks"] = new JsonArray("CREATE_CONTENT", "ANALYZE"), ["access_token"] = platform.NewToken("page", null) };
        if (account["instagram"] is { } instagram) page["instagram_business_account"] = instagram.DeepClone();
        return page;
    }

    private static async Task DebugAsync(HttpContext context, OAuthPlatform platform)
    {
        if (OAuthStub.Bearer(context.Request) != $"{platform.ClientId}|{platform.ClientSecret}")
        {
            await RefuseAsync(context, 190, null, "Invalid OAuth access token.");
            return;
        }
        var isAlive = platform.IsAlive(context.Request.Query["input_token"].ToString());
        var scopes = (platform.Scopes ?? (string?)platform.Setting("asked_scopes") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        await OAuthStub.WriteAsync(context, new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["app_id"] = platform.ClientId,
                ["is_valid"] = isAlive,
                ["user_id"] = platform.UserId,
                ["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]),
                ["expires_at"] = DateTimeOffset.UtcNow.AddSeconds(platform.ExpiresIn).ToUnixTimeSeconds(),
                ["data_access_expires_at"] = DateTimeOffset.UtcNow.AddSeconds(platform.Seconds("data_access_in", 90 * 86_400)).ToUnixTimeSeconds(),
            },
        });
    }

    private static async Task NodeAsync(HttpContext context, OAuthPlatform platform)
    {
        var (node, token) = ((string)context.Request.RouteValues["node"]!, OAuthStub.Bearer(context.Request));
        if (!platform.IsAlive(token)) await DeadAsync(context, platform, token);
        else if (context.Request.Query["fields"] == "access_token" && platform.HasShown(node)) await OAuthStub.WriteAsync(context, new JsonObject { ["access_token"] = platform.NewToken("page", null), ["id"] = node });
        else if (InsightsStub.MetaNode(platform, node) is { } found) await OAuthStub.WriteAsync(context, found);
        else await RefuseAsync(context, 100, 33, $"Object with ID '{node}' does not exist, or cannot be loaded due to missing permissions.");
    }

    private static async Task InstagramCodeAsync(HttpContext context, OAuthPlatform platform)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var isOurs = form["client_id"] == platform.ClientId && form["client_secret"] == platform.ClientSecret && form["grant_type"] == "authorization_code";
        if (!isOurs || !platform.Take(form["code"].ToString(), form["redirect_uri"].ToString(), _ => true))
        {
            await OAuthStub.WriteAsync(context, new JsonObject { ["error_type"] = "OAuthException", ["code"] = 400, ["error_message"] = "Invalid authorization code" }, 400);
            return;
        }
        await OAuthStub.WriteAsync(context, new JsonObject
        {
            ["data"] = new JsonArray(new JsonObject { ["access_token"] = platform.NewToken("short", ShortLife), ["user_id"] = platform.UserId, ["permissions"] = platform.Scopes ?? (string?)platform.Setting("asked_scopes") }),
        });
    }

    private static async Task InstagramLongAsync(HttpContext context, OAuthPlatform platform)
    {
        var (query, token) = (context.Request.Query, OAuthStub.Bearer(context.Request));
        if (query["grant_type"] != "ig_exchange_token" || query["client_secret"] != platform.ClientSecret || !platform.IsAlive(token, "short")) await DeadAsync(context, platform, token);
        else await OAuthStub.WriteAsync(context, new JsonObject { ["access_token"] = platform.NewToken("access", platform.ExpiresIn), ["token_type"] = "bearer", ["expires_in"] = platform.ExpiresIn });
    }

    private static async Task InstagramRefreshAsync(HttpContext context, OAuthPlatform platform)
    {
        var token = OAuthStub.Bearer(context.Request);
        platform.CountRefresh();
        if (!platform.IsAlive(token, "access")) await DeadAsync(context, platform, token);
        else if (platform.Age(token).TotalSeconds < platform.Seconds("min_age", 86_400)) await RefuseAsync(context, 100, null, "The access token must be at least 24 hours old.");
        else await OAuthStub.WriteAsync(context, new JsonObject { ["access_token"] = platform.NewToken("access", platform.ExpiresIn), ["token_type"] = "bearer", ["expires_in"] = platform.ExpiresIn });
    }

    private static async Task InstagramMeAsync(HttpContext context, OAuthPlatform platform)
    {
        var token = OAuthStub.Bearer(context.Request);
        var account = platform.Accounts[0]!;
        if (!platform.IsAlive(token, "access")) await DeadAsync(context, platform, token);
        else await OAuthStub.WriteAsync(context, new JsonObject { ["user_id"] = account["id"]!.DeepClone(), ["username"] = account["handle"]?.DeepClone(), ["name"] = account["name"]!.DeepClone() });
    }
}
