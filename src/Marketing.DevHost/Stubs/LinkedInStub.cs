using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Behaves like LinkedIn's versioned API for posting: required headers, uploads with an address a part and ETags, processing, little text,
/// refusal of equal texts by name of the first, members whose posts and images cannot be read. Accounts are organisations by number, or
/// <c>urn:li:person:…</c>; <c>part_bytes</c> is the length of their videos' parts. Source: LinkedIn, "Posts API", "Images API", "Videos API".
/// </summary>
internal sealed partial class LinkedInStub() : BearerPlatform("linkedin", 7_012_345_678_901_234_000)
{
    private readonly Dictionary<string, Medium> media = [];

    /// <inheritdoc />
    public override void Map(WebApplication app)
    {
        foreach (var kind in new[] { "images", "videos", "documents" })
        {
            app.MapPost($"/linkedin/rest/{kind}", Versioned((context, account) => ActAsync(context, account, kind)));
            app.MapGet($"/linkedin/rest/{kind}/{{urn}}", Versioned(MediumAsync));
        }
        app.MapPut("/linkedin/dms-uploads/{urn}/{part:int}", For(PutAsync));
        app.MapPost("/linkedin/rest/posts", Versioned(PostAsync));
        app.MapGet("/linkedin/rest/posts", Versioned(ListAsync));
        app.MapGet("/linkedin/rest/posts/{urn}", Versioned(ReadAsync));
    }

    /// <inheritdoc />
    protected override void Forget() => media.Clear();

    /// <inheritdoc />
    protected override Task RefuseTokenAsync(HttpContext context) => RefuseAsync(context, 401, "The token used in the request has been revoked by the user", "REVOKED_ACCESS_TOKEN", 65601);

    private RequestDelegate Versioned(Func<HttpContext, Account, Task> run) => For((context, account) =>
    {
        var version = context.Request.Headers["LinkedIn-Version"].ToString();
        if (version.Length == 0 || context.Request.Headers["X-Restli-Protocol-Version"] != "2.0.0") return RefuseAsync(context, 400, "A required header is missing.", "MISSING_HEADER");
        return string.CompareOrdinal(version, "202512") < 0 ? RefuseAsync(context, 426, $"Requested version {version} is not active", "NONEXISTENT_VERSION") : run(context, account);
    });

    private async Task ActAsync(HttpContext context, Account account, string kind)
    {
        var body = await BodyAsync(context);
        switch (context.Request.Query["action"].ToString())
        {
            case "initializeUpload":
                await InitializeAsync(context, account, kind, body["initializeUploadRequest"] as JsonObject ?? []);
                return;
            case "finalizeUpload" when kind == "videos":
                await FinalizeAsync(context, account, body["finalizeUploadRequest"] as JsonObject ?? []);
                return;
            default:
                await RefuseAsync(context, 400, "Unknown action.", "ILLEGAL_ARGUMENT");
                return;
        }
    }

    private Task InitializeAsync(HttpContext context, Account account, string kind, JsonObject request)
    {
        if ((string?)request["owner"] != Urn(account)) return ForbidAsync(context, "Not enough permissions to access: owner");
        var bytes = (long?)request["fileSizeBytes"] ?? 0;
        if (kind == "videos" && bytes is < 1 or > 524_288_000) return RefuseAsync(context, 400, "fileSizeBytes of the video is out of bounds.", "ILLEGAL_ARGUMENT");
        var urn = $"urn:li:{kind[..^1]}:C5{NextId()}";
        var partBytes = (int?)account.Settings["part_bytes"] ?? 4 * 1024 * 1024;
        var parts = kind == "videos" ? (int)((bytes + partBytes - 1) / partBytes) : 1;
        lock (Gate) media[urn] = new Medium(account.Id, kind, bytes, parts, partBytes);
        var value = kind == "videos"
            ? new JsonObject
            {
                ["video"] = urn,
                ["uploadToken"] = "",
                ["uploadInstructions"] = new JsonArray([.. Enumerable.Range(0, parts).Select(part => new JsonObject
                {
                    ["uploadUrl"] = Address(part),
                    ["firstByte"] = (long)part * partBytes,
                    ["lastByte"] = Math.Min(bytes, (part + 1L) * partBytes) - 1,
                })]),
            }
            : new JsonObject { [kind[..^1]] = urn, ["uploadUrl"] = Address(0), ["uploadUrlExpiresAt"] = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds() };
        return WriteAsync(context, new JsonObject { ["value"] = value });

        string Address(int part) => string.Create(CultureInfo.InvariantCulture, $"{context.Request.Scheme}://{context.Request.Host}/linkedin/dms-uploads/{Uri.EscapeDataString(urn)}/{part}?sig=stub");
    }

    private async Task PutAsync(HttpContext context, Account account)
    {
        var bytes = await BytesAsync(context);
        var part = int.Parse((string)context.Request.RouteValues["part"]!, CultureInfo.InvariantCulture);
        var isTaken = false;
        lock (Gate)
        {
            if (media.GetValueOrDefault((string)context.Request.RouteValues["urn"]!) is { } medium && medium.Account == account.Id && part < medium.Parts && !medium.IsComplete)
            {
                var length = medium.Kind != "videos" ? bytes.Length : Math.Min(medium.Bytes - ((long)part * medium.PartBytes), medium.PartBytes);
                isTaken = bytes.Length > 0 && bytes.Length == length;
                if (isTaken) medium.Contents[part] = bytes;
                if (isTaken && medium.Kind != "videos") Complete(medium, account);
            }
        }
        context.Response.StatusCode = isTaken ? 201 : 400;
        if (isTaken) context.Response.Headers.ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"";
    }

    private Task FinalizeAsync(HttpContext context, Account account, JsonObject request)
    {
        lock (Gate)
        {
            if (media.GetValueOrDefault((string?)request["video"] ?? "") is not { } medium || medium.Account != account.Id) return RefuseAsync(context, 404, "The video does not exist.", "NOT_FOUND");
            var etags = (request["uploadedPartIds"] as JsonArray ?? []).Select(etag => (string?)etag).ToList();
            var expected = medium.Contents.OrderBy(part => part.Key).Select(part => Convert.ToHexStringLower(SHA256.HashData(part.Value))).ToList();
            if (medium.IsComplete || medium.Contents.Count != medium.Parts || !etags.SequenceEqual(expected)) return RefuseAsync(context, 400, "The uploaded parts of the video do not match.", "ILLEGAL_ARGUMENT");
            Complete(medium, account);
        }
        return WriteAsync(context, []);
    }

    private Task MediumAsync(HttpContext context, Account account)
    {
        Medium? medium;
        lock (Gate) medium = media.GetValueOrDefault((string)context.Request.RouteValues["urn"]!);
        if (medium is null || medium.Account != account.Id) return RefuseAsync(context, 404, "The medium does not exist.", "NOT_FOUND");
        if (IsMember(account) && medium.Kind == "images") return ForbidAsync(context, "Not enough permissions to access: GET /images");
        var state = new JsonObject { ["status"] = medium.Status };
        if (medium.Status == "PROCESSING_FAILED") state["processingFailureReason"] = "The codec is not supported.";
        return WriteAsync(context, state);
    }

    private async Task PostAsync(HttpContext context, Account account)
    {
        var body = await BodyAsync(context);
        var written = (string?)body["commentary"] ?? "";
        var isVideo = ((string?)body["content"]?["media"]?["id"])?.Contains(":video:", StringComparison.Ordinal) == true;
        var urn = $"urn:li:{(isVideo ? "ugcPost" : "share")}:{NextId()}";
        (int Status, string Message, string Code)? refusal;
        lock (Gate)
        {
            var shown = Shown(body).Select(id => media.GetValueOrDefault(id)).ToList();
            var twin = PostsOf(account).FirstOrDefault(post => (string?)post["commentary"] == written);
            var remaining = account.Settings["create_limit"] is null ? 1 : Count(account).Remaining;
            refusal = body switch
            {
                _ when remaining < 0 => (429, "Resource level throttle limit for calls to this resource is reached.", "TOO_MANY_REQUESTS"),
                _ when (string?)body["author"] != Urn(account) => (403, "Not enough permissions to access: partnerApiPostsExternal.CREATE", "ACCESS_DENIED"),
                _ when (string?)body["lifecycleState"] != "PUBLISHED" || body["distribution"] is null || body["visibility"] is null => (422, "distribution, visibility and lifecycleState are required.", "MISSING_FIELD"),
                _ when Plain(written).Length > 3000 => (422, "commentary is too long.", "FIELD_LENGTH_TOO_LONG"),
                _ when shown.Exists(one => one is null || one.Account != account.Id || one.Status != "AVAILABLE") => (400, "The media of the post do not exist or are not available.", "ILLEGAL_ARGUMENT"),
                _ when body["content"]?["multiImage"]?["images"] is JsonArray images && images.Count is < 2 or > 20 => (422, "multiImage takes 2 to 20 images.", "ILLEGAL_ARGUMENT"),
                _ when body["content"]?["article"] is JsonObject article && ((string?)article["title"])?.Length is null or 0 => (422, "article title is required.", "MISSING_FIELD"),
                _ when twin is not null => (422, $"Content is a duplicate of {twin["id"]}", "DUPLICATE_POST"),
                _ => null,
            };
            if (refusal is null)
            {
                Publish(account, urn, Plain(written), new JsonObject
                {
                    ["commentary"] = written,
                    ["content"] = body["content"]?.DeepClone(),
                    ["media"] = new JsonArray([.. shown.Select(one => new JsonObject { ["kind"] = one!.Kind, ["sha256"] = one.Hash() })]),
                });
            }
        }
        if (refusal is { } no)
        {
            await RefuseAsync(context, no.Status, no.Message, no.Code);
            return;
        }
        context.Response.StatusCode = 201;
        context.Response.Headers["x-restli-id"] = urn;
    }

    private Task ListAsync(HttpContext context, Account account)
    {
        var query = context.Request.Query;
        if (query["q"] != "author" || context.Request.Headers["X-RestLi-Method"] != "FINDER") return RefuseAsync(context, 400, "Unknown finder.", "ILLEGAL_ARGUMENT");
        if (IsMember(account) || query["author"] != Urn(account)) return ForbidAsync(context, "Not enough permissions to access: posts.FINDER-author");
        var count = int.TryParse(query["count"], CultureInfo.InvariantCulture, out var asked) ? asked : 10;
        var start = int.TryParse(query["start"], CultureInfo.InvariantCulture, out var first) ? first : 0;
        var shown = DateTimeOffset.UtcNow.AddMilliseconds(-((int?)account.Settings["list_after_ms"] ?? 0));
        lock (Gate) return WriteAsync(context, new JsonObject { ["elements"] = new JsonArray([.. PostsOf(account).Where(post => At(post) <= shown).Skip(start).Take(count).Select(Element)]) });
    }

    private Task ReadAsync(HttpContext context, Account account)
    {
        if (IsMember(account)) return ForbidAsync(context, "Not enough permissions to access: posts.GET");
        lock (Gate)
        {
            return PostsOf(account).FirstOrDefault(post => (string?)post["id"] == (string?)context.Request.RouteValues["urn"]) is { } post
                ? WriteAsync(context, Element(post))
                : RefuseAsync(context, 404, "The post does not exist.", "NOT_FOUND");
        }
    }

    private static void Complete(Medium medium, Account account) => (medium.ReadyAt, medium.Fails) = (ReadyAt(account), account.Is("media_fails"));

    private static JsonObject Element(JsonObject post) => new()
    {
        ["id"] = post["id"]!.DeepClone(),
        ["commentary"] = post["commentary"]!.DeepClone(),
        ["publishedAt"] = At(post).ToUnixTimeMilliseconds(),
        ["lastModifiedAt"] = At(post).ToUnixTimeMilliseconds(),
        ["lifecycleState"] = "PUBLISHED",
    };

    private static IEnumerable<string> Shown(JsonObject body) => (body["content"]?["multiImage"]?["images"] as JsonArray ?? []).Append(body["content"]?["media"])
        .Select(medium => (string?)medium?["id"]).OfType<string>();

    // As a reader sees it: what stands after an unescaped parenthesis is lost without a word.
    private static string Plain(string written)
    {
        var text = Tag().Replace(written, "#$1");
        var cut = UnescapedParenthesis().Match(text);
        return Escape().Replace(cut.Success ? text[..cut.Index] : text, "$1");
    }

    private static DateTimeOffset At(JsonObject post) => DateTimeOffset.Parse((string)post["at"]!, CultureInfo.InvariantCulture);

    private static string Urn(Account account) => account.Id.StartsWith("urn:", StringComparison.Ordinal) ? account.Id : $"urn:li:organization:{account.Id}";

    private static bool IsMember(Account account) => account.Id.StartsWith("urn:li:person:", StringComparison.Ordinal);

    private static Task ForbidAsync(HttpContext context, string message) => RefuseAsync(context, 403, message, "ACCESS_DENIED");

    private static Task RefuseAsync(HttpContext context, int status, string message, string code, int? serviceErrorCode = null)
    {
        var error = new JsonObject { ["status"] = status, ["message"] = message, ["code"] = code };
        if (serviceErrorCode is { } number) error["serviceErrorCode"] = number;
        if (status == 422) error["errorDetails"] = new JsonObject { ["inputErrors"] = new JsonArray(new JsonObject { ["description"] = message, ["code"] = code }) };
        return WriteAsync(context, error, status);
    }

    [GeneratedRegex(@"\{hashtag\|\\#\|((?:[^\\}]|\\.)*)\}")]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?<!\\)\(")]
    private static partial Regex UnescapedParenthesis();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escape();

    private sealed record Medium(string Account, string Kind, long Bytes, int Parts, int PartBytes)
    {
        public Dictionary<int, byte[]> Contents { get; } = [];

        public DateTimeOffset? ReadyAt { get; set; }

        public bool Fails { get; set; }

        public bool IsComplete => ReadyAt is not null;

        public string Status => ReadyAt is not { } at ? "WAITING_UPLOAD" : DateTimeOffset.UtcNow < at ? "PROCESSING" : Fails ? "PROCESSING_FAILED" : "AVAILABLE";

        public string Hash() => Convert.ToHexStringLower(SHA256.HashData([.. Contents.OrderBy(part => part.Key).SelectMany(part => part.Value)]));
    }
}
