using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Behaves like X's API v2 for posting: segments of media, processing, alternative texts, refusal of unknown fields and of equal texts, rate
/// limits with their headers, links shortened in what is read back. Of an account, <c>list_after_ms</c> keeps new posts out of the timeline.
/// Source: X API v2, OpenAPI 2.167.
/// </summary>
internal sealed partial class XStub() : BearerPlatform("twitter", 1_880_028_106_020_515_000)
{
    private const int MaxSegment = 5_000_000;
    private static readonly string[] Known = ["text", "media", "made_with_ai", "paid_partnership", "reply_settings"];

    private readonly Dictionary<string, Upload> uploads = [];

    /// <inheritdoc />
    public override void Map(WebApplication app)
    {
        app.MapPost("/x/2/media/upload/initialize", For(InitializeAsync));
        app.MapPost("/x/2/media/upload/{id}/append", For(AppendAsync));
        app.MapPost("/x/2/media/upload/{id}/finalize", For(FinalizeAsync));
        app.MapGet("/x/2/media/upload", For(StatusAsync));
        app.MapPost("/x/2/media/metadata", For(DescribeAsync));
        app.MapPost("/x/2/tweets", For(PostAsync));
        app.MapGet("/x/2/tweets/{id}", For(ReadAsync));
        app.MapGet("/x/2/users/{account}/tweets", For(TimelineAsync));
    }

    /// <inheritdoc />
    protected override void Forget() => uploads.Clear();

    /// <inheritdoc />
    protected override Task RefuseTokenAsync(HttpContext context) => RefuseAsync(context, 401, "Unauthorized", "Unauthorized", "about:blank");

    private async Task InitializeAsync(HttpContext context, Account account)
    {
        var body = await BodyAsync(context);
        var (bytes, category) = ((long?)body["total_bytes"] ?? 0, (string?)body["media_category"]);
        if (bytes <= 0 || body["media_type"] is null || category is not ("tweet_image" or "tweet_gif" or "tweet_video"))
        {
            await InvalidAsync(context, "media_type, total_bytes and media_category are required.");
            return;
        }
        if ((category == "tweet_image" && bytes > 5_242_880) || (category == "tweet_gif" && bytes > 15_728_640) || bytes > 536_870_912)
        {
            await InvalidAsync(context, $"The media of {bytes} bytes is too large for {category}.");
            return;
        }
        var id = NextId();
        lock (Gate) uploads[id] = new Upload(account.Id, bytes, category);
        await WriteAsync(context, Data(new JsonObject { ["id"] = id, ["media_key"] = $"13_{id}", ["expires_after_secs"] = 1_295_999 }));
    }

    private async Task AppendAsync(HttpContext context, Account account)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var hasIndex = int.TryParse(form["segment_index"], CultureInfo.InvariantCulture, out var index) && index is >= 0 and <= 999;
        if (!hasIndex || form.Files["media"] is not { Length: > 0 and <= MaxSegment } file)
        {
            await InvalidAsync(context, "segment_index 0 to 999 and media of at most 5 MB are required.");
            return;
        }
        using var memory = new MemoryStream();
        await file.CopyToAsync(memory, context.RequestAborted);
        lock (Gate) if (Find(context, account) is { } upload) upload.Segments[index] = memory.ToArray();
        await (Find(context, account) is null ? GoneAsync(context) : WriteAsync(context, Data(new JsonObject { ["expires_at"] = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds() })));
    }

    private Task FinalizeAsync(HttpContext context, Account account)
    {
        if (Find(context, account) is not { } upload) return GoneAsync(context);
        lock (Gate)
        {
            // Segments count by their index: a missing one is a hole.
            if (upload.Segments.Keys.Order().Where((index, position) => index != position).Any() || upload.Segments.Values.Sum(segment => (long)segment.Length) != upload.Bytes)
                return InvalidAsync(context, $"The media has {upload.Segments.Values.Sum(segment => (long)segment.Length)} bytes in its segments, not {upload.Bytes}.");
            upload.ReadyAt ??= upload.Category == "tweet_image" ? DateTimeOffset.UtcNow : ReadyAt(account);
            upload.Fails = account.Is("media_fails");
        }
        return WriteAsync(context, Data(State(upload)));
    }

    private Task StatusAsync(HttpContext context, Account account)
    {
        Upload? upload;
        lock (Gate) upload = uploads.GetValueOrDefault(context.Request.Query["media_id"].ToString());
        if (upload is null || upload.Account != account.Id) return GoneAsync(context);
        return upload.ReadyAt is null ? InvalidAsync(context, "The media is not finalized.") : WriteAsync(context, Data(State(upload)));
    }

    private async Task DescribeAsync(HttpContext context, Account account)
    {
        var body = await BodyAsync(context);
        var text = (string?)body["metadata"]?["alt_text"]?["text"] ?? "";
        Upload? upload;
        lock (Gate)
        {
            upload = uploads.GetValueOrDefault((string?)body["id"] ?? "");
            if (upload?.Account == account.Id) upload.AltText = text;
        }
        await (upload is null ? GoneAsync(context) : text.Length > 1000 ? InvalidAsync(context, "alt_text is too long.") : WriteAsync(context, Data(new JsonObject { ["id"] = body["id"]!.DeepClone() })));
    }

    private async Task PostAsync(HttpContext context, Account account)
    {
        var body = await BodyAsync(context);
        if (account.Is("suspended"))
        {
            await RefuseAsync(context, 403, "Forbidden", "Your account is suspended and is not permitted to access this feature.", "https://api.x.com/2/problems/client-forbidden");
            return;
        }
        var text = (string?)body["text"] ?? "";
        var media = (body["media"]?["media_ids"] as JsonArray ?? []).Select(id => (string?)id ?? "").ToList();
        int limit, remaining;
        DateTimeOffset reset;
        (int Status, string Title, string Detail, string Type)? refusal = null;
        var id = NextId();
        lock (Gate)
        {
            (limit, remaining, reset) = Count(account);
            var files = media.Select(one => uploads.GetValueOrDefault(one)).ToList();
            refusal = body switch
            {
                _ when remaining < 0 => (429, "Too Many Requests", "Too Many Requests", "about:blank"),
                _ when body.FirstOrDefault(field => !Known.Contains(field.Key) || field.Value is null).Key is { } unknown => Invalid($"[{unknown}] is not defined in the schema and the schema does not allow additional properties"),
                _ when text.Length == 0 && media.Count == 0 => Invalid("Either text or media is required."),
                _ when text.Length > 25_000 => Invalid("Your Tweet text is too long."),
                _ when media.Count > 4 || files.Exists(file => file is null || file.Account != account.Id || file.Processing() is not (null or "succeeded") || file.ReadyAt is null)
                    || (media.Count > 1 && files.Exists(file => file!.Category != "tweet_image")) => Invalid("Your media IDs are invalid."),
                _ when PostsOf(account).Any(post => (string?)post["caption"] == text && !(bool)post["deleted"]!) =>
                    (403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.", "about:blank"),
                _ => null,
            };
            if (refusal is null)
            {
                Publish(account, id, text, new JsonObject
                {
                    ["deleted"] = false,
                    ["body"] = body.DeepClone(),
                    ["media"] = new JsonArray([.. files.Select(file => new JsonObject { ["bytes"] = file!.Bytes, ["category"] = file.Category, ["alt_text"] = file.AltText, ["sha256"] = file.Hash() })]),
                });
            }
        }
        context.Response.Headers["x-rate-limit-limit"] = limit.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["x-rate-limit-remaining"] = Math.Max(remaining, 0).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["x-rate-limit-reset"] = reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        await (refusal is { } no ? RefuseAsync(context, no.Status, no.Title, no.Detail, no.Type) : WriteAsync(context, Data(new JsonObject { ["id"] = id, ["text"] = text }), 201));
    }

    private Task ReadAsync(HttpContext context, Account account)
    {
        JsonObject? post;
        lock (Gate) post = PostsOf(account).FirstOrDefault(post => (string?)post["id"] == (string?)context.Request.RouteValues["id"]);
        if (post is null) return RefuseAsync(context, 404, "Not Found Error", "Could not find tweet.", "https://api.x.com/2/problems/resource-not-found");
        var answer = Data(Written(post));
        answer["includes"] = new JsonObject { ["users"] = new JsonArray(new JsonObject { ["id"] = account.Id, ["username"] = "villas" }) };
        return WriteAsync(context, answer);
    }

    private Task TimelineAsync(HttpContext context, Account account)
    {
        var query = context.Request.Query;
        var since = DateTimeOffset.TryParse(query["start_time"], CultureInfo.InvariantCulture, out var start) ? start : DateTimeOffset.MinValue;
        var shown = DateTimeOffset.UtcNow.AddMilliseconds(-((int?)account.Settings["list_after_ms"] ?? 0));
        var size = int.TryParse(query["max_results"], CultureInfo.InvariantCulture, out var asked) ? asked : 10;
        var skip = int.TryParse(query["pagination_token"], CultureInfo.InvariantCulture, out var token) ? token : 0;
        if (size is < 5 or > 100) return InvalidAsync(context, "max_results must lie between 5 and 100.");
        List<JsonObject> found;
        lock (Gate) found = [.. PostsOf(account).Where(post => At(post) >= since && At(post) <= shown).Select(Written)];
        var meta = new JsonObject { ["result_count"] = Math.Min(size, Math.Max(found.Count - skip, 0)) };
        if (found.Count > skip + size) meta["next_token"] = (skip + size).ToString(CultureInfo.InvariantCulture);
        var answer = new JsonObject { ["meta"] = meta };
        if (found.Count > skip) answer["data"] = new JsonArray([.. found.Skip(skip).Take(size)]);
        return WriteAsync(context, answer);
    }

    // As X writes it: links shortened, a link for media, three characters escaped.
    private static JsonObject Written(JsonObject post)
    {
        var urls = new JsonArray();
        var text = Links().Replace(Escaped((string)post["caption"]!), link => Shorten(WebUtility.HtmlDecode(link.Value)));
        if ((post["media"] as JsonArray)?.Count > 0) text = $"{text} {Shorten($"https://x.com/villas/status/{post["id"]}/photo/1")}".Trim();
        return new JsonObject { ["id"] = post["id"]!.DeepClone(), ["text"] = text, ["created_at"] = At(post).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), ["entities"] = new JsonObject { ["urls"] = urls } };

        string Shorten(string expanded)
        {
            var shortened = $"https://t.co/{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(expanded)))[..10]}";
            urls.Add(new JsonObject { ["url"] = shortened, ["expanded_url"] = expanded });
            return shortened;
        }
    }

    private static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static DateTimeOffset At(JsonObject post) => DateTimeOffset.Parse((string)post["at"]!, CultureInfo.InvariantCulture);

    private Upload? Find(HttpContext context, Account account)
    {
        lock (Gate) return uploads.GetValueOrDefault((string)context.Request.RouteValues["id"]!) is { } upload && upload.Account == account.Id ? upload : null;
    }

    private static JsonObject State(Upload upload)
    {
        var state = new JsonObject { ["size"] = upload.Bytes, ["id"] = "of the path" };
        if (upload.Processing() is not { } name) return state;
        state["processing_info"] = new JsonObject { ["state"] = name, ["check_after_secs"] = 1 };
        if (name == "failed") state["processing_info"]!["error"] = new JsonObject { ["name"] = "InvalidMedia", ["message"] = "Unsupported video codec." };
        return state;
    }

    private static JsonObject Data(JsonObject data) => new() { ["data"] = data };

    private static (int, string, string, string) Invalid(string detail) => (400, "Invalid Request", detail, "https://api.x.com/2/problems/invalid-request");

    private static Task InvalidAsync(HttpContext context, string detail) => RefuseAsync(context, 400, "Invalid Request", detail, "https://api.x.com/2/problems/invalid-request");

    private static Task GoneAsync(HttpContext context) => RefuseAsync(context, 404, "Not Found Error", "Could not find the media.", "https://api.x.com/2/problems/resource-not-found");

    private static Task RefuseAsync(HttpContext context, int status, string title, string detail, string type) =>
        WriteAsync(context, new JsonObject { ["title"] = title, ["detail"] = detail, ["type"] = type, ["status"] = status }, status);

    [GeneratedRegex(@"https?://[^\s]+")]
    private static partial Regex Links();

    private sealed record Upload(string Account, long Bytes, string Category)
    {
        public Dictionary<int, byte[]> Segments { get; } = [];

        public DateTimeOffset? ReadyAt { get; set; }

        public bool Fails { get; set; }

        public string AltText { get; set; } = "";

        // Images are ready at once and say nothing of processing.
        public string? Processing() => Category == "tweet_image" || ReadyAt is not { } at ? null : DateTimeOffset.UtcNow < at ? "in_progress" : Fails ? "failed" : "succeeded";

        public string Hash() => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. Segments.OrderBy(segment => segment.Key).SelectMany(segment => segment.Value)]));
    }
}
