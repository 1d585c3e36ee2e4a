using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Marketing.DevHost.Servers;
using Marketing.DevHost.Stubs;
using Marketing.Identity;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace Marketing.IntegrationTests.Social;

/// <summary>A database, a storage account and an Instagram stand-in, with waits short enough to be waited for.</summary>
public sealed class PublishingFixture(TestServers servers) : IAsyncLifetime
{
    public const string Account = "17841400000000001";
    private const string Token = "test-instagram-token";

    private readonly HttpClient http = new();

    public ProductFixture Product { get; } = new(servers);

    public PlatformStub Stub { get; private set; } = null!;

    /// <summary>Short waits for the product's settings.</summary>
    public static IReadOnlyDictionary<string, string?> ShortWaits { get; } = new Dictionary<string, string?>
    {
        ["Social:Publishing:Lease"] = "00:00:01",
        ["Social:Publishing:RedispatchAfter"] = "00:00:01",
        ["Social:Publishing:RereadAfter"] = "00:00:00.3",
        ["Social:Publishing:FirstRetryAfter"] = "00:00:00.2",
        ["Social:Publishing:PollSeconds:0"] = "0.1",
        ["Social:Publishing:PollSeconds:1"] = "0.1",
        ["Social:Publishing:PollSeconds:7"] = "0.1",
        ["Social:Instagram:RequestTimeout"] = "00:00:05",
    };

    public async ValueTask InitializeAsync()
    {
        await Product.InitializeAsync();
        Stub = await PlatformStub.StartAsync(FreePort.Next(), TestContext.Current.CancellationToken);
        await ConnectAsync(Account, Token);
    }

    /// <summary>Makes the stand-in know an account.</summary>
    public async Task ConnectAsync(string account, string token)
    {
        using var response = await http.PostAsJsonAsync(new Uri(Stub.Address, "_stub/accounts"), new { id = account, token, processing_ms = 50, quota = 100_000 }, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Arranges what the stand-in does next.</summary>
    public async Task ArrangeAsync(object answer)
    {
        using var response = await http.PostAsJsonAsync(new Uri(Stub.Address, "_stub/next"), answer, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Captions that the stand-in has published, one an entry.</summary>
    public async Task<List<string>> PublishedAsync() =>
        [.. (await http.GetFromJsonAsync<JsonArray>(new Uri(Stub.Address, "_stub/posts"), TestContext.Current.CancellationToken))!.Select(post => (string)post!["caption"]!)];

    /// <summary>Settings of a worker.</summary>
    public Dictionary<string, string?> Settings(bool shortWaits = true)
    {
        var settings = new Dictionary<string, string?> { ["Social:Instagram:GraphUrl"] = Stub.Address.ToString() };
        if (shortWaits) foreach (var (key, value) in ShortWaits) settings[key] = value;
        return settings;
    }

    /// <summary>A due and approved post of an account of its own row.</summary>
    public async Task<Guid> DuePostAsync(string caption, string approval = "approved", string token = Token)
    {
        var storage = Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads");
        await storage.CreateIfNotExistsAsync();
        var blob = storage.GetBlobClient("test.jpg");
        using (var image = Image.Black(400, 400, bands: 3)) await blob.UploadAsync(BinaryData.FromBytes(image.JpegsaveBuffer()), overwrite: true);
        var account = Guid.CreateVersion7();
        var sealedToken = Product.Services.GetRequiredService<TokenVault>().Seal(token, "social_accounts", "access_token", account);
        await Product.ExecuteAsync("insert into marketing.social_accounts (id, platform, account_name, external_account_id, access_token) values ($1, 'instagram', 'test', $2, $3)", account, Account, sealedToken);
        return await Product.QueryAsync<Guid>("""
            insert into marketing.social_posts (account_id, post_type, caption, media_urls, status, scheduled_at, approval_status)
            values ($1, 'post', $2, array[$3], 'scheduled', now() - interval '1 minute', $4) returning id
            """, account, caption, blob.Uri.AbsoluteUri, approval);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Stub.DisposeAsync();
        await Product.DisposeAsync();
    }
}
