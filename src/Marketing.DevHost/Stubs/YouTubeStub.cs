using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Behaves like YouTube's Data API for uploads: resumable sessions that tell how far they are, parts of the right size, processing, covers,
/// privacy, the list of uploads. Of an account, <c>audited</c> false keeps its videos private, <c>covers</c> false refuses covers.
/// Videos that are not private are its posts. Source: YouTube Data API v3, "Videos", "Resumable uploads", "Errors".
/// </summary>
internal sealed partial class YouTubeStub() : BearerPlatform("youtube", 1000)
{
    private const int PartUnit = 262_144;
    private readonly Dictionary<string, Session> sessions = [];
    private readonly Dictionary<string, Video> videos = [];

    /// <inheritdoc />
    public override void Map(WebApplication app)
    {
        app.MapPost("/youtube/upload/youtube/v3/videos", For(StartAsync));
        app.MapPut("/youtube/upload/youtube/v3/videos", For(PutAsync));
        app.MapPost("/youtube/upload/youtube/v3/thumbnails/set", For(SetCoverAsync));
        app.MapGet("/youtube/youtube/v3/videos", For(ListAsync));
        app.MapPut("/youtube/youtube/v3/videos", For(UpdateAsync));
        app.MapGet("/youtube/youtube/v3/channels", For(ChannelAsync));
        app.MapGet("/youtube/youtube/v3/playlistItems", For(PlaylistAsync));
    }

    /// <inheritdoc />
    protected override void Forget()
    {
        sessions.Clear();
        videos.Clear();
    }

    /// <inheritdoc />
    protected override Task RefuseTokenAsync(HttpContext context) => RefuseAsync(context, 401, "authError", "Invalid Credentials");

    private async Task StartAsync(HttpContext context, Account account)
    {
        var body = await BodyAsync(context);
        var (title, description) = ((string?)body["snippet"]?["title"] ?? "", (string?)body["snippet"]?["description"] ?? "");
        var tags = (body["snippet"]?["tags"] as JsonArray ?? []).Select(tag => (string?)tag ?? "").ToList();
        if (context.Request.Query["uploadType"] != "resumable" || !long.TryParse(context.Request.Headers["X-Upload-Content-Length"], CultureInfo.InvariantCulture, out var bytes))
        {
            await RefuseAsync(context, 400, "mediaBodyRequired", "The request does not include the video content.");
            return;
        }
        var refusal = body switch
        {
            _ when account.Is("quota_used_up") => (403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota."),
            _ when account.Is("upload_limit") => (400, "uploadLimitExceeded", "The user has exceeded the number of videos they may upload."),
            _ when title.Length is 0 or > 100 || title.AsSpan().ContainsAny('<', '>') => (400, "invalidTitle", "The request metadata specifies an invalid or empty video title."),
            _ when Encoding.UTF8.GetByteCount(description) > 5000 || description.AsSpan().ContainsAny('<', '>') => (400, "invalidDescription", "The request metadata specifies an invalid video description."),
            _ when tags.Sum(tag => tag.Length + (tag.Contains(' ', StringComparison.Ordinal) ? 2 : 0)) + tags.Count - 1 > 500 => (400, "invalidTags", "The request metadata specifies invalid video keywords."),
            _ when body["status"]?["selfDeclaredMadeForKids"] is null => (400, "invalidVideoMetadata", "selfDeclaredMadeForKids is required."),
            _ => (0, "", ""),
        };
        if (refusal.Item1 > 0)
        {
            await RefuseAsync(context, refusal.Item1, refusal.Item2, refusal.Item3);
            return;
        }
        var id = $"s{NextId()}";
        lock (Gate) sessions[id] = new Session(account, bytes, body);
        context.Response.Headers.Location = $"{context.Request.Scheme}://{context.Request.Host}/youtube/upload/youtube/v3/videos?uploadType=resumable&upload_id={id}";
    }

    private async Task PutAsync(HttpContext context, Account account)
    {
        var bytes = await BytesAsync(context);
        var range = Range().Match(context.Request.Headers.ContentRange.ToString());
        lock (Gate)
        {
            if (sessions.GetValueOrDefault(context.Request.Query["upload_id"].ToString()) is not { } session || session.Account.Id != account.Id)
            {
                context.Response.StatusCode = 404;
                return;
            }
            var isPart = range.Success && range.Groups["first"].Success;
            if (!range.Success || Number("total") != session.Length)
            {
                context.Response.StatusCode = 400;
                return;
            }
            if (isPart && session.VideoId is null)
            {
                // As strict as YouTube may be: a part begins where the last ended, is as long as it says, and is cut at the unit.
                var isLast = Number("last") == session.Length - 1;
                if (Number("first") != session.Bytes.Length || bytes.Length != Number("last") - Number("first") + 1 || (!isLast && bytes.Length % PartUnit != 0))
                {
                    context.Response.StatusCode = 400;
                    return;
                }
                session.Bytes.Write(bytes);
                if (isLast) Complete(session);
            }
            if (session.VideoId is null)
            {
                context.Response.StatusCode = 308;
                if (session.Bytes.Length > 0) context.Response.Headers["Range"] = $"bytes=0-{session.Bytes.Length - 1}";
                return;
            }
        }
        Video video;
        lock (Gate) video = videos[sessions[context.Request.Query["upload_id"].ToString()].VideoId!];
        await WriteAsync(context, Written(video));

        long Number(string group) => long.Parse(range.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    private void Complete(Session session)
    {
        var id = $"v{NextId()}";
        session.VideoId = id;
        videos[id] = new Video(id, session.Account, session.Metadata["snippet"]!.DeepClone().AsObject(), session.Metadata["status"]!.DeepClone().AsObject())
        {
            ProcessedAt = ReadyAt(session.Account),
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(session.Bytes.ToArray())),
            Length = session.Length,
        };
    }

    private Task ListAsync(HttpContext context, Account account)
    {
        var ids = context.Request.Query["id"].ToString().Split(',');
        lock (Gate) return WriteAsync(context, List(ids.Select(id => videos.GetValueOrDefault(id)).OfType<Video>().Where(video => video.Account.Id == account.Id).Select(Written)));
    }

    private async Task UpdateAsync(HttpContext context, Account account)
    {
        var body = await BodyAsync(context);
        Video? video;
        (int Limit, int Remaining, DateTimeOffset Reset) count;
        lock (Gate)
        {
            count = Count(account);
            video = videos.GetValueOrDefault((string?)body["id"] ?? "");
            if (video?.Account.Id != account.Id) video = null;
            if (video is not null && count.Remaining >= 0)
            {
                var wasPrivate = video.IsPrivate;
                video.Status = body["status"]!.DeepClone().AsObject();
                if (account.Settings["audited"] is { } audited && !(bool)audited) video.Status["privacyStatus"] = "private";
                if (wasPrivate && !video.IsPrivate) Show(account, video);
            }
        }
        await (count.Remaining < 0 ? RefuseAsync(context, 403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota.")
            : video is null ? RefuseAsync(context, 404, "videoNotFound", "The video that you are trying to update cannot be found.")
            : WriteAsync(context, Written(video)));
    }

    private void Show(Account account, Video video) => Publish(account, video.Id, (string?)video.Snippet["description"] ?? "", new JsonObject
    {
        ["snippet"] = video.Snippet.DeepClone(),
        ["status"] = video.Status.DeepClone(),
        ["cover"] = video.Cover,
        ["media"] = new JsonArray(new JsonObject { ["bytes"] = video.Length, ["sha256"] = video.Sha256 }),
    });

    private async Task SetCoverAsync(HttpContext context, Account account)
    {
        var bytes = await BytesAsync(context);
        if (account.Settings["covers"] is { } covers && !(bool)covers)
        {
            await RefuseAsync(context, 403, "forbidden", "The authenticated user doesn't have permissions to upload and set custom video thumbnails.");
            return;
        }
        Video? video;
        lock (Gate)
        {
            video = videos.GetValueOrDefault(context.Request.Query["videoId"].ToString());
            if (video is not null) video.Cover = bytes.Length;
        }
        await (video is null ? RefuseAsync(context, 404, "videoNotFound", "The video does not exist.") : WriteAsync(context, new JsonObject { ["kind"] = "youtube#thumbnailSetResponse" }));
    }

    private Task ChannelAsync(HttpContext context, Account account) =>
        WriteAsync(context, List([new JsonObject { ["id"] = account.Id, ["contentDetails"] = new JsonObject { ["relatedPlaylists"] = new JsonObject { ["uploads"] = $"UU{account.Id}" } } }]));

    private Task PlaylistAsync(HttpContext context, Account account)
    {
        lock (Gate)
        {
            return WriteAsync(context, List(videos.Values.Where(video => video.Account.Id == account.Id && context.Request.Query["playlistId"] == $"UU{account.Id}").Reverse().Take(50)
                .Select(video => new JsonObject { ["contentDetails"] = new JsonObject { ["videoId"] = video.Id } })));
        }
    }

    private static JsonObject Written(Video video)
    {
        var status = video.Status.DeepClone().AsObject();
        status["uploadStatus"] = DateTimeOffset.UtcNow < video.ProcessedAt ? "uploaded" : (string?)video.Account.Settings["upload_status"] ?? "processed";
        if ((string?)status["uploadStatus"] == "rejected") status["rejectionReason"] = (string?)video.Account.Settings["reason"] ?? "copyright";
        if ((string?)status["uploadStatus"] == "failed") status["failureReason"] = (string?)video.Account.Settings["reason"] ?? "codec";
        return new JsonObject { ["kind"] = "youtube#video", ["id"] = video.Id, ["snippet"] = video.Snippet.DeepClone(), ["status"] = status };
    }

    private static JsonObject List(IEnumerable<JsonObject> items) => new() { ["items"] = new JsonArray([.. items]) };

    private static Task RefuseAsync(HttpContext context, int status, string reason, string message) => WriteAsync(context, new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["code"] = status,
            ["message"] = message,
            ["errors"] = new JsonArray(new JsonObject { ["message"] = message, ["domain"] = reason is "quotaExceeded" ? "youtube.quota" : "youtube.video", ["reason"] = reason }),
        },
    }, status);

    [GeneratedRegex(@"^bytes ((?<first>\d+)-(?<last>\d+)|\*)/(?<total>\d+)$")]
    private static partial Regex Range();

    private sealed record Session(Account Account, long Length, JsonObject Metadata)
    {
        public MemoryStream Bytes { get; } = new();

        public string? VideoId { get; set; }
    }

    private sealed record Video(string Id, Account Account, JsonObject Snippet, JsonObject FirstStatus)
    {
        public JsonObject Status { get; set; } = FirstStatus;

        public DateTimeOffset ProcessedAt { get; init; }

        public string Sha256 { get; init; } = "";

        public long Length { get; init; }

        public long Cover { get; set; }

        public bool IsPrivate => (string?)Status["privacyStatus"] == "private";
    }
}
