using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Behaves like TikTok's content posting: creator info, videos that are sent in parts or fetched, photos, a status by job, limits of a
/// sliding minute, lists of public videos. Every opening call makes a job of its own. Sources: TikTok for Developers, "Content Posting API".
/// Below <c>/tiktok</c>; paths end with a slash.
/// </summary>
internal sealed class TikTokStub : IPlatform
{
    private const string Root = "/tiktok/v2";
    private const long MinChunk = 5_000_000;
    private const long MaxChunk = 64_000_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, TikTokCreator> creators = [];
    private readonly Dictionary<string, TikTokJob> jobs = [];
    private long lastId = 7_350_000_000_000_000_000;

    /// <inheritdoc />
    public string Name => "tiktok";

    /// <inheritdoc />
    public JsonArray Posts
    {
        get
        {
            lock (gate) return [.. jobs.Values.Where(job => job.IsComplete).Select(job => job.ToPost())];
        }
    }

    /// <summary>
    /// Makes a creator known. <c>processing_ms</c> is how long a job takes, <c>moderation_ms</c> how long a public post goes without its id,
    /// <c>is_private</c> and <c>comment_disabled</c> (and duet, stitch) the account's settings, <c>is_unaudited</c> and <c>refuse</c> (an error
    /// code) what opening calls are answered, <c>fail_reason</c> how jobs end, <c>unlimited</c> lifts the limits, <c>scopes</c> what was granted.
    /// </summary>
    public void Connect(string id, string token, JsonObject settings)
    {
        lock (gate) creators[id] = new TikTokCreator(id, token, (JsonObject)settings.DeepClone());
    }

    /// <inheritdoc />
    public void Reset()
    {
        lock (gate)
        {
            creators.Clear();
            jobs.Clear();
        }
    }

    /// <inheritdoc />
    public void Map(WebApplication app)
    {
        app.MapPost($"{Root}/post/publish/creator_info/query/", context => ForCreator(context, "creator_info", 20, "video.publish", CreatorInfoAsync));
        app.MapPost($"{Root}/post/publish/video/init/", context => ForCreator(context, "video/init", 6, "video.publish", VideoInitAsync));
        app.MapPost($"{Root}/post/publish/content/init/", context => ForCreator(context, "content/init", 6, "video.publish", PhotoInitAsync));
        app.MapPost($"{Root}/post/publish/status/fetch/", context => ForCreator(context, "status", 30, "video.publish", StatusAsync));
        app.MapPost($"{Root}/video/list/", context => ForCreator(context, "list", 600, "video.list", ListAsync));
        app.MapPost($"{Root}/video/query/", context => ForCreator(context, "query", 600, "video.list", QueryAsync));
        app.MapPut("/tiktok/upload/{creator}/{job}", UploadAsync);
    }

    private static Task CreatorInfoAsync(HttpContext context, TikTokCreator creator, JsonObject body)
    {
        // TikTok answers these refusals with HTTP 200.
        if (creator.Setting("refuse") is { } code && code.StartsWith("spam_risk", StringComparison.Ordinal)) return RefuseAsync(context, 200, code, "The creator may not post now.");
        var isPrivate = creator.Is("is_private");
        return OkAsync(context, new JsonObject
        {
            ["creator_username"] = $"user{creator.Id}",
            ["creator_nickname"] = "Casa do Mar",
            ["privacy_level_options"] = new JsonArray([.. Options(isPrivate).Select(option => JsonValue.Create(option))]),
            ["comment_disabled"] = creator.Is("comment_disabled"),
            ["duet_disabled"] = isPrivate || creator.Is("duet_disabled"),
            ["stitch_disabled"] = isPrivate || creator.Is("stitch_disabled"),
            ["max_video_post_duration_sec"] = 300,
        });
    }

    private async Task VideoInitAsync(HttpContext context, TikTokCreator creator, JsonObject body)
    {
        var info = body["post_info"] as JsonObject ?? [];
        var source = body["source_info"] as JsonObject ?? [];
        if (Refusal(creator, info) is { } refusal)
        {
            await RefuseAsync(context, refusal.Status, refusal.Code, refusal.Message);
            return;
        }
        if (((string?)info["title"] ?? "").Length > 2200)
        {
            await RefuseAsync(context, 400, "invalid_param", "The title is longer than 2200.");
            return;
        }
        if ((string?)source["source"] == "PULL_FROM_URL")
        {
            await OpenAsync(context, creator, "v_pub_url~v2", info, (string?)info["title"] ?? "", [(string?)source["video_url"] ?? ""], isPhoto: false, body);
            return;
        }
        var (size, chunk, count) = ((long?)source["video_size"] ?? 0, (long?)source["chunk_size"] ?? 0, (long?)source["total_chunk_count"] ?? 0);
        if (size <= 0 || chunk <= 0 || count != Math.Max(1, size / chunk) || count > 1000 || chunk > MaxChunk || (chunk < MinChunk && chunk != size))
        {
            await RefuseAsync(context, 400, "invalid_param", "The total chunk count is invalid.");
            return;
        }
        TikTokJob job;
        lock (gate) job = Add(creator, "v_pub_file~v2-1", info, (string?)info["title"] ?? "", [], isPhoto: false, body, size, chunk, count);
        await OkAsync(context, new JsonObject
        {
            ["publish_id"] = job.PublishId,
            ["upload_url"] = $"{context.Request.Scheme}://{context.Request.Host}/tiktok/upload/{creator.Id}/{job.Number}?upload_id={job.Number}&upload_token={job.Secret}",
        });
    }

    private async Task PhotoInitAsync(HttpContext context, TikTokCreator creator, JsonObject body)
    {
        var info = body["post_info"] as JsonObject ?? [];
        var images = (body["source_info"]?["photo_images"] as JsonArray ?? []).Select(image => (string)image!).ToList();
        if (Refusal(creator, info) is { } refusal) await RefuseAsync(context, refusal.Status, refusal.Code, refusal.Message);
        else if ((string?)body["media_type"] != "PHOTO" || images.Count is < 1 or > 35 || ((string?)info["title"] ?? "").Length > 90 || ((string?)info["description"] ?? "").Length > 4000)
            await RefuseAsync(context, 400, "invalid_param", "The photo post is invalid.");
        else await OpenAsync(context, creator, "p_pub_url~v2", info, (string?)info["description"] ?? "", images, isPhoto: true, body);
    }

    // The job exists when the answer is written: losing the answer loses the id alone.
    private async Task OpenAsync(HttpContext context, TikTokCreator creator, string prefix, JsonObject info, string caption, List<string> urls, bool isPhoto, JsonObject body)
    {
        foreach (var url in urls)
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == "https" || address.IsLoopback) && IsVerified(creator, url)) continue;
            await RefuseAsync(context, 403, "url_ownership_unverified", "Please review our URL ownership verification rules.");
            return;
        }
        TikTokJob job;
        lock (gate) job = Add(creator, prefix, info, caption, [.. urls.Select(StubMedia.Plain)], isPhoto, body, 0, 0, 0);
        foreach (var url in urls)
        {
            var file = await StubMedia.FetchAsync(url, CancellationToken.None);
            lock (gate)
            {
                if (file is null) job.FailReason = isPhoto ? "photo_pull_failed" : "video_pull_failed";
                else if (isPhoto ? !StubMedia.IsJpeg(file) : !StubMedia.IsVideo(file)) job.FailReason = "file_format_check_failed";
                else job.Bytes += file.Length;
            }
        }
        lock (gate) job.Arrived(creator);
        await OkAsync(context, new JsonObject { ["publish_id"] = job.PublishId });
    }

    private async Task UploadAsync(HttpContext context)
    {
        TikTokJob? job;
        lock (gate) job = jobs.Values.FirstOrDefault(job => job.Number == (string?)context.Request.RouteValues["job"] && job.Size > 0 && job.Secret == context.Request.Query["upload_token"]);
        var range = context.Request.GetTypedHeaders().ContentRange;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        lock (gate)
        {
            context.Response.StatusCode = Take(job, range?.From, range?.To, range?.Length, body);
            if (job is not null) context.Response.Headers.ContentRange = $"bytes 0-{job.Bytes}/{job.Size}";
        }
    }

    private int Take(TikTokJob? job, long? first, long? last, long? total, MemoryStream body)
    {
        if (job is null || job.CompleteAt is not null) return 404;
        if (DateTimeOffset.UtcNow - job.At > TimeSpan.FromHours(1)) return 403;
        if (first is null || last - first + 1 != body.Length || total != job.Size) return 400;
        if (first != job.Bytes) return 416;
        var isLast = job.Parts == job.Count - 1;
        if (isLast ? last != job.Size - 1 : body.Length != job.Chunk) return 400;
        if (first == 0 && !StubMedia.IsVideo(body.ToArray())) job.FailReason = "file_format_check_failed";
        (job.Bytes, job.Parts) = (job.Bytes + body.Length, job.Parts + 1);
        if (!isLast) return 206;
        job.Arrived(creators[job.Creator]);
        return 201;
    }

    private Task StatusAsync(HttpContext context, TikTokCreator creator, JsonObject body)
    {
        lock (gate)
        {
            if (jobs.GetValueOrDefault((string?)body["publish_id"] ?? "") is not { } job) return RefuseAsync(context, 400, "invalid_publish_id", "The publish_id does not exist.");
            if (job.Creator != creator.Id) return RefuseAsync(context, 400, "token_not_authorized_for_specified_publish_id", "The publish_id belongs to another user.");
            return OkAsync(context, job.ToStatus());
        }
    }

    private Task ListAsync(HttpContext context, TikTokCreator creator, JsonObject body)
    {
        lock (gate)
        {
            var videos = jobs.Values.Where(job => job.Creator == creator.Id && job.IsListed).OrderByDescending(job => job.CompleteAt).Take((int?)body["max_count"] ?? 10).Select(job => (JsonNode)job.ToVideo()).ToArray();
            return OkAsync(context, new JsonObject { ["videos"] = new JsonArray(videos), ["cursor"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), ["has_more"] = false });
        }
    }

    private Task QueryAsync(HttpContext context, TikTokCreator creator, JsonObject body)
    {
        var wanted = (body["filters"]?["video_ids"] as JsonArray ?? []).Select(id => (string)id!).ToList();
        lock (gate)
        {
            var videos = jobs.Values.Where(job => job.Creator == creator.Id && job.IsListed && wanted.Contains(job.PostId.ToString(CultureInfo.InvariantCulture))).Select(job => (JsonNode)job.ToVideo()).ToArray();
            return OkAsync(context, new JsonObject { ["videos"] = new JsonArray(videos) });
        }
    }

    private TikTokJob Add(TikTokCreator creator, string prefix, JsonObject info, string caption, IReadOnlyList<string> media, bool isPhoto, JsonObject body, long size, long chunk, long count)
    {
        var id = ++lastId;
        var job = new TikTokJob($"{prefix}.{id}", id.ToString(CultureInfo.InvariantCulture), creator.Id, caption, (string)info["privacy_level"]!, media, isPhoto, (JsonObject)body.DeepClone(), size, chunk, count, id)
        {
            Secret = creator.Token,
        };
        return jobs[job.PublishId] = job;
    }

    private static (int Status, string Code, string Message)? Refusal(TikTokCreator creator, JsonObject info)
    {
        if (creator.Setting("refuse") is { } code) return (403, code, "The request is refused.");
        var level = (string?)info["privacy_level"];
        if (level is null || !Options(creator.Is("is_private")).Contains(level)) return (403, "privacy_level_option_mismatch", "The privacy level is not among the options of the creator.");
        return creator.Is("is_unaudited") && (!creator.Is("is_private") || level != "SELF_ONLY")
            ? (403, "unaudited_client_can_only_post_to_private_accounts", "Unaudited apps post privately to private accounts alone.")
            : null;
    }

    private static string[] Options(bool isPrivate) =>
        isPrivate ? ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"] : ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"];

    private static bool IsVerified(TikTokCreator creator, string url) =>
        creator.Settings["verified_prefixes"] is not JsonArray prefixes || prefixes.Any(prefix => url.StartsWith((string)prefix!, StringComparison.Ordinal));

    private async Task ForCreator(HttpContext context, string kind, int perMinute, string scope, Func<HttpContext, TikTokCreator, JsonObject, Task> run)
    {
        var token = context.Request.Headers.Authorization.ToString();
        TikTokCreator? creator;
        var isOver = false;
        lock (gate)
        {
            creator = creators.Values.FirstOrDefault(creator => token == $"Bearer {creator.Token}");
            if (creator is not null && !creator.Is("unlimited")) isOver = creator.Call(kind) > perMinute;
        }
        if (!context.Request.Path.Value!.EndsWith('/')) context.Response.StatusCode = 404;
        else if (creator is null) await RefuseAsync(context, 401, "access_token_invalid", "The access token is invalid or not found in the request.");
        else if (creator.Settings["scopes"] is JsonArray scopes && !scopes.Any(granted => (string?)granted == scope)) await RefuseAsync(context, 401, "scope_not_authorized", "The user did not authorize the scope required.");
        else if (isOver) await RefuseAsync(context, 429, "rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.");
        else if (await BodyAsync(context) is { } body) await run(context, creator, body);
        else await RefuseAsync(context, 400, "invalid_param", "The body is not JSON.");
    }

    private static async Task<JsonObject?> BodyAsync(HttpContext context)
    {
        try
        {
            return context.Request.ContentLength == 0 ? [] : await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task OkAsync(HttpContext context, JsonObject data) => WriteAsync(context, data, "ok", "");

    private static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, [], code, message);
    }

    private static Task WriteAsync(HttpContext context, JsonObject data, string code, string message)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(new JsonObject
        {
            ["data"] = data,
            ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["log_id"] = $"{DateTimeOffset.UtcNow:yyyyMMddHHmmss}{Guid.NewGuid():N}"[..34].ToUpperInvariant() },
        }.ToJsonString());
    }
}
