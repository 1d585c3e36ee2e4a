using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// Behaves like Instagram's content publishing of single images: containers that take a while and are fetched for real, one publication a
/// container, quota, error codes and subcodes. Source: Instagram Platform, "Content Publishing" and "Error Codes".
/// </summary>
internal sealed class InstagramStub : IPlatform
{
    private const int UsualQuota = 100;
    private const int UsualProcessingMs = 1000;
    private const int MaxImageBytes = 8 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Token, int ProcessingMs, int Quota)> accounts = [];
    private readonly Dictionary<string, Container> containers = [];
    private readonly List<JsonObject> posts = [];
    private static readonly HttpClient Fetch = new() { Timeout = TimeSpan.FromSeconds(20) };
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

    /// <summary>Makes an account known. <c>processing_ms</c> is how long its containers take, <c>quota</c> the posts of a day.</summary>
    public void Connect(string id, string token, JsonObject settings)
    {
        lock (gate) accounts[id] = (token, (int?)settings["processing_ms"] ?? UsualProcessingMs, (int?)settings["quota"] ?? UsualQuota);
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
        app.MapGet("/{version}/{account}/media", context => ForAccount(context, ListAsync));
        app.MapPost("/{version}/{account}/media_publish", context => ForAccount(context, PublishAsync));
        app.MapGet("/{version}/{node}", NodeAsync);
    }

    private Task QuotaAsync(HttpContext context, string account)
    {
        int used, quota;
        lock (gate) (used, quota) = (posts.Count(post => (string?)post["account"] == account), accounts[account].Quota);
        return WriteAsync(context, new JsonObject
        {
            ["data"] = new JsonArray(new JsonObject { ["quota_usage"] = used, ["config"] = new JsonObject { ["quota_total"] = quota, ["quota_duration"] = 86400 } }),
        });
    }

    private async Task CreateAsync(HttpContext context, string account)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var caption = form["caption"].ToString();
        if (caption.Length > 2200)
        {
            await RefuseAsync(context, 400, 36004, 2207010, "The caption was too long.");
            return;
        }
        var error = await FetchAsync(form["image_url"].ToString(), context.RequestAborted);
        string id;
        lock (gate)
        {
            id = NextId();
            containers[id] = new Container(account, caption, form["image_url"].ToString().Split('?')[0], form["alt_text"].ToString(), error, DateTimeOffset.UtcNow.AddMilliseconds(accounts[account].ProcessingMs));
        }
        await WriteAsync(context, new JsonObject { ["id"] = id });
    }

    private Task PublishAsync(HttpContext context, string account)
    {
        var creationId = context.Request.Form["creation_id"].ToString();
        JsonObject? published = null;
        lock (gate)
        {
            if (containers.GetValueOrDefault(creationId) is { } container && container.Account == account && container.Status == "FINISHED")
            {
                container.IsPublished = true;
                var id = NextId();
                published = new JsonObject
                {
                    ["id"] = id,
                    ["platform"] = "instagram",
                    ["account"] = account,
                    ["caption"] = container.Caption,
                    ["image_url"] = container.ImageUrl,
                    ["alt_text"] = container.AltText,
                    ["timestamp"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + "+0000",
                    ["permalink"] = $"https://www.instagram.com/p/{id}/",
                };
                posts.Add(published);
            }
        }
        return published is null
            ? RefuseAsync(context, 400, 9007, 2207027, "The media is not ready for publishing, please wait for a moment.")
            : WriteAsync(context, new JsonObject { ["id"] = published["id"]!.DeepClone() });
    }

    private Task ListAsync(HttpContext context, string account)
    {
        var since = long.TryParse(context.Request.Query["since"], CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.MinValue;
        JsonObject[] found;
        lock (gate) found = [.. posts.Where(post => (string?)post["account"] == account && DateTimeOffset.Parse((string)post["timestamp"]!, CultureInfo.InvariantCulture) >= since).Reverse().Take(25).Select(Media)];
        return WriteAsync(context, new JsonObject { ["data"] = new JsonArray([.. found]) });
    }

    private Task NodeAsync(HttpContext context)
    {
        var node = (string)context.Request.RouteValues["node"]!;
        Container? container;
        JsonObject? post;
        lock (gate)
        {
            container = containers.GetValueOrDefault(node);
            post = posts.FirstOrDefault(post => (string?)post["id"] == node);
            if (Token(context.Request) is var token && !accounts.Values.Any(account => account.Token == token)) (container, post) = (null, null);
        }
        if (container is not null) return WriteAsync(context, new JsonObject { ["id"] = node, ["status_code"] = container.Status, ["status"] = container.Words });
        return post is not null ? WriteAsync(context, Media(post)) : RefuseAsync(context, 400, 100, 33, $"Object with ID '{node}' does not exist, or cannot be loaded due to missing permissions.");
    }

    private Task ForAccount(HttpContext context, Func<HttpContext, string, Task> run)
    {
        var account = (string)context.Request.RouteValues["account"]!;
        bool isKnown, isToken;
        lock (gate)
        {
            isKnown = accounts.ContainsKey(account);
            isToken = isKnown && accounts[account].Token == Token(context.Request);
        }
        if (!isKnown) return RefuseAsync(context, 400, 100, 33, "Unsupported request. Object does not exist.");
        return isToken ? run(context, account) : RefuseAsync(context, 400, 190, 460, "Error validating access token: The session has been invalidated because the user changed their password.");
    }

    private static async Task<string?> FetchAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Fetch.GetAsync(new Uri(url), cancellationToken);
            if (!response.IsSuccessStatusCode) return "Error: Media upload has failed with error code 2207052";
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (bytes.Length > MaxImageBytes) return "Error: Media upload has failed with error code 2207004";
            return bytes is [0xFF, 0xD8, 0xFF, ..] ? null : "Error: Media upload has failed with error code 2207005";
        }
        catch (Exception exception) when (exception is HttpRequestException or UriFormatException or TaskCanceledException or InvalidOperationException)
        {
            return "Error: Media upload has failed with error code 2207052";
        }
    }

    private static string Token(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { Length: > 7 } header ? header["Bearer ".Length..] : request.Query["access_token"].ToString();

    private string NextId() => (lastId += 7).ToString(CultureInfo.InvariantCulture);

    private static JsonObject Media(JsonObject post) => new()
    {
        ["id"] = post["id"]!.DeepClone(),
        ["caption"] = post["caption"]!.DeepClone(),
        ["timestamp"] = post["timestamp"]!.DeepClone(),
        ["permalink"] = post["permalink"]!.DeepClone(),
    };

    private static Task RefuseAsync(HttpContext context, int status, int code, int subcode, string message)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new JsonObject
        {
            ["error"] = new JsonObject { ["message"] = message, ["type"] = "OAuthException", ["code"] = code, ["error_subcode"] = subcode, ["is_transient"] = false, ["fbtrace_id"] = "Astub" },
        });
    }

    private static Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    private sealed record Container(string Account, string Caption, string ImageUrl, string AltText, string? Error, DateTimeOffset ReadyAt)
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
