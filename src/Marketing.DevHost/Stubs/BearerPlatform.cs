using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketing.DevHost.Stubs;

/// <summary>What the stand-ins share whose calls carry a bearer token: accounts by token, posts, ids of rising numbers, JSON answers.</summary>
internal abstract class BearerPlatform(string name, long firstId) : IPlatform
{
    private readonly Dictionary<string, Account> accounts = [];
    private readonly List<JsonObject> posts = [];
    private readonly List<(string Account, DateTimeOffset At)> creates = [];
    private long lastId = firstId;

    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public JsonArray Posts
    {
        get
        {
            lock (Gate) return new JsonArray([.. posts.Select(post => post.DeepClone())]);
        }
    }

    /// <summary>Guards everything that the stand-in remembers.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>
    /// Makes an account known. <c>processing_ms</c> is how long its media take; <c>create_limit</c> posts are taken in <c>create_window_ms</c>.
    /// </summary>
    public void Connect(string id, string token, JsonObject settings)
    {
        lock (Gate) accounts[token] = new Account(id, settings);
    }

    /// <inheritdoc />
    public void Reset()
    {
        lock (Gate)
        {
            accounts.Clear();
            posts.Clear();
            creates.Clear();
            Forget();
        }
    }

    /// <inheritdoc />
    public abstract void Map(WebApplication app);

    /// <summary>Forgets what this stand-in alone remembers.</summary>
    protected abstract void Forget();

    /// <summary>Answers a call without a known token.</summary>
    protected abstract Task RefuseTokenAsync(HttpContext context);

    /// <summary>Runs a call for the account that its token belongs to.</summary>
    protected RequestDelegate For(Func<HttpContext, Account, Task> run) => context =>
    {
        var header = context.Request.Headers.Authorization.ToString();
        Account? account;
        lock (Gate) account = header.StartsWith("Bearer ", StringComparison.Ordinal) ? accounts.GetValueOrDefault(header["Bearer ".Length..]) : null;
        return account is null ? RefuseTokenAsync(context) : run(context, account);
    };

    /// <summary>The next id.</summary>
    protected string NextId()
    {
        lock (Gate) return (lastId += 7).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Makes a post visible. Called under the gate.</summary>
    protected void Publish(Account account, string id, string caption, JsonObject more)
    {
        var post = new JsonObject { ["id"] = id, ["platform"] = name, ["account"] = account.Id, ["caption"] = caption, ["at"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture) };
        foreach (var (key, value) in more) post[key] = value?.DeepClone();
        posts.Add(post);
    }

    /// <summary>The account's posts, newest first. Called under the gate.</summary>
    protected IEnumerable<JsonObject> PostsOf(Account account) => posts.Where(post => (string?)post["account"] == account.Id).Reverse();

    /// <summary>Counts one more post of the account against its limit. Called under the gate.</summary>
    /// <returns>How many are left after it, negative when it is one too many, and when the first of the window leaves it.</returns>
    protected (int Limit, int Remaining, DateTimeOffset Reset) Count(Account account)
    {
        var limit = (int?)account.Settings["create_limit"] ?? 100;
        var window = TimeSpan.FromMilliseconds((double?)account.Settings["create_window_ms"] ?? 900_000);
        var now = DateTimeOffset.UtcNow;
        creates.RemoveAll(create => create.At <= now - window);
        var mine = creates.Where(create => create.Account == account.Id).ToList();
        if (mine.Count < limit) creates.Add((account.Id, now));
        return (limit, limit - mine.Count - 1, (mine.Count > 0 ? mine[0].At : now) + window);
    }

    /// <summary>When a medium that is complete now will be ready.</summary>
    protected static DateTimeOffset ReadyAt(Account account) => DateTimeOffset.UtcNow.AddMilliseconds((int?)account.Settings["processing_ms"] ?? 1000);

    /// <summary>Reads a JSON body; an empty object when it is none.</summary>
    protected static async Task<JsonObject> BodyAsync(HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject ?? [];
        }
        catch (System.Text.Json.JsonException)
        {
            return [];
        }
    }

    /// <summary>Reads a body's bytes.</summary>
    protected static async Task<byte[]> BytesAsync(HttpContext context)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory, context.RequestAborted);
        return memory.ToArray();
    }

    /// <summary>Answers with JSON.</summary>
    protected static Task WriteAsync(HttpContext context, JsonObject body, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    /// <summary>An account.</summary>
    /// <param name="Id">The platform's id of it.</param>
    /// <param name="Settings">How it behaves.</param>
    protected sealed record Account(string Id, JsonObject Settings)
    {
        /// <summary>A setting that is true.</summary>
        public bool Is(string setting) => (bool?)Settings[setting] == true;
    }
}
