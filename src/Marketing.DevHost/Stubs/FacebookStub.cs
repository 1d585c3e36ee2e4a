using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Behaves like the publishing of Facebook Pages: feed posts, unpublished photos that a feed post attaches, videos in parts, reels and
/// stories by phases, a status that tells how far a video is, comments, usage headers and error codes. Sources: Pages API, "Posts"; Graph
/// API, "Page Photos", "Page Videos", "Page Video Reels", "Page Stories", "Video". Below <c>/facebook</c>.
/// </summary>
internal sealed class FacebookStub : IPlatform
{
    private const string Root = "/facebook/{version}";
    private const int UsualProcessingMs = 1000;
    private const int UsualPartBytes = 1024 * 1024;
    private static readonly TimeSpan PhotoLife = TimeSpan.FromHours(24);

    private readonly Lock gate = new();
    private readonly Dictionary<string, FacebookPage> pages = [];
    private readonly Dictionary<string, FacebookPhoto> photos = [];
    private readonly Dictionary<string, FacebookVideo> videos = [];
    private readonly List<JsonObject> posts = [];
    private long lastId = 120_000_000_000_000_000;

    /// <inheritdoc />
    public string Name => "facebook";

    /// <inheritdoc />
    public JsonArray Posts
    {
        get
        {
            lock (gate) return [.. posts.Where(IsVisible).Select(post => post.DeepClone())];
        }
    }

    /// <summary>
    /// Makes a Page known. <c>processing_ms</c> is how long a finished video stays hidden, <c>part_bytes</c> the parts that it asks for,
    /// <c>listed_after_ms</c> how long a post stays out of the lists, <c>calls_per_hour</c> the calls that it may make.
    /// </summary>
    public void Connect(string id, string token, JsonObject settings)
    {
        lock (gate)
        {
            pages[id] = new FacebookPage(
                token, (int?)settings["processing_ms"] ?? UsualProcessingMs, (int?)settings["part_bytes"] ?? UsualPartBytes, (int?)settings["listed_after_ms"] ?? 0, (int?)settings["calls_per_hour"] ?? int.MaxValue);
        }
    }

    /// <inheritdoc />
    public void Reset()
    {
        lock (gate)
        {
            pages.Clear();
            photos.Clear();
            videos.Clear();
            posts.Clear();
        }
    }

    /// <inheritdoc />
    public void Map(WebApplication app)
    {
        app.MapPost($"{Root}/{{page}}/feed", context => ForPage(context, FeedAsync));
        app.MapPost($"{Root}/{{page}}/photos", context => ForPage(context, PhotoAsync));
        app.MapPost($"{Root}/{{page}}/videos", context => ForPage(context, (context, page) => VideoAsync(context, page, "video")));
        app.MapPost($"{Root}/{{page}}/video_reels", context => ForPage(context, (context, page) => VideoAsync(context, page, "reel")));
        app.MapPost($"{Root}/{{page}}/video_stories", context => ForPage(context, (context, page) => VideoAsync(context, page, "story")));
        app.MapPost($"{Root}/{{page}}/photo_stories", context => ForPage(context, PhotoStoryAsync));
        app.MapGet($"{Root}/{{page}}/published_posts", context => ForPage(context, (context, page) => ListAsync(context, page)));
        app.MapGet($"{Root}/{{page}}/stories", context => ForPage(context, (context, page) => StoriesAsync(context, page)));
        app.MapPost("/facebook/upload/{video}", UploadAsync);
        app.MapPost($"{Root}/{{node}}/comments", CommentAsync);
        app.MapGet($"{Root}/{{node}}/comments", CommentsAsync);
        app.MapGet($"{Root}/{{node}}", NodeAsync);
    }

    private async Task FeedAsync(HttpContext context, string page)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var message = form["message"].ToString();
        var attached = form.Where(field => field.Key.StartsWith("attached_media", StringComparison.Ordinal))
            .Select(field => (string?)JsonNode.Parse(field.Value.ToString())!["media_fbid"] ?? "").ToList();
        (int Code, string Message)? refusal = null;
        string? id = null;
        lock (gate)
        {
            if (attached.Any(photo => photos.GetValueOrDefault(photo) is not { } found || found.Page != page || found.At < DateTimeOffset.UtcNow - PhotoLife)) refusal = (100, "Invalid parameter: media_fbid.");
            else if (message.Length == 0 && attached.Count == 0 && form["link"].ToString().Length == 0) refusal = (100, "(#100) Missing message or attachment.");
            else if (attached.Count == 0 && message.Length > 0 && posts.LastOrDefault(post => (string?)post["account"] == page) is { } last && (string?)last["message"] == message) refusal = (506, "Duplicate status message.");
            else id = Publish(page, "status", message, attached, [.. attached.Select(photo => photos[photo].Url)], form["link"].ToString());
        }
        await (refusal is { } refused ? GraphReplies.RefuseAsync(context, 400, refused.Code, 0, refused.Message) : GraphReplies.WriteAsync(context, new JsonObject { ["id"] = id }));
    }

    private async Task PhotoAsync(HttpContext context, string page)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var file = await StubMedia.FetchAsync(form["url"].ToString(), context.RequestAborted);
        if (file is null || file.Length > 10_000_000 || !(StubMedia.IsJpeg(file) || file is [0x89, (byte)'P', (byte)'N', (byte)'G', ..]))
        {
            await GraphReplies.RefuseAsync(context, 400, file is null ? 100 : 36001, file is null ? 0 : 2207005, file is null ? "Missing or invalid image file." : "The image format is not supported.");
            return;
        }
        var answer = new JsonObject();
        lock (gate)
        {
            var id = NextId();
            photos[id] = new FacebookPhoto(page, StubMedia.Plain(form["url"].ToString()), form["alt_text_custom"].ToString(), DateTimeOffset.UtcNow);
            answer["id"] = id;
            if (form["published"] != "false") answer["post_id"] = Publish(page, "photo", form["caption"].ToString(), [id], [photos[id].Url], "");
        }
        await GraphReplies.WriteAsync(context, answer);
    }

    private async Task PhotoStoryAsync(HttpContext context, string page)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var photo = form["photo_id"].ToString();
        string? id = null;
        lock (gate)
        {
            // A photo that was in a post before is refused.
            if (photos.GetValueOrDefault(photo) is { } found && found.Page == page && !posts.Any(post => Attached(post).Contains(photo)))
                id = Publish(page, "story", "", [photo], [found.Url], "");
        }
        await (id is null ? GraphReplies.RefuseAsync(context, 400, 100, 0, "Invalid parameter: photo_id.") : GraphReplies.WriteAsync(context, new JsonObject { ["success"] = true, ["post_id"] = id }));
    }

    private async Task VideoAsync(HttpContext context, string page, string kind)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        switch (form["upload_phase"].ToString())
        {
            case "start":
                await StartAsync(context, page, kind, long.TryParse(form["file_size"], CultureInfo.InvariantCulture, out var size) ? size : 0);
                return;
            case "transfer" when kind == "video":
                await TransferAsync(context, form);
                return;
            case "finish":
                await FinishAsync(context, page, kind, form);
                return;
            default:
                await GraphReplies.RefuseAsync(context, 400, 100, 0, "Invalid parameter: upload_phase.");
                return;
        }
    }

    private Task StartAsync(HttpContext context, string page, string kind, long size)
    {
        lock (gate)
        {
            var id = NextId();
            videos[id] = new FacebookVideo(page, kind, $"session-{id}") { Size = size };
            return GraphReplies.WriteAsync(context, kind == "video"
                ? new JsonObject
                {
                    ["video_id"] = id,
                    ["upload_session_id"] = videos[id].Session,
                    ["start_offset"] = "0",
                    ["end_offset"] = Math.Min(size, pages[page].PartBytes).ToString(CultureInfo.InvariantCulture),
                }
                : new JsonObject { ["video_id"] = id, ["upload_url"] = $"{context.Request.Scheme}://{context.Request.Host}/facebook/upload/{id}" });
        }
    }

    private async Task TransferAsync(HttpContext context, IFormCollection form)
    {
        var part = form.Files["video_file_chunk"];
        var first = new byte[12];
        if (part is not null) await using (var stream = part.OpenReadStream()) await stream.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, context.RequestAborted);
        string? refusal = null;
        var answer = new JsonObject();
        lock (gate)
        {
            var video = videos.Values.FirstOrDefault(video => video.Session == form["upload_session_id"]);
            if (video is null || part is null) refusal = "The upload session does not exist.";
            else if (form["start_offset"] != video.Received.ToString(CultureInfo.InvariantCulture)) refusal = "OffsetInvalidError: the part does not begin where the last one ended.";
            else
            {
                if (video.Received == 0) video.IsVideo = StubMedia.IsVideo(first);
                video.Received += part.Length;
                (answer["start_offset"], answer["end_offset"]) = (video.Received.ToString(CultureInfo.InvariantCulture), Math.Min(video.Size, video.Received + pages[video.Page].PartBytes).ToString(CultureInfo.InvariantCulture));
            }
        }
        await (refusal is null ? GraphReplies.WriteAsync(context, answer) : GraphReplies.RefuseAsync(context, 400, 6001, 1363037, refusal));
    }

    private async Task UploadAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["video"]!;
        var url = context.Request.Headers["file_url"].ToString();
        FacebookVideo? video;
        lock (gate) video = videos.GetValueOrDefault(id) is { } found && pages[found.Page].Token == GraphReplies.Token(context.Request) ? found : null;
        if (video is null)
        {
            await GraphReplies.RefuseAsync(context, 400, 190, 467, "Error validating access token.");
            return;
        }
        var file = await StubMedia.FetchAsync(url, context.RequestAborted);
        if (file is null)
        {
            context.Response.StatusCode = 400;
            await GraphReplies.WriteAsync(context, new JsonObject { ["debug_info"] = new JsonObject { ["retriable"] = true, ["type"] = "ProcessingFailedError", ["message"] = "The file could not be fetched." } });
            return;
        }
        lock (gate) (video.Size, video.Received, video.IsVideo, video.Url) = (file.Length, file.Length, StubMedia.IsVideo(file), StubMedia.Plain(url));
        await GraphReplies.WriteAsync(context, new JsonObject { ["success"] = true, ["message"] = "Upload successful." });
    }

    private Task FinishAsync(HttpContext context, string page, string kind, IFormCollection form)
    {
        lock (gate)
        {
            var (id, video) = videos.FirstOrDefault(entry => kind == "video" ? entry.Value.Session == form["upload_session_id"] : entry.Key == form["video_id"]);
            if (video is null || video.Page != page || video.Kind != kind) return GraphReplies.RefuseAsync(context, 400, 100, 0, "Invalid parameter: the video does not exist.");
            if (video.Received == 0 || video.Received < video.Size) return GraphReplies.RefuseAsync(context, 400, 6001, 0, "There was a problem uploading your video file: it is not complete.");
            if (video.FinishedAt is not null) return GraphReplies.RefuseAsync(context, 400, 100, 0, "The video is finished already.");
            (video.FinishedAt, video.ReadyAt) = (DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMilliseconds(pages[page].ProcessingMs));
            string? post = null;
            if (video.IsVideo) post = Publish(page, kind, form["description"].ToString(), [id], video.Url is null ? [] : [video.Url], "", kind == "story" ? null : id, video.ReadyAt, form["title"].ToString());
            return GraphReplies.WriteAsync(context, kind == "story" && post is not null ? new JsonObject { ["success"] = true, ["post_id"] = post } : new JsonObject { ["success"] = true });
        }
    }

    private string Publish(
        string page, string kind, string message, IReadOnlyList<string> attached, IReadOnlyList<string> media, string link, string? id = null, DateTimeOffset? visibleAt = null, string title = "")
    {
        var name = id ?? $"{page}_{NextId()}";
        posts.Add(new JsonObject
        {
            ["id"] = name,
            ["platform"] = "facebook",
            ["account"] = page,
            ["kind"] = kind,
            ["caption"] = message,
            ["message"] = message,
            ["title"] = title,
            ["link"] = link,
            ["attached"] = new JsonArray([.. attached.Select(each => JsonValue.Create(each))]),
            ["media"] = new JsonArray([.. media.Select(each => JsonValue.Create(each))]),
            ["alt_texts"] = new JsonArray([.. attached.Select(each => JsonValue.Create(photos.GetValueOrDefault(each)?.AltText ?? ""))]),
            ["comments"] = new JsonArray(),
            ["created_time"] = GraphReplies.Time(DateTimeOffset.UtcNow),
            ["visible_at"] = (visibleAt ?? DateTimeOffset.UtcNow).ToString("O", CultureInfo.InvariantCulture),
            ["permalink_url"] = kind is "video" or "reel" ? $"/{kind}/{name}/" : $"https://www.facebook.com/{name}",
        });
        return name;
    }

    // Reels and stories never appear among the posts.
    private Task ListAsync(HttpContext context, string page)
    {
        var since = GraphReplies.Since(context.Request);
        JsonArray found;
        lock (gate)
        {
            found = [.. posts.Where(post => (string?)post["account"] == page && (string?)post["kind"] is not ("reel" or "story") && IsVisible(post)
                    && GraphReplies.ParseTime((string)post["created_time"]!) >= since && VisibleAt(post) <= DateTimeOffset.UtcNow.AddMilliseconds(-pages[page].ListedAfterMs))
                .Reverse().Take(100).Select(post => new JsonObject
                {
                    ["id"] = post["id"]!.DeepClone(), ["message"] = post["message"]!.DeepClone(), ["created_time"] = post["created_time"]!.DeepClone(), ["permalink_url"] = post["permalink_url"]!.DeepClone(),
                    ["attachments"] = Attachments(post),
                })];
        }
        return GraphReplies.WriteAsync(context, new JsonObject { ["data"] = found });
    }

    // One medium is the attachment itself, several hang below an album.
    private static JsonObject Attachments(JsonObject post)
    {
        var targets = Attached(post).Select(id => (JsonNode)new JsonObject { ["media_type"] = "photo", ["target"] = new JsonObject { ["id"] = id } }).ToList();
        return targets.Count <= 1
            ? new JsonObject { ["data"] = new JsonArray([.. targets]) }
            : new JsonObject { ["data"] = new JsonArray(new JsonObject { ["media_type"] = "album", ["target"] = new JsonObject { ["id"] = post["id"]!.DeepClone() }, ["subattachments"] = new JsonObject { ["data"] = new JsonArray([.. targets]) } }) };
    }

    private Task StoriesAsync(HttpContext context, string page)
    {
        JsonArray found;
        lock (gate)
        {
            found = [.. posts.Where(post => (string?)post["account"] == page && (string?)post["kind"] == "story" && IsVisible(post) && VisibleAt(post) > DateTimeOffset.UtcNow.AddHours(-24)).Reverse()
                .Select(post => new JsonObject { ["post_id"] = post["id"]!.DeepClone(), ["status"] = "published", ["creation_time"] = VisibleAt(post).ToUnixTimeSeconds(), ["media_id"] = Attached(post).First() })];
        }
        return GraphReplies.WriteAsync(context, new JsonObject { ["data"] = found });
    }

    private Task NodeAsync(HttpContext context)
    {
        var node = (string)context.Request.RouteValues["node"]!;
        lock (gate)
        {
            if (!IsKnown(context)) return GraphReplies.RefuseAsync(context, 400, 190, 467, "Error validating access token.");
            var post = posts.FirstOrDefault(post => (string?)post["id"] == node && IsVisible(post));
            if (videos.GetValueOrDefault(node) is { } video)
                return GraphReplies.WriteAsync(context, new JsonObject { ["id"] = node, ["status"] = video.Status, ["permalink_url"] = post?["permalink_url"]?.DeepClone() });
            return post is null
                ? MissingAsync(context)
                : GraphReplies.WriteAsync(context, new JsonObject { ["id"] = node, ["permalink_url"] = post["permalink_url"]!.DeepClone(), ["message"] = post["message"]!.DeepClone(), ["created_time"] = post["created_time"]!.DeepClone() });
        }
    }

    private async Task CommentAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        string? id = null;
        lock (gate)
        {
            if (IsKnown(context) && posts.FirstOrDefault(post => (string?)post["id"] == (string?)context.Request.RouteValues["node"] && IsVisible(post)) is { } post)
            {
                id = NextId();
                post["comments"]!.AsArray().Add(new JsonObject { ["id"] = id, ["message"] = form["message"].ToString() });
            }
        }
        await (id is null ? MissingAsync(context) : GraphReplies.WriteAsync(context, new JsonObject { ["id"] = id }));
    }

    private Task CommentsAsync(HttpContext context)
    {
        JsonNode? comments;
        lock (gate) comments = IsKnown(context) ? posts.FirstOrDefault(post => (string?)post["id"] == (string?)context.Request.RouteValues["node"])?["comments"]?.DeepClone() : null;
        return comments is null ? MissingAsync(context) : GraphReplies.WriteAsync(context, new JsonObject { ["data"] = comments });
    }

    private async Task ForPage(HttpContext context, Func<HttpContext, string, Task> run)
    {
        var id = (string)context.Request.RouteValues["page"]!;
        FacebookPage? page;
        var usedPercent = 0;
        lock (gate)
        {
            page = pages.GetValueOrDefault(id);
            if (page is not null) usedPercent = page.Call();
        }
        if (page is null) await GraphReplies.RefuseAsync(context, 400, 100, 33, $"Unsupported request. Object with ID '{id}' does not exist.");
        else if (page.Token != GraphReplies.Token(context.Request)) await GraphReplies.RefuseAsync(context, 400, 190, 460, "Error validating access token: The session has been invalidated because the user changed their password.");
        else if (!await GraphReplies.ThrottleAsync(context, "pages", id, usedPercent)) await run(context, id);
    }

    private static Task MissingAsync(HttpContext context) => GraphReplies.RefuseAsync(context, 400, 100, 33, $"Unsupported request. Object with ID '{context.Request.RouteValues["node"]}' does not exist.");

    private bool IsKnown(HttpContext context) => pages.Values.Any(page => page.Token == GraphReplies.Token(context.Request));

    private static bool IsVisible(JsonObject post) => VisibleAt(post) <= DateTimeOffset.UtcNow;

    private static DateTimeOffset VisibleAt(JsonObject post) => DateTimeOffset.Parse((string)post["visible_at"]!, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Attached(JsonObject post) => post["attached"]!.AsArray().Select(each => (string)each!);

    private string NextId() => (lastId += 11).ToString(CultureInfo.InvariantCulture);
}
