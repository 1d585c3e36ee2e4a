using System.Net;
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

/// <summary>A person's actions on a post, to the end: the function app's own timers and queues take it to the stand-in.</summary>
public sealed class PostActionTests(PostActionFixture app) : IClassFixture<PostActionFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_post_that_is_published_now_goes_out_once()
    {
        var id = await ApprovedAsync("published now", DateTimeOffset.UtcNow.AddDays(1));
        var answer = await OkAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/publish_now", new { }, Stop));
        Assert.Equal(("scheduled", "approved"), ((string)answer["status"]!, (string)answer["approval_status"]!));
        await BecomesAsync(id, "published");
        Assert.Single(await app.CaptionsAsync(), caption => caption == "published now");
        using var again = await app.Admin.PostAsJsonAsync($"social_posts/{id}/publish_now", new { }, Stop);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task A_failed_post_is_retried_and_goes_out_once()
    {
        await app.NextAsync(new { method = "POST", path = "/media", status = 400, body = """{"error":{"message":"The aspect ratio is not supported.","type":"OAuthException","code":36003,"fbtrace_id":"A"}}""" });
        var id = await ApprovedAsync("retried", DateTimeOffset.UtcNow.AddDays(1));
        await OkAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/publish_now", new { }, Stop));
        await BecomesAsync(id, "failed");
        var attempts = await app.GetAsync($"social_posts/{id}/attempts");
        Assert.Contains("aspect ratio", attempts.ToJsonString(), StringComparison.Ordinal);
        var answer = await OkAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/retry", new { }, Stop));
        Assert.Equal("scheduled", (string)answer["status"]!);
        await BecomesAsync(id, "published");
        Assert.Single(await app.CaptionsAsync(), caption => caption == "retried");
    }

    private Task<string> BecomesAsync(Guid id, string status) =>
        Eventually.BecomesAsync(() => app.Product.QueryAsync<string>("select status from marketing.social_posts where id = $1", id), now => now == status, TimeSpan.FromMinutes(2));

    private async Task<Guid> ApprovedAsync(string caption, DateTimeOffset at)
    {
        var post = await app.CreateAsync("social_posts", new { account_id = await app.AccountAsync(), post_type = "post", caption, media_urls = new[] { app.Photograph.AbsoluteUri }, status = "scheduled", scheduled_at = at });
        var id = (Guid)post["id"]!;
        await OkAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/approval", new { }, Stop));
        return id;
    }

    private static async Task<JsonNode> OkAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }
}

/// <summary>A function app with an Instagram stand-in.</summary>
public sealed class PostActionFixture(TestServers servers) : FunctionAppFixture(servers)
{
    private const string External = "17841400000000001";
    private const string Token = "test-instagram-token";

    private readonly HttpClient http = new();
    private PlatformStub stub = null!;

    /// <summary>A photograph in our storage.</summary>
    public Uri Photograph { get; private set; } = null!;

    protected override async Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        stub = await PlatformStub.StartAsync(FreePort.Next(), TestContext.Current.CancellationToken);
        using (var made = await http.PostAsJsonAsync(new Uri(stub.Address, "_stub/accounts"), new { id = External, token = Token, processing_ms = 50, quota = 100_000 }, TestContext.Current.CancellationToken)) made.EnsureSuccessStatusCode();
        settings["Social:Instagram:GraphUrl"] = stub.Address.ToString();
        foreach (var (name, value) in PublishingFixture.ShortWaits) settings[name] = value;
        var uploads = Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads");
        await uploads.CreateIfNotExistsAsync();
        using var image = Image.Black(400, 400, bands: 3);
        var blob = uploads.GetBlobClient("action.jpg");
        await blob.UploadAsync(BinaryData.FromBytes(image.JpegsaveBuffer()), overwrite: true);
        Photograph = blob.Uri;
    }

    /// <summary>A connected account.</summary>
    public async Task<Guid> AccountAsync()
    {
        var id = Guid.CreateVersion7();
        var token = Product.Services.GetRequiredService<TokenVault>().Seal(Token, "social_accounts", "access_token", id);
        await Product.ExecuteAsync("insert into marketing.social_accounts (id, platform, account_name, external_account_id, access_token) values ($1, 'instagram', 'test', $2, $3)", id, External, token);
        return id;
    }

    /// <summary>Arranges the answer to the next request of a path.</summary>
    public async Task NextAsync(object answer)
    {
        using var response = await http.PostAsJsonAsync(new Uri(stub.Address, "_stub/next"), answer, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Captions that are out, one an entry.</summary>
    public async Task<List<string>> CaptionsAsync() =>
        [.. (await http.GetFromJsonAsync<JsonArray>(new Uri(stub.Address, "_stub/posts"), TestContext.Current.CancellationToken))!.Select(post => (string)post!["caption"]!)];

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        http.Dispose();
        await stub.DisposeAsync();
    }
}
