using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.DevHost.Servers;
using Marketing.DevHost.Stubs;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Social.Accounts;

/// <summary>A function app whose platforms are stand-ins, and a person who consents.</summary>
public class AccountsFixture(TestServers servers) : FunctionAppFixture(servers)
{
    public const string MetaSecret = "meta_app_secret_0123456789abcdef";
    public const string PublicUrl = "https://marketing.example.com/api";

    private readonly HttpClient browser = new(new HttpClientHandler { AllowAutoRedirect = false });

    public PlatformStub Stub { get; private set; } = null!;

    protected virtual bool WithInstagramLogin => false;

    protected override async Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        Stub = await PlatformStub.StartAsync(FreePort.Next(), TestContext.Current.CancellationToken);
        foreach (var (name, value) in OAuthStub.Settings(Stub.Address, PublicUrl, WithInstagramLogin)) settings[name] = value;
        settings["Webhooks:Meta:AppSecrets:0"] = MetaSecret;
        settings["Social:Accounts:RequestTimeout"] = "00:00:05";
        settings["Social:Accounts:Lease"] = "00:00:20";
        settings["Social:Accounts:FirstRetryAfter"] = "00:10:00";
    }

    /// <summary>Arranges a platform's stand-in.</summary>
    public async Task ArrangeAsync(string platform, JsonObject wanted) => await PostAsync($"_stub/oauth/{platform}", wanted);

    /// <summary>Arranges the answer to the next request of a path.</summary>
    public async Task NextAsync(object answer) => await PostAsync("_stub/next", answer);

    /// <summary>Ends tokens at a platform.</summary>
    public async Task KillAsync(string platform, string? kind = null) => await PostAsync($"_stub/oauth/{platform}/kill{(kind is null ? "" : $"?kind={kind}")}", new { });

    /// <summary>Forgets what was arranged and given.</summary>
    public async Task ResetAsync(string platform) => await PostAsync($"_stub/oauth/{platform}/reset", new { });

    /// <summary>How often tokens were asked for, and every token given.</summary>
    public async Task<JsonNode> StateAsync(string platform) => (await browser.GetFromJsonAsync<JsonNode>(new Uri(Stub.Address, $"_stub/oauth/{platform}"), TestContext.Current.CancellationToken))!;

    /// <summary>Begins a consent.</summary>
    public async Task<JsonNode> StartAsync(string path, object body)
    {
        using var response = await Admin.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Created, answer);
        return JsonNode.Parse(answer)!;
    }

    /// <summary>The person opens the page, agrees, and is sent back: the query of the way back.</summary>
    public async Task<string> ConsentAsync(JsonNode started)
    {
        using var page = await browser.GetAsync(new Uri((string)started["authorization_url"]!), TestContext.Current.CancellationToken);
        Assert.True(page.StatusCode == HttpStatusCode.Redirect, await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith($"{PublicUrl}/social_accounts/connect/callback?", page.Headers.Location!.OriginalString, StringComparison.Ordinal);
        return page.Headers.Location.Query;
    }

    /// <summary>The browser comes back.</summary>
    public async Task<(HttpStatusCode Status, string Words)> CallbackAsync(string query)
    {
        using var response = await AnonymousClient().GetAsync($"social_accounts/connect/callback{query}", TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A whole consent for a new account.</summary>
    public async Task<JsonNode> ConnectAsync(string platform, string path = "social_accounts/connect")
    {
        var started = await StartAsync(path, new { platform });
        var (status, words) = await CallbackAsync(await ConsentAsync(started));
        Assert.True(status == HttpStatusCode.OK, words);
        return await GetAsync($"social_accounts/connect/{started["connection_id"]}");
    }

    /// <summary>Connects an account and gives its row's id.</summary>
    public async Task<Guid> AccountAsync(string platform, string? externalId = null)
    {
        await ArrangeAsync(platform == "instagram" && !WithInstagramLogin ? "facebook" : platform, new JsonObject { ["accounts"] = new JsonArray(Account(platform, externalId ?? $"{platform}-{Guid.NewGuid():N}"[..20])) });
        return (Guid)(await ConnectAsync(platform))["account"]!["id"]!;
    }

    /// <summary>An account as the stand-in knows it.</summary>
    public static JsonObject Account(string platform, string id, string name = "Villa Azul") => new()
    {
        ["id"] = platform == "instagram" ? $"page-{id}" : id,
        ["name"] = name,
        ["handle"] = "villaazul",
        ["instagram"] = platform == "instagram" ? new JsonObject { ["id"] = id, ["username"] = "villaazul" } : null,
    };

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        browser.Dispose();
        await Stub.DisposeAsync();
    }

    private async Task PostAsync(string path, object body)
    {
        using var response = await browser.PostAsJsonAsync(new Uri(Stub.Address, path), body, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }
}

/// <summary>The same with an app for Instagram Login, so that Instagram is connected without a Page.</summary>
public sealed class InstagramLoginFixture(TestServers servers) : AccountsFixture(servers)
{
    protected override bool WithInstagramLogin => true;
}
