using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Behaves like Pinterest's API v5 for pins: images fetched for real, videos sent as a form to a storage of its own, processing, boards,
/// rate limits. Equal pins are taken, as Pinterest takes them. The board <c>board-…</c> of any name belongs to any account.
/// Source: Pinterest API v5 (OpenAPI 5.23).
/// </summary>
internal sealed class PinterestStub() : BearerPlatform("pinterest", 549_755_885_000)
{
    private static readonly string[] UploadFields = ["x-amz-date", "x-amz-signature", "x-amz-security-token", "x-amz-algorithm", "key", "policy", "x-amz-credential", "Content-Type"];
    private static readonly HttpClient Fetch = new() { Timeout = TimeSpan.FromSeconds(20) };

    private readonly Dictionary<string, Video> videos = [];

    /// <inheritdoc />
    public override void Map(WebApplication app)
    {
        app.MapPost("/pinterest/v5/media", For(RegisterAsync));
        app.MapGet("/pinterest/v5/media/{id}", For(MediaAsync));
        app.MapPost("/pinterest/upload", UploadAsync);
        app.MapPost("/pinterest/v5/pins", For(CreateAsync));
        app.MapGet("/pinterest/v5/pins/{id}", For(ReadAsync));
        app.MapGet("/pinterest/v5/boards/{board}/pins", For(ListAsync));
    }

    /// <inheritdoc />
    protected override void Forget() => videos.Clear();

    /// <inheritdoc />
    protected override Task RefuseTokenAsync(HttpContext context) => RefuseAsync(context, 401, 2, "Authentication failed.");

    private async Task RegisterAsync(HttpContext context, Account account)
    {
        var body = await BodyAsync(context);
        if ((string?)body["media_type"] != "video")
        {
            await RefuseAsync(context, 400, 1, "media_type must be video.");
            return;
        }
        var id = NextId();
        lock (Gate) videos[id] = new Video(account);
        var parameters = new JsonObject();
        foreach (var name in UploadFields) parameters[name] = name switch { "key" => $"uploads/{id}", "Content-Type" => "multipart/form-data", _ => $"stub-{name}" };
        await WriteAsync(context, new JsonObject
        {
            ["media_id"] = id,
            ["media_type"] = "video",
            ["upload_url"] = $"{context.Request.Scheme}://{context.Request.Host}/pinterest/upload",
            ["upload_parameters"] = parameters,
        }, 201);
    }

    // As a storage with signed forms behaves: fields before the file, no token, errors in XML.
    private async Task UploadAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        var isInOrder = await FieldsComeFirstAsync(context.Request);
        context.Request.Body.Position = 0;
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        using var memory = new MemoryStream();
        if (form.Files["file"] is { } file) await file.CopyToAsync(memory, context.RequestAborted);
        var isTaken = false;
        lock (Gate)
        {
            var isSigned = UploadFields.All(field => form.ContainsKey(field)) && !context.Request.Headers.ContainsKey("Authorization");
            if (isSigned && isInOrder && memory.Length > 0 && videos.GetValueOrDefault(form["key"].ToString().Replace("uploads/", "", StringComparison.Ordinal)) is { } video)
            {
                isTaken = true;
                video.ReadyAt ??= ReadyAt(video.Account);
                (video.Bytes, video.Sha256) = (memory.Length, Convert.ToHexStringLower(SHA256.HashData(memory.ToArray())));
            }
        }
        context.Response.StatusCode = isTaken ? 204 : 403;
        if (!isTaken) await context.Response.WriteAsync("<Error><Code>AccessDenied</Code></Error>");
    }

    private static async Task<bool> FieldsComeFirstAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, System.Text.Encoding.Latin1, leaveOpen: true);
        var text = await reader.ReadToEndAsync();
        var file = text.IndexOf("filename=", StringComparison.Ordinal);
        return file > 0 && UploadFields.All(field => text.IndexOf($"name=\"{field}\"", StringComparison.Ordinal) is > 0 and var at && at < file);
    }

    private Task MediaAsync(HttpContext context, Account account)
    {
        Video? video;
        lock (Gate) video = videos.GetValueOrDefault((string)context.Request.RouteValues["id"]!);
        return video is null || video.Account.Id != account.Id
            ? RefuseAsync(context, 404, 50, "Media not found.")
            : WriteAsync(context, new JsonObject { ["media_id"] = (string)context.Request.RouteValues["id"]!, ["media_type"] = "video", ["status"] = video.Status });
    }

    private async Task CreateAsync(HttpContext context, Account account)
    {
        var body = await BodyAsync(context);
        var source = body["media_source"] as JsonObject ?? [];
        var images = (source["items"] as JsonArray)?.Select(item => (string?)item!["url"] ?? "").ToList() ?? [(string?)source["url"] ?? ""];
        var problem = (string?)source["source_type"] switch
        {
            "image_url" => await FetchProblemAsync(images, context.RequestAborted),
            "multiple_image_urls" => images.Count is < 2 or > 5 ? "items must hold 2 to 5 images." : await FetchProblemAsync(images, context.RequestAborted),
            "video_id" => VideoProblem(source, account),
            _ => "source_type is not known.",
        };
        var id = NextId();
        (int Status, int Code, string Message)? refusal;
        int limit, remaining;
        DateTimeOffset reset;
        lock (Gate)
        {
            (limit, remaining, reset) = Count(account);
            refusal = body switch
            {
                _ when remaining < 0 => (429, 8, "You have exceeded your rate limit. Try again later."),
                _ when account.Is("spam") => (403, 0, "Sorry! We blocked this action to combat spam. Please slow down and try again later."),
                _ when ((string?)body["board_id"])?.StartsWith("board-", StringComparison.Ordinal) != true => (404, 40, "Board not found."),
                _ when ((string?)body["title"])?.Length > 100 => (400, 1, "title is too long."),
                _ when ((string?)body["description"])?.Length > 800 => (400, 1, "description is too long."),
                _ when ((string?)body["alt_text"])?.Length > 500 => (400, 1, "alt_text is too long."),
                _ when problem is not null => (400, 1, problem),
                _ => null,
            };
            if (refusal is null)
            {
                var video = videos.GetValueOrDefault((string?)source["media_id"] ?? "");
                Publish(account, id, (string?)body["description"] ?? "", new JsonObject
                {
                    ["board_id"] = body["board_id"]!.DeepClone(),
                    ["title"] = body["title"]?.DeepClone(),
                    ["link"] = body["link"]?.DeepClone(),
                    ["alt_text"] = body["alt_text"]?.DeepClone(),
                    ["source"] = source.DeepClone(),
                    ["media"] = video is null ? null : new JsonArray(new JsonObject { ["bytes"] = video.Bytes, ["sha256"] = video.Sha256 }),
                });
            }
        }
        context.Response.Headers["X-RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-RateLimit-Remaining"] = Math.Max(remaining, 0).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-RateLimit-Reset"] = Math.Max(1, (int)Math.Ceiling((reset - DateTimeOffset.UtcNow).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await (refusal is { } no ? RefuseAsync(context, no.Status, no.Code, no.Message) : WriteAsync(context, new JsonObject { ["id"] = id, ["board_id"] = body["board_id"]!.DeepClone() }, 201));
    }

    private string? VideoProblem(JsonObject source, Account account)
    {
        if (source["cover_image_url"] is null && source["cover_image_data"] is null && source["cover_image_key_frame_time"] is null) return "A video needs cover_image_url or cover_image_content_type.";
        lock (Gate) return videos.GetValueOrDefault((string?)source["media_id"] ?? "") is { } video && video.Account.Id == account.Id && video.Status == "succeeded" ? null : "The media of the pin is not ready.";
    }

    private static async Task<string?> FetchProblemAsync(List<string> images, CancellationToken cancellationToken)
    {
        foreach (var image in images)
        {
            try
            {
                var bytes = await Fetch.GetByteArrayAsync(new Uri(image), cancellationToken);
                if (bytes is not ([0xFF, 0xD8, 0xFF, ..] or [0x89, 0x50, 0x4E, 0x47, ..])) return "The image must be JPEG or PNG.";
            }
            catch (Exception exception) when (exception is HttpRequestException or UriFormatException or TaskCanceledException or InvalidOperationException)
            {
                return "Sorry, we could not fetch the image.";
            }
        }
        return null;
    }

    private Task ReadAsync(HttpContext context, Account account)
    {
        lock (Gate)
        {
            return PostsOf(account).FirstOrDefault(post => (string?)post["id"] == (string?)context.Request.RouteValues["id"]) is { } post
                ? WriteAsync(context, Pin(post))
                : RefuseAsync(context, 404, 50, "Pin not found.");
        }
    }

    private Task ListAsync(HttpContext context, Account account)
    {
        var query = context.Request.Query;
        var size = int.TryParse(query["page_size"], CultureInfo.InvariantCulture, out var asked) ? asked : 25;
        var skip = int.TryParse(query["bookmark"], CultureInfo.InvariantCulture, out var bookmark) ? bookmark : 0;
        if (size is < 1 or > 250) return RefuseAsync(context, 400, 1, "page_size must lie between 1 and 250.");
        var shown = DateTimeOffset.UtcNow.AddMilliseconds(-((int?)account.Settings["list_after_ms"] ?? 0));
        lock (Gate)
        {
            var pins = PostsOf(account).Where(post => (string?)post["board_id"] == (string?)context.Request.RouteValues["board"] && DateTimeOffset.Parse((string)post["at"]!, CultureInfo.InvariantCulture) <= shown).ToList();
            return WriteAsync(context, new JsonObject
            {
                ["items"] = new JsonArray([.. pins.Skip(skip).Take(size).Select(Pin)]),
                ["bookmark"] = pins.Count > skip + size ? (skip + size).ToString(CultureInfo.InvariantCulture) : null,
            });
        }
    }

    private static JsonObject Pin(JsonObject post) => new()
    {
        ["id"] = post["id"]!.DeepClone(),
        ["created_at"] = DateTimeOffset.Parse((string)post["at"]!, CultureInfo.InvariantCulture).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
        ["title"] = post["title"]?.DeepClone(),
        ["description"] = post["caption"]!.DeepClone(),
        ["link"] = post["link"]?.DeepClone(),
        ["board_id"] = post["board_id"]!.DeepClone(),
    };

    private static Task RefuseAsync(HttpContext context, int status, int code, string message) =>
        WriteAsync(context, new JsonObject { ["code"] = code, ["message"] = message }, status);

    private sealed record Video(Account Account)
    {
        public DateTimeOffset? ReadyAt { get; set; }

        public long Bytes { get; set; }

        public string Sha256 { get; set; } = "";

        public string Status => ReadyAt is not { } at ? "registered" : DateTimeOffset.UtcNow < at ? "processing" : Account.Is("media_fails") ? "failed" : "succeeded";
    }
}
