using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>Token endpoints of TikTok, YouTube, X, LinkedIn and Pinterest with their answers and errors, and what each tells of its accounts.</summary>
internal static class OAuthCodeFlowStub
{
    public static void Map(WebApplication app, OAuthPlatform platform)
    {
        var root = $"/oauth/{platform.Name}";
        app.MapPost($"{root}/token", context => TokenAsync(context, platform));
        switch (platform.Name)
        {
            case "tiktok":
                app.MapGet($"{root}/v2/user/info/", context => AnswerAsync(context, platform, TikTokUser));
                break;
            case "youtube":
                app.MapGet($"{root}/youtube/v3/channels", context => AnswerAsync(context, platform, YouTubeChannels));
                break;
            case "twitter":
                app.MapGet($"{root}/users/me", context => AnswerAsync(context, platform, XUser));
                break;
            case "linkedin":
                app.MapGet($"{root}/organizationAcls", context => AnswerAsync(context, platform, LinkedInRoles));
                app.MapGet($"{root}/organizations/{{id}}", context => AnswerAsync(context, platform, _ => LinkedInOrganisation(platform, (string)context.Request.RouteValues["id"]!)));
                break;
            default:
                app.MapGet($"{root}/user_account", context => AnswerAsync(context, platform, PinterestAccount));
                break;
        }
    }

    /// <summary>The platform's words for a token that is not alive.</summary>
    public static Task UnauthorisedAsync(HttpContext context, OAuthPlatform platform) => OAuthStub.WriteAsync(context, platform.Name switch
    {
        "tiktok" => new JsonObject { ["data"] = new JsonObject(), ["error"] = new JsonObject { ["code"] = "access_token_invalid", ["message"] = "The access token is invalid or not found in the request.", ["log_id"] = LogId() } },
        "youtube" => new JsonObject { ["error"] = new JsonObject { ["code"] = 401, ["message"] = "Invalid Credentials", ["errors"] = new JsonArray(new JsonObject { ["reason"] = "authError", ["message"] = "Invalid Credentials" }) } },
        "twitter" => new JsonObject { ["title"] = "Unauthorized", ["detail"] = "Unauthorized", ["type"] = "about:blank", ["status"] = 401 },
        "linkedin" => new JsonObject { ["status"] = 401, ["serviceErrorCode"] = 65601, ["code"] = "REVOKED_ACCESS_TOKEN", ["message"] = "The token used in the request has been revoked by the user" },
        _ => new JsonObject { ["code"] = 2, ["message"] = "Authentication failed." },
    }, 401);

    private static async Task AnswerAsync(HttpContext context, OAuthPlatform platform, Func<OAuthPlatform, JsonObject> read)
    {
        if (!platform.IsAlive(OAuthStub.Bearer(context.Request), "access")) await UnauthorisedAsync(context, platform);
        else await OAuthStub.WriteAsync(context, read(platform));
    }

    private static async Task TokenAsync(HttpContext context, OAuthPlatform platform)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (!IsOurApp(context.Request, form, platform))
        {
            await OAuthStub.WriteAsync(context, new JsonObject { ["error"] = "invalid_client", ["error_description"] = "Client authentication failed." }, 401);
            return;
        }
        var isGranted = form["grant_type"].ToString() switch
        {
            "authorization_code" => platform.Take(form["code"].ToString(), form["redirect_uri"].ToString(), challenge => Fits(challenge, form["code_verifier"].ToString())),
            "refresh_token" => platform.TakeRefresh(form["refresh_token"].ToString()),
            _ => false,
        };
        if (isGranted) await OAuthStub.WriteAsync(context, Grant(platform, isRefresh: form["grant_type"] == "refresh_token"));
        else await RefuseAsync(context, platform);
    }

    private static bool IsOurApp(HttpRequest request, IFormCollection form, OAuthPlatform platform)
    {
        if (platform.Name is not ("twitter" or "pinterest")) return form[platform.Name == "tiktok" ? "client_key" : "client_id"] == platform.ClientId && form["client_secret"] == platform.ClientSecret;
        return request.Headers.Authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{platform.ClientId}:{platform.ClientSecret}"))}" && form["client_secret"].Count == 0;
    }

    private static bool Fits(string challenge, string verifier)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(verifier));
        return challenge == Base64Url.EncodeToString(hash) || challenge == Convert.ToHexStringLower(hash);
    }

    private static JsonObject Grant(OAuthPlatform platform, bool isRefresh)
    {
        var answer = new JsonObject
        {
            ["access_token"] = platform.NewToken("access", platform.ExpiresIn),
            ["expires_in"] = platform.ExpiresIn,
            ["token_type"] = "bearer",
            ["scope"] = platform.Scopes ?? (string?)platform.Setting("asked_scopes"),
        };
        if (platform.Name == "tiktok") answer["open_id"] = platform.Accounts[0]!["id"]!.DeepClone();
        // Google and LinkedIn keep the refresh token as it is.
        if (platform.WithoutRefreshToken || (isRefresh && !platform.Rotates)) return answer;
        answer["refresh_token"] = platform.NewToken("refresh", platform.RefreshExpiresIn);
        if (platform.Name is "tiktok") answer["refresh_expires_in"] = platform.RefreshExpiresIn;
        if (platform.Name is "linkedin" or "pinterest") answer["refresh_token_expires_in"] = platform.RefreshExpiresIn;
        return answer;
    }

    private static Task RefuseAsync(HttpContext context, OAuthPlatform platform) => platform.Name == "twitter"
        ? OAuthStub.WriteAsync(context, new JsonObject { ["error"] = "invalid_request", ["error_description"] = "Value passed for the token was invalid." }, 400)
        : OAuthStub.WriteAsync(context, new JsonObject { ["error"] = "invalid_grant", ["error_description"] = "Token has been expired or revoked.", ["log_id"] = LogId() }, platform.Name == "tiktok" ? 200 : 400);

    private static JsonObject TikTokUser(OAuthPlatform platform)
    {
        var account = platform.Accounts[0]!;
        return new JsonObject
        {
            ["data"] = new JsonObject { ["user"] = Counted(new JsonObject { ["open_id"] = account["id"]!.DeepClone(), ["display_name"] = account["name"]!.DeepClone(), ["username"] = account["handle"]?.DeepClone() }, platform) },
            ["error"] = new JsonObject { ["code"] = "ok", ["message"] = "", ["log_id"] = LogId() },
        };
    }

    private static JsonObject YouTubeChannels(OAuthPlatform platform) => new()
    {
        ["kind"] = "youtube#channelListResponse",
        ["items"] = new JsonArray([.. platform.Accounts.Select(account => new JsonObject
        {
            ["id"] = account!["id"]!.DeepClone(),
            ["snippet"] = new JsonObject { ["title"] = account["name"]!.DeepClone(), ["customUrl"] = $"@{account["handle"]}" },
            ["statistics"] = Counted([], platform),
        })]),
    };

    private static JsonObject XUser(OAuthPlatform platform)
    {
        var account = platform.Accounts[0]!;
        return new JsonObject { ["data"] = new JsonObject { ["id"] = account["id"]!.DeepClone(), ["name"] = account["name"]!.DeepClone(), ["username"] = account["handle"]?.DeepClone(), ["public_metrics"] = Counted([], platform) } };
    }

    private static JsonObject LinkedInRoles(OAuthPlatform platform) => new()
    {
        ["elements"] = new JsonArray([.. platform.Accounts.Select(account => new JsonObject { ["organization"] = $"urn:li:organization:{account!["id"]}", ["role"] = "ADMINISTRATOR", ["state"] = "APPROVED" })]),
    };

    private static JsonObject LinkedInOrganisation(OAuthPlatform platform, string id)
    {
        var account = platform.Accounts.FirstOrDefault(account => (string?)account!["id"] == id);
        return account is null ? new JsonObject { ["status"] = 404, ["message"] = "Not found" } : new JsonObject { ["id"] = id, ["localizedName"] = account["name"]!.DeepClone(), ["vanityName"] = account["handle"]?.DeepClone() };
    }

    private static JsonObject PinterestAccount(OAuthPlatform platform)
    {
        var account = platform.Accounts[0]!;
        return Counted(new JsonObject { ["id"] = account["id"]!.DeepClone(), ["username"] = account["handle"]!.DeepClone(), ["business_name"] = account["name"]!.DeepClone(), ["account_type"] = "BUSINESS" }, platform);
    }

    // Counters of the account, named as on the wire, by a test's setting.
    private static JsonObject Counted(JsonObject account, OAuthPlatform platform)
    {
        foreach (var (name, value) in platform.Setting("counters") as JsonObject ?? []) account[name] = value?.DeepClone();
        return account;
    }

    private static string LogId() => $"20261125{RandomNumberGenerator.GetHexString(26)}";
}
