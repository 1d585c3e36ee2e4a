using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Marketing.DevHost.Servers;
using Marketing.DevHost.Stubs;
using Marketing.Identity;
using Marketing.IntegrationTests.Support;
using Marketing.Social.Publishing;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace Marketing.IntegrationTests.Social.Platforms;

/// <summary>A database, a storage account and the platforms' stand-ins, with waits short enough to be waited for. Each post has an account of its own.</summary>
public sealed class PlatformFixture(TestServers servers) : IAsyncLifetime
{
    private const int LongVideoBytes = 18_000_000;

    private readonly HttpClient http = new();
    private int posts;

    public ProductFixture Product { get; } = new(servers);

    public PlatformStub Stub { get; private set; } = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Product.InitializeAsync();
        Stub = await PlatformStub.StartAsync(FreePort.Next(), Stop);
        var storage = Storage();
        await storage.CreateIfNotExistsAsync();
        await storage.GetBlobClient("long.mp4").UploadAsync(BinaryData.FromBytes(Video(LongVideoBytes)), overwrite: true, Stop);
    }

    /// <summary>Settings of a worker.</summary>
    public Dictionary<string, string?> Settings()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Social:Publishing:Lease"] = "00:00:02",
            ["Social:Publishing:RedispatchAfter"] = "00:00:01",
            ["Social:Publishing:RereadAfter"] = "00:00:00.3",
            ["Social:Publishing:FirstRetryAfter"] = "00:00:00.2",
            // Killed at each moment, more videos are sent than a YouTube project may send in a day.
            ["Social:Publishing:Limits:0:Platform"] = "youtube",
            ["Social:Publishing:Limits:0:Scope"] = "app",
            ["Social:Publishing:Limits:0:Step"] = "submit",
            ["Social:Publishing:Limits:0:Count"] = "100000",
            ["Social:Publishing:Limits:0:Per"] = "1.00:00:00",
        };
        for (var i = 0; i < 8; i++) settings[$"Social:Publishing:PollSeconds:{i}"] = "0.1";
        foreach (var (setting, path) in PlatformCases.Addresses) settings[setting] = new Uri(Stub.Address, path).ToString();
        foreach (var (setting, value) in PlatformCases.Settings) settings[setting] = value;
        return settings;
    }

    /// <summary>A worker: the product's services as a process of its own would have them.</summary>
    public ServiceProvider Worker(IPublishStepObserver? observer = null) => Product.Build(Settings(), services =>
    {
        if (observer is not null) services.AddSingleton(observer);
    });

    /// <summary>Arranges what the stand-in does next.</summary>
    public async Task ArrangeAsync(object answer)
    {
        using var response = await http.PostAsJsonAsync(new Uri(Stub.Address, "_stub/next"), answer, Stop);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Everything that is visible at the stand-ins.</summary>
    public async Task<IReadOnlyList<JsonNode>> PublishedAsync() => [.. (await http.GetFromJsonAsync<JsonArray>(new Uri(Stub.Address, "_stub/posts"), Stop))!.Select(post => post!)];

    /// <summary>Number of requests that the stand-ins received so far.</summary>
    public async Task<int> CallsAsync() => (await http.GetFromJsonAsync<JsonArray>(new Uri(Stub.Address, "_stub/calls"), Stop))!.Count;

    /// <summary>A due and approved post on an account of its own. Its key stands in the caption and in the names of its files.</summary>
    public async Task<DuePost> DuePostAsync(PlatformCase kind)
    {
        var number = Interlocked.Increment(ref posts);
        var key = string.Create(CultureInfo.InvariantCulture, $"key{number:00000}x");
        var external = string.Create(CultureInfo.InvariantCulture, $"{kind.AccountPrefix}178414000{number:00000000}");
        var token = $"token-{key}";
        var settings = (JsonObject)kind.Stub.DeepClone();
        (settings["platform"], settings["id"], settings["token"]) = (kind.Platform, external, token);
        settings.TryAdd("processing_ms", 0);
        settings.TryAdd("quota", 100_000);
        settings.TryAdd("unlimited", true);
        using (var response = await http.PostAsJsonAsync(new Uri(Stub.Address, "_stub/accounts"), settings, Stop)) response.EnsureSuccessStatusCode();

        var media = new List<string>();
        for (var i = 0; i < kind.Media.Length; i++) media.Add(await FileAsync(kind.Media[i], $"{key}-{i}"));
        var account = Guid.CreateVersion7();
        var sealedToken = Product.Services.GetRequiredService<TokenVault>().Seal(token, "social_accounts", "access_token", account);
        await Product.ExecuteAsync("insert into marketing.social_accounts (id, platform, account_name, external_account_id, access_token) values ($1, $2, 'test', $3, $4)", account, kind.Platform, external, sealedToken);
        var id = await Product.QueryAsync<Guid>("""
            insert into marketing.social_posts (account_id, post_type, caption, media_urls, link_url, status, scheduled_at, approval_status)
            values ($1, $2, $3, $4, nullif($5, ''), 'scheduled', now() - interval '1 minute', 'approved') returning id
            """, account, kind.PostType, kind.Caption + key, media.ToArray(), kind.LinkUrl ?? "");
        if (kind.Options is { } options) await Product.ExecuteAsync("insert into marketing_ops.post_options (post_id, options) values ($1, $2::jsonb)", id, options);
        // Options undo an approval, so it comes last.
        await Product.ExecuteAsync("update marketing.social_posts set approval_status = 'approved' where id = $1", id);
        return new DuePost(id, key, external, token);
    }

    /// <summary>Status of a post.</summary>
    public Task<string> StatusAsync(DuePost post) => Product.QueryAsync<string>("select status from marketing.social_posts where id = $1", post.Id);

    /// <summary>What was tried for a post, for messages.</summary>
    public Task<string> AttemptsAsync(DuePost post) => Product.QueryAsync<string>(
        "select coalesce(string_agg(step || ' ' || state || ': ' || coalesce(detail, ''), e'\\n' order by number), 'no attempt') from marketing_ops.publish_attempts where post_id = $1", post.Id);

    /// <summary>Claims what is due.</summary>
    public static async Task ClaimAsync(ServiceProvider worker)
    {
        await using var scope = worker.CreateAsyncScope();
        while (await scope.ServiceProvider.GetRequiredService<ClaimDuePosts>().RunAsync(Stop) > 0) { }
    }

    /// <summary>Hands a worker one message of the queue.</summary>
    public static async Task RunAsync(ServiceProvider worker, DuePost post)
    {
        await using var scope = worker.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<PublishPost>().RunAsync(post.Id, Stop);
    }

    /// <summary>Hands messages to a worker until every post is published, or has failed.</summary>
    /// <returns>The posts that were not published in time.</returns>
    public async Task<List<DuePost>> PublishAllAsync(ServiceProvider worker, IReadOnlyCollection<DuePost> due, TimeSpan limit)
    {
        var open = due.ToList();
        var until = TimeProvider.System.GetUtcNow() + limit;
        while (open.Count > 0 && TimeProvider.System.GetUtcNow() < until)
        {
            await Parallel.ForEachAsync(open, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Stop }, async (post, _) => await RunAsync(worker, post));
            var ended = await Product.QueryAsync<Guid[]>("select coalesce(array_agg(id), '{}') from marketing.social_posts where status in ('published', 'failed')");
            open.RemoveAll(post => ended.Contains(post.Id));
            if (open.Count > 0) await Task.Delay(100, Stop);
        }
        return open;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Stub.DisposeAsync();
        await Product.DisposeAsync();
    }

    private BlobContainerClient Storage() => Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads");

    /// <summary>A file of a post.</summary>
    public async Task<byte[]> BytesAsync(DuePost post, int index)
    {
        var url = await Product.QueryAsync<string>("select media_urls[$2] from marketing.social_posts where id = $1", post.Id, index + 1);
        return (await Storage().GetBlobClient(Path.GetFileName(new Uri(url).AbsolutePath)).DownloadContentAsync(Stop)).Value.Content.ToArray();
    }

    /// <summary>Stores a file.</summary>
    /// <returns>Its address.</returns>
    public async Task<string> FileAsync(string kind, string name)
    {
        if (kind == "long.mp4") return Storage().GetBlobClient(kind).Uri.AbsoluteUri;
        var blob = Storage().GetBlobClient(name + Path.GetExtension(kind));
        await blob.UploadAsync(BinaryData.FromBytes(kind switch { "photo.jpg" => Photo(), "fake.mp4" => new byte[200_000], "parts.mp4" => Video(700_000), _ => Video(200_000) }), overwrite: true, Stop);
        return blob.Uri.AbsoluteUri;
    }

    private static byte[] Photo()
    {
        using var image = Image.Black(400, 400, bands: 3);
        return image.JpegsaveBuffer();
    }

    // The first box of an MP4; what follows is noise, since the stand-ins look no further.
    private static byte[] Video(int bytes)
    {
        var file = new byte[bytes];
        new Random(bytes).NextBytes(file);
        "\0\0\0\u0018ftypisom\0\0\u0002\0isomiso2"u8.CopyTo(file);
        return file;
    }
}

/// <summary>A post that is due.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Key">Stands in its caption and in the names of its files.</param>
/// <param name="Account">The platform's id of its account.</param>
/// <param name="Token">The account's token.</param>
public sealed record DuePost(Guid Id, string Key, string Account, string Token)
{
    /// <summary>The entries of the stand-in's list that are this post.</summary>
    public List<JsonNode> Among(IEnumerable<JsonNode> published) => [.. published.Where(post => (string?)post["account"] == Account && post.ToJsonString().Contains(Key, StringComparison.Ordinal))];
}
