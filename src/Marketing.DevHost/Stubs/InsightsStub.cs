using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Figures of posts and accounts as the seven platforms tell them, beside the stand-ins' token endpoints. A test gives them as settings of the
/// platform: <c>insights</c> and <c>nodes</c> (Meta), <c>videos</c> (TikTok), <c>reports</c> (YouTube), <c>tweets</c> (X), <c>shares</c>, <c>page_days</c>,
/// <c>followers</c> (LinkedIn), <c>pins</c>, <c>account_days</c> (Pinterest), <c>counters</c>.
/// </summary>
internal static class InsightsStub
{
    // Source: Graph API changelog, metrics that no version answers any more.
    private static readonly HashSet<string> Removed = ["impressions", "profile_views", "website_clicks", "plays", "engagement", "video_views", "page_impressions", "page_fans", "post_impressions", "post_engaged_users"];

    private static readonly string[] TikTokFields = ["id", "like_count", "comment_count", "share_count", "view_count", "create_time", "title", "duration", "share_url"];

    public static void Map(WebApplication app, OAuthStub platforms)
    {
        foreach (var name in new[] { "facebook", "instagram" })
        {
            var meta = platforms[name];
            app.MapGet($"/oauth/{name}/api/{{node}}/insights", context => MetaAsync(context, meta));
            app.MapGet($"/oauth/{name}/api/{{node}}/video_insights", context => MetaAsync(context, meta));
        }
        app.MapPost("/oauth/tiktok/v2/video/query/", context => OpenAsync(context, platforms["tiktok"], TikTokAsync));
        app.MapGet("/oauth/youtube/v2/reports", context => OpenAsync(context, platforms["youtube"], YouTubeAsync));
        app.MapGet("/oauth/twitter/tweets", context => OpenAsync(context, platforms["twitter"], XAsync));
        app.MapGet("/oauth/linkedin/organizationalEntityShareStatistics", context => OpenAsync(context, platforms["linkedin"], LinkedInAsync));
        app.MapGet("/oauth/linkedin/networkSizes/{urn}", context => OpenAsync(context, platforms["linkedin"], NetworkSizeAsync));
        app.MapGet("/oauth/pinterest/pins/{id}/analytics", context => OpenAsync(context, platforms["pinterest"], (context, platform) => PinterestAsync(context, (platform.Setting("pins") as JsonObject)?[(string)context.Request.RouteValues["id"]!] as JsonArray)));
        app.MapGet("/oauth/pinterest/user_account/analytics", context => OpenAsync(context, platforms["pinterest"], (context, platform) => PinterestAsync(context, platform.Setting("account_days") as JsonArray ?? [])));
    }

    /// <summary>A node of the Graph API with the fields that a test gave it; null when there is none.</summary>
    public static JsonObject? MetaNode(OAuthPlatform platform, string node)
    {
        if ((platform.Setting("nodes") as JsonObject)?[node]?.DeepClone() is not JsonObject found) return null;
        found["id"] = node;
        return found;
    }

    private static Task OpenAsync(HttpContext context, OAuthPlatform platform, Func<HttpContext, OAuthPlatform, Task> answer) =>
        platform.IsAlive(OAuthStub.Bearer(context.Request), "access") ? answer(context, platform) : OAuthCodeFlowStub.UnauthorisedAsync(context, platform);

    // One bad metric fails the whole call; a medium without figures has empty data.
    private static Task MetaAsync(HttpContext context, OAuthPlatform platform)
    {
        var (node, token, query) = ((string)context.Request.RouteValues["node"]!, OAuthStub.Bearer(context.Request), context.Request.Query);
        if (!platform.IsAlive(token)) return OAuthMetaStub.DeadAsync(context, platform, token);
        var metrics = query["metric"].ToString().Split(',');
        if (metrics.FirstOrDefault(Removed.Contains) is { } gone) return OAuthMetaStub.RefuseAsync(context, 100, null, $"(#100) metric[0] must be one of the following values; {gone} is not");
        if ((platform.Setting("insights") as JsonObject)?[node] is not JsonObject known) return OAuthMetaStub.RefuseAsync(context, 100, 33, $"Object with ID '{node}' does not exist.");
        if ((int?)known["refuse"] is { } code) return OAuthMetaStub.RefuseAsync(context, code, null, "Not enough viewers for the media to show insights.");
        if (known.Count > 0 && metrics.FirstOrDefault(metric => !known.ContainsKey(metric)) is { } strange) return OAuthMetaStub.RefuseAsync(context, 100, null, $"(#100) {strange} is not supported for this media");
        var data = new JsonArray();
        foreach (var metric in known.Count == 0 ? [] : metrics)
        {
            var entry = new JsonObject { ["name"] = metric, ["period"] = query["period"].FirstOrDefault() ?? "lifetime", ["title"] = metric, ["id"] = $"{node}/insights/{metric}" };
            if (query["metric_type"] == "total_value") entry["total_value"] = new JsonObject { ["value"] = known[metric]!.DeepClone() };
            else if (known[metric] is JsonArray days) entry["values"] = days.DeepClone();
            else entry["values"] = new JsonArray(new JsonObject { ["value"] = known[metric]!.DeepClone() });
            data.Add(entry);
        }
        if ((string?)platform.Setting("app_usage") is { } usage) context.Response.Headers["X-App-Usage"] = usage;
        return OAuthStub.WriteAsync(context, new JsonObject { ["data"] = data });
    }

    private static async Task TikTokAsync(HttpContext context, OAuthPlatform platform)
    {
        var ids = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!["filters"]!["video_ids"]!.AsArray();
        var fields = context.Request.Query["fields"].ToString().Split(',');
        var error = fields.Except(TikTokFields).Any() || ids.Count > 20 ? "invalid_params" : "ok";
        var videos = platform.Setting("videos") as JsonObject ?? [];
        var found = error != "ok" ? [] : ids.Select(id => (string)id!).Where(videos.ContainsKey).Select(id =>
        {
            var video = videos[id]!.DeepClone().AsObject();
            video["id"] = id;
            return (JsonNode)video;
        });
        await OAuthStub.WriteAsync(context, new JsonObject { ["data"] = new JsonObject { ["videos"] = new JsonArray([.. found]) }, ["error"] = new JsonObject { ["code"] = error, ["message"] = "", ["log_id"] = "202611250000" } }, error == "ok" ? 200 : 400);
    }

    // Rows are there for days that have figures; without any the member is absent.
    private static Task YouTubeAsync(HttpContext context, OAuthPlatform platform)
    {
        var query = context.Request.Query;
        var key = query["filters"].ToString() is { Length: > 0 } filter ? filter["video==".Length..] : "channel";
        var columns = $"day,{query["metrics"]}".Split(',');
        var days = ((platform.Setting("reports") as JsonObject)?[key] as JsonArray ?? [])
            .Where(day => string.CompareOrdinal((string)day!["day"]!, query["startDate"].ToString()) >= 0 && string.CompareOrdinal((string)day["day"]!, query["endDate"].ToString()) <= 0).ToList();
        var answer = new JsonObject { ["kind"] = "youtubeAnalytics#resultTable", ["columnHeaders"] = new JsonArray([.. columns.Select(column => new JsonObject { ["name"] = column, ["columnType"] = column == "day" ? "DIMENSION" : "METRIC" })]) };
        if (days.Count > 0) answer["rows"] = new JsonArray([.. days.Select(day => new JsonArray([.. columns.Select(column => day![column]?.DeepClone() ?? 0)]))]);
        return OAuthStub.WriteAsync(context, answer);
    }

    private static Task XAsync(HttpContext context, OAuthPlatform platform)
    {
        var tweets = platform.Setting("tweets") as JsonObject ?? [];
        var fields = context.Request.Query["tweet.fields"].ToString();
        var (data, errors) = (new JsonArray(), new JsonArray());
        foreach (var id in context.Request.Query["ids"].ToString().Split(','))
        {
            if (tweets[id] is JsonObject tweet) data.Add(new JsonObject { ["id"] = id, ["text"] = "…", [fields] = tweet[fields]?.DeepClone(), ["attachments"] = tweet["attachments"]?.DeepClone() });
            else errors.Add(new JsonObject { ["resource_id"] = id, ["title"] = "Not Found Error", ["type"] = "https://api.x.com/2/problems/resource-not-found" });
        }
        var answer = new JsonObject { ["data"] = data };
        if (errors.Count > 0) answer["errors"] = errors;
        if (platform.Setting("media") is { } media) answer["includes"] = new JsonObject { ["media"] = media };
        return OAuthStub.WriteAsync(context, answer);
    }

    private static Task LinkedInAsync(HttpContext context, OAuthPlatform platform)
    {
        if (!HasVersion(context.Request)) return OAuthStub.WriteAsync(context, new JsonObject { ["status"] = 426, ["message"] = "A version is required" }, 426);
        // The unescaped text: the urns' own commas and colons stay escaped in it.
        var query = context.Request.QueryString.Value!;
        if (query.Contains("timeIntervals=", StringComparison.Ordinal))
            return OAuthStub.WriteAsync(context, new JsonObject { ["elements"] = platform.Setting("page_days")?.DeepClone() ?? new JsonArray() });
        var name = query.Contains("ugcPosts=List(", StringComparison.Ordinal) ? "ugcPosts" : "shares";
        var list = query.Split($"{name}=List(")[1].Split(')')[0].Split(',').Select(Uri.UnescapeDataString);
        var shares = platform.Setting("shares") as JsonObject ?? [];
        return OAuthStub.WriteAsync(context, new JsonObject
        {
            ["elements"] = new JsonArray([.. list.Where(shares.ContainsKey).Select(urn => new JsonObject { [name == "shares" ? "share" : "ugcPost"] = urn, ["totalShareStatistics"] = shares[urn]!.DeepClone() })]),
        });
    }

    private static Task NetworkSizeAsync(HttpContext context, OAuthPlatform platform) => context.Request.Query["edgeType"] == "CompanyFollowedByMember"
        ? OAuthStub.WriteAsync(context, new JsonObject { ["firstDegreeSize"] = platform.Seconds("followers", 0) })
        : OAuthStub.WriteAsync(context, new JsonObject { ["status"] = 400, ["message"] = "Invalid edge type" }, 400);

    private static bool HasVersion(HttpRequest request) => request.Headers["LinkedIn-Version"].ToString().Length == 6 && request.Headers["X-Restli-Protocol-Version"] == "2.0.0";

    private static Task PinterestAsync(HttpContext context, JsonArray? days)
    {
        if (days is null) return OAuthStub.WriteAsync(context, new JsonObject { ["code"] = 50, ["message"] = "Pin not found." }, 404);
        var from = DateOnly.ParseExact(context.Request.Query["start_date"].ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (from < DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-90)) return OAuthStub.WriteAsync(context, new JsonObject { ["code"] = 1, ["message"] = "start_date is more than 90 days ago." }, 400);
        var shown = days.Where(day => string.CompareOrdinal((string)day!["date"]!, context.Request.Query["start_date"].ToString()) >= 0).Select(day => day!.DeepClone());
        return OAuthStub.WriteAsync(context, new JsonObject { ["all"] = new JsonObject { ["daily_metrics"] = new JsonArray([.. shown]), ["summary_metrics"] = new JsonObject(), ["lifetime_metrics"] = new JsonObject { ["TOTAL_COMMENTS"] = 10 } } });
    }
}
