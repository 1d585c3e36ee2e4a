using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Behaves like Instagram's content publishing: containers that take a while and whose media are fetched for real, carousels of ready
/// children, one publication a container, stories listed apart, comments, quota, usage headers, error codes and subcodes. Sources:
/// Instagram Platform, "Content Publishing", "IG User Media" and "Error Codes".
/// </summary>
internal sealed class InstagramStub : IPlatform
{
    private const int UsualQuota = 100;
    private const int UsualProcessingMs = 1000;
    private const int MaxImageBytes = 8 * 1024 * 1024;
    private const int MaxContainers = 400;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Account> accounts = [];
    private readonly Dictionary<string, Container> containers = [];
    private readonly List<JsonObject> posts = [];
    private long lastId = 17_900_000_000_000_000;

    public InstagramStub() => Reset();

    /// <inheritdoc />
    public string Name => "instagram";

    /// <inheritdoc />
    public JsonArray Posts
    {
        get
        {
            lock (gate) return new JsonArray([.. posts.Select(post => post.DeepClone())]);
        }
    }

    /// <summary>
    /// Makes an account known. <c>processing_ms</c> is how long its containers take, <c>quota</c> the posts of a day, <c>listed_after_ms</c>
    /// how long a post stays out of the lists, <c>drop_mentions</c> reads captions back without @, <c>calls_per_hour</c> the calls it may make.
    /// </summary>
    public void Connect(string id, string token, JsonObject settings)
    {
        lock (gate)
        {
            accounts[id] = new Account(
                token, (int?)settings["processing_ms"] ?? UsualProcessingMs, (int?)settings["quota"] ?? UsualQuota, (int?)settings["listed_after_ms"] ?? 0,
                (bool?)settings["drop_mentions"] ?? false, (int?)settings["calls_per_hour"] ?? int.MaxValue);
        }
    }

    /// <summary>Forgets everything but the account of the tour.</summary>
    public void Reset()
    {
        lock (gate)
        {
            accounts.Clear();
            containers.Clear();
            posts.Clear();
        }
        Connect(TourAccount.Id, TourAccount.Token, []);
    }

    /// <summary>Maps the Graph API's paths.</summary>
    public void Map(WebApplication app)
    {
        app.MapGet("/{version}/{account}/content_publishing_limit", context => ForAccount(context, QuotaAsync));
        app.MapPost("/{version}/{account}/media", context => ForAccount(context, CreateAsync));
        app.MapGet("/{version}/{account}/media", context => ForAccount(context, (context, account) => ListAsync(context, account, isStory: false)));
        app.MapGet("/{version}/{account}/stories", context => ForAccount(context, (context, account) => ListAsync(context, account, isStory: true)));
        app.MapPost("/{version}/{account}/media_publish", context => ForAccount(context, PublishAsync));
        app.MapPost("/{version}/{node}/comments", CommentAsync);
        app.MapGet("/{version}/{node}/comments", CommentsAsync);
        app.MapGet("/{version}/{node}", NodeAsync);
    }

    private Task QuotaAsync(HttpContext context, string account)
    {
        int used, quota;
        lock (gate) (used, quota) = (posts.Count(post => (string?)post["account"] == account), accounts[account].Quota);
        return GraphReplies.WriteAsync(context, new JsonObject
        {
            ["data"] = new JsonArray(new JsonObject { ["quota_usage"] = used, ["config"] = new JsonObject { ["quota_total"] = quota, ["quota_duration"] = 86400 } }),
        });
    }

    private async Task CreateAsync(HttpContext context, string account)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (Refusal(form, account) is var (code, subcode, message))
        {
            await GraphReplies.RefuseAsync(context, 400, code, subcode, message);
            return;
        }
        var isVideo = form.ContainsKey("video_url");
        var url = form[isVideo ? "video_url" : "image_url"].ToString();
        var children = form["children"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
        var error = children.Length > 0 ? null : Fault(await StubMedia.FetchAsync(url, context.RequestAborted), isVideo);
        string id;
        lock (gate)
        {
            id = NextId();
            var media = children.Length > 0 ? [.. children.SelectMany(child => containers[child].Media)] : new[] { StubMedia.Plain(url) };
            containers[id] = new Container(account, form["media_type"].ToString(), media, form.ToDictionary(field => field.Key, field => field.Value.ToString()), error,
                DateTimeOffset.UtcNow.AddMilliseconds(accounts[account].ProcessingMs));
        }
        await GraphReplies.WriteAsync(context, new JsonObject { ["id"] = id });
    }

    // What is refused when the container is made; media that are wrong fail later, in the container.
    private (int Code, int Subcode, string Message)? Refusal(IFormCollection form, string account)
    {
        var caption = form["caption"].ToString();
        var type = form["media_type"].ToString();
        var isChild = form["is_carousel_item"] == "true";
        lock (gate)
        {
            if (containers.Values.Count(container => container.Account == account) >= Math.Max(MaxContainers, accounts[account].Quota * 12)) return (9, 2207042, "You reached the maximum number of posts that is allowed to be published by Content Publishing API.");
            if (caption.Length > 2200) return (36004, 2207010, "The caption was too long.");
            if (caption.Count(sign => sign == '@') > 20) return (100, 2207040, "Cannot use more than 20 tags in the caption.");
            if (isChild && (caption.Length > 0 || form.ContainsKey("location_id") || form.ContainsKey("is_ai_generated"))) return (100, 0, "Param is not allowed on carousel items.");
            if (type == "CAROUSEL")
            {
                var children = form["children"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
                if (children.Length is < 2 or > 10) return (100, 2207028, "Your post can't be created because a carousel needs 2 to 10 photos/videos.");
                return children.All(child => containers.GetValueOrDefault(child) is { Status: "FINISHED" } found && found.Account == account && found.Fields.GetValueOrDefault("is_carousel_item") == "true")
                    ? null
                    : (9007, 2207027, "The media is not ready for publishing, please wait for a moment.");
            }
            if (!form.ContainsKey("image_url") && !form.ContainsKey("video_url")) return (100, 0, "The parameter image_url is required.");
            if (form.ContainsKey("video_url") && type is not ("REELS" or "STORIES") && !(type == "VIDEO" && isChild)) return (100, 2207023, "The media type is unknown.");
            return null;
        }
    }

    private static string? Fault(byte[]? file, bool isVideo)
    {
        if (file is null) return "Error: Media upload has failed with error code 2207052";
        if (isVideo) return StubMedia.IsVideo(file) ? null : "Error: Media upload has failed with error code 2207026";
        if (file.Length > MaxImageBytes) return "Error: Media upload has failed with error code 2207004";
        if (!StubMedia.IsJpeg(file)) return "Error: Media upload has failed with error code 2207005";
        return StubMedia.JpegRatio(file) is < 0.79 or > 1.92 ? "Error: Media upload has failed with error code 2207009" : null;
    }

    private Task PublishAsync(HttpContext context, string account)
    {
        var creationId = context.Request.Form["creation_id"].ToString();
        lock (gate)
        {
            var used = posts.Count(post => (string?)post["account"] == account);
            if (containers.GetValueOrDefault(creationId) is not { } container || container.Account != account)
                return GraphReplies.RefuseAsync(context, 400, 24, 2207008, "The requested resource does not exist: the media builder with this creation id does not exist or has been expired.");
            if (container.Status != "FINISHED" || container.Fields.ContainsKey("is_carousel_item"))
                return GraphReplies.RefuseAsync(context, 400, 9007, 2207027, "The media is not ready for publishing, please wait for a moment.");
            if (used >= accounts[account].Quota)
                return GraphReplies.RefuseAsync(context, 400, 9, 2207042, "You reached the maximum number of posts that is allowed to be published by Content Publishing API.");
            container.IsPublished = true;
            var id = NextId();
            var post = new JsonObject
            {
                ["id"] = id,
                ["platform"] = "instagram",
                ["account"] = account,
                ["caption"] = container.Fields.GetValueOrDefault("caption") ?? "",
                ["media_type"] = container.MediaType is "REELS" ? "VIDEO" : container.MediaType is "CAROUSEL" ? "CAROUSEL_ALBUM" : container.Fields.ContainsKey("video_url") ? "VIDEO" : "IMAGE",
                ["media_product_type"] = container.MediaType switch { "REELS" => "REELS", "STORIES" => "STORY", _ => "FEED" },
                ["media"] = new JsonArray([.. container.Media.Select(url => JsonValue.Create(url))]),
                ["fields"] = new JsonObject(container.Fields.Where(field => !field.Key.EndsWith("_url", StringComparison.Ordinal)).Select(field => KeyValuePair.Create(field.Key, (JsonNode?)JsonValue.Create(field.Value)))),
                ["comments"] = new JsonArray(),
                ["timestamp"] = GraphReplies.Time(DateTimeOffset.UtcNow),
                ["permalink"] = $"https://www.instagram.com/{(container.MediaType == "REELS" ? "reel" : "p")}/{id}/",
                ["alt_text"] = container.Fields.GetValueOrDefault("alt_text") ?? "",
            };
            posts.Add(post);
            return GraphReplies.WriteAsync(context, new JsonObject { ["id"] = id });
        }
    }

    private Task ListAsync(HttpContext context, string account, bool isStory)
    {
        var since = GraphReplies.Since(context.Request);
        var now = DateTimeOffset.UtcNow;
        JsonArray found;
        lock (gate)
        {
            var shownUntil = now.AddMilliseconds(-accounts[account].ListedAfterMs);
            found = [.. posts.Where(post =>
            {
                var at = GraphReplies.ParseTime((string)post["timestamp"]!);
                return (string?)post["account"] == account && ((string?)post["media_product_type"] == "STORY") == isStory && at >= since && at <= shownUntil && (!isStory || at > now.AddHours(-24));
            }).Reverse().Take(50).Select(post => Media(post, accounts[account].DropMentions))];
        }
        return GraphReplies.WriteAsync(context, new JsonObject { ["data"] = found });
    }

    private async Task CommentAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        string? id = null;
        lock (gate)
        {
            if (Post(context) is { } post && (string?)post["media_product_type"] != "STORY")
            {
                id = NextId();
                post["comments"]!.AsArray().Add(new JsonObject { ["id"] = id, ["text"] = form["message"].ToString(), ["timestamp"] = GraphReplies.Time(DateTimeOffset.UtcNow) });
            }
        }
        await (id is null ? MissingAsync(context) : GraphReplies.WriteAsync(context, new JsonObject { ["id"] = id }));
    }

    private Task CommentsAsync(HttpContext context)
    {
        JsonNode? comments;
        lock (gate) comments = Post(context)?["comments"]?.DeepClone();
        return comments is null ? MissingAsync(context) : GraphReplies.WriteAsync(context, new JsonObject { ["data"] = comments });
    }

    private Task NodeAsync(HttpContext context)
    {
        Container? container;
        JsonObject? post;
        var node = (string)context.Request.RouteValues["node"]!;
        lock (gate)
        {
            container = IsKnown(context) ? containers.GetValueOrDefault(node) : null;
            post = Post(context) is { } found ? Media(found, accounts[(string)found["account"]!].DropMentions) : null;
        }
        if (container is not null) return GraphReplies.WriteAsync(context, new JsonObject { ["id"] = node, ["status_code"] = container.Status, ["status"] = container.Words });
        return post is not null ? GraphReplies.WriteAsync(context, post) : MissingAsync(context);
    }

    private JsonObject? Post(HttpContext context) => IsKnown(context) ? posts.FirstOrDefault(post => (string?)post["id"] == (string?)context.Request.RouteValues["node"]) : null;

    private bool IsKnown(HttpContext context) => accounts.Values.Any(account => account.Token == GraphReplies.Token(context.Request));

    private static Task MissingAsync(HttpContext context) => GraphReplies.RefuseAsync(
        context, 400, 100, 33, $"Unsupported request. Object with ID '{context.Request.RouteValues["node"]}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.");

    private async Task ForAccount(HttpContext context, Func<HttpContext, string, Task> run)
    {
        var id = (string)context.Request.RouteValues["account"]!;
        Account? account;
        int usedPercent = 0;
        lock (gate)
        {
            account = accounts.GetValueOrDefault(id);
            if (account is not null) usedPercent = account.Call();
        }
        if (account is null) await GraphReplies.RefuseAsync(context, 400, 100, 33, $"Unsupported request. Object with ID '{id}' does not exist.");
        else if (account.Token != GraphReplies.Token(context.Request))
            await GraphReplies.RefuseAsync(context, 400, 190, 460, "Error validating access token: The session has been invalidated because the user changed their password.");
        else if (!await GraphReplies.ThrottleAsync(context, "instagram", id, usedPercent)) await run(context, id);
    }

    private string NextId() => (lastId += 7).ToString(CultureInfo.InvariantCulture);

    private static JsonObject Media(JsonObject post, bool dropMentions) => new()
    {
        ["id"] = post["id"]!.DeepClone(),
        ["caption"] = dropMentions ? ((string)post["caption"]!).Replace("@", "", StringComparison.Ordinal) : post["caption"]!.DeepClone(),
        ["timestamp"] = post["timestamp"]!.DeepClone(),
        ["permalink"] = post["permalink"]!.DeepClone(),
        ["media_type"] = post["media_type"]!.DeepClone(),
        ["media_product_type"] = post["media_product_type"]!.DeepClone(),
    };

    private sealed record Account(string Token, int ProcessingMs, int Quota, int ListedAfterMs, bool DropMentions, int CallsPerHour)
    {
        private int calls;

        // Calls beyond the limit count too: calling on lengthens the wait.
        public int Call() => (int)Math.Min(1000, ++calls * 100L / CallsPerHour);
    }

    private sealed record Container(string Account, string MediaType, IReadOnlyList<string> Media, Dictionary<string, string> Fields, string? Error, DateTimeOffset ReadyAt)
    {
        public bool IsPublished { get; set; }

        public string Status => (Error, IsPublished) switch
        {
            (not null, _) => "ERROR",
            (_, true) => "PUBLISHED",
            _ => DateTimeOffset.UtcNow >= ReadyAt ? "FINISHED" : "IN_PROGRESS",
        };

        public string Words => Error ?? $"{Status}: Media is {(Status == "IN_PROGRESS" ? "being processed" : "ready")}.";
    }
}
