using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;
using Marketing.Websites.Analytics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Marketing.IntegrationTests.Websites;

public sealed class PageViewsTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 5, 0, 0, TimeSpan.Zero);

    private readonly RSA key = RSA.Create(2048);
    private readonly FakeTimeProvider clock = new(Start);
    private AnalyticsStub stub = null!;
    private ServiceProvider services = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        stub = new AnalyticsStub(key);
        await stub.StartAsync();
        services = app.Product.Build(
        [
            new("Analytics:ClientEmail", "svc@example.iam.gserviceaccount.com"), new("Analytics:PrivateKeyId", "abc123"), new("Analytics:PrivateKey", key.ExportPkcs8PrivateKeyPem()),
            new("Analytics:Properties:G-TEST1", "4711"), new("Analytics:ApiUrl", $"{stub.Address}/v1beta"), new("Analytics:TokenUrl", $"{stub.Address}/token"),
        ], register => register.AddSingleton<TimeProvider>(clock));
        await app.Product.ExecuteAsync("delete from marketing.websites");
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await stub.DisposeAsync();
        key.Dispose();
    }

    [Fact]
    public async Task Pages_count_what_was_seen_late_corrections_included_and_a_failed_pull_changes_nothing()
    {
        var site = await WebsiteAsync("www.example.com", "G-TEST1", "/villas", "/", "/never-seen");
        var day = new DateOnly(2026, 11, 19);
        stub.Rows.AddRange([(day, "www.example.com", "/villas/", 240, 3), (day, "example.com", "/Villas", 2, 0), (day, "example.com", "/", 10, 0), (day, "other.org", "/villas", 999, 9), (day, "www.example.com", "(other)", 50, 0)]);
        Assert.Equal(1, await PullAsync());
        Assert.Equal("/ 10 0,/never-seen 0 0,/villas 242 3", await PagesAsync(site));
        Assert.Equal(0, await PullAsync()); // once a day

        // The figures of yesterday move, today's come in; of a failure nothing is stored.
        stub.Rows[0] = (day, "www.example.com", "/villas/", 260, 4);
        stub.Rows.Add((day.AddDays(1), "www.example.com", "/villas", 5, 0.6));
        clock.Advance(TimeSpan.FromDays(1));
        foreach (var (status, says) in new[] { (429, "quota"), (503, "did not answer"), (403, "Viewer") })
        {
            await DueAsync(site);
            stub.Failures.Enqueue(status);
            Assert.Equal(0, await PullAsync());
            Assert.Equal("/ 10 0,/never-seen 0 0,/villas 242 3", await PagesAsync(site));
            Assert.Contains(says, (string)(await app.GetAsync($"websites/{site}/page_views"))["error"]!, StringComparison.Ordinal);
            Assert.Equal(0, await PullAsync()); // it is left alone for a while
        }
        await DueAsync(site);
        Assert.Equal(1, await PullAsync());
        Assert.Equal("/ 10 0,/never-seen 0 0,/villas 267 5", await PagesAsync(site));

        var series = await app.GetAsync($"websites/{site}/page_views?from=2026-11-19&until=2026-11-20");
        Assert.Null((string?)series["error"]);
        Assert.Equal([272L, 5L], series["days"]!.AsArray().Select(told => (long)told!["page_views"]!));
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once_and_tokens_are_kept()
    {
        await WebsiteAsync("one.example.com", "4711", "/");
        await WebsiteAsync("two.example.com", "G-TEST1", "/");
        stub.Failures.Enqueue(401);
        Assert.Equal(2, await PullAsync());
        Assert.Equal(2, stub.Tokens);
    }

    [Fact]
    public async Task What_Google_lumps_together_is_no_page_and_a_form_that_is_unknown_is_told()
    {
        var site = await WebsiteAsync("www.example.com", "4711", "/villas");
        stub.Rows.Add((new DateOnly(2026, 11, 19), "www.example.com", "/villas", 4, 0));
        stub.Other = ("(other)", "(other)", "900");
        Assert.Equal(1, await PullAsync());
        Assert.Equal("/villas 4 0", await PagesAsync(site));
        stub.Other = ("20261119", "/villas", "many");
        await DueAsync(site);
        Assert.Equal(0, await PullAsync());
        Assert.Equal("/villas 4 0", await PagesAsync(site));
        Assert.Contains("form", (string)(await app.GetAsync($"websites/{site}/page_views"))["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("svc@example.com", "no key", "PEM")]
    [InlineData("svc@example.com", "", "go together")]
    public async Task A_service_account_that_cannot_work_is_refused_at_the_start_without_its_key(string email, string key, string says)
    {
        await using var wrong = app.Product.Build([new("Analytics:ClientEmail", email), new("Analytics:PrivateKey", key)]);
        var refused = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => wrong.GetRequiredService<Microsoft.Extensions.Options.IOptions<AnalyticsOptions>>().Value);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_report_is_read_to_its_end()
    {
        var site = await WebsiteAsync("long.example.com", "4711", "/page-000007", "/page-012345");
        for (var i = 0; i < 20_001; i++) stub.Rows.Add((new DateOnly(2026, 11, 10), "long.example.com", $"/page-{i:d6}", i, 0));
        Assert.Equal(1, await PullAsync());
        Assert.Equal("/page-000007 7 0,/page-012345 12345 0", await PagesAsync(site));
        Assert.Equal(3, stub.Requests.Count);
    }

    [Fact]
    public async Task Two_pulls_at_once_count_once_and_an_unknown_property_is_told()
    {
        var site = await WebsiteAsync("www.example.com", "4711", "/");
        stub.Rows.Add((new DateOnly(2026, 11, 19), "www.example.com", "/", 7, 1));
        Assert.Equal(1, (await Task.WhenAll(PullAsync(), PullAsync())).Sum());
        Assert.Equal("/ 7 1", await PagesAsync(site));
        var unknown = await WebsiteAsync("unknown.example.com", "UA-1", "/");
        Assert.Equal(0, await PullAsync());
        Assert.Contains("Analytics:Properties", (string)(await app.GetAsync($"websites/{unknown}/page_views"))["error"]!, StringComparison.Ordinal);
        using var wrong = await app.Admin.GetAsync($"websites/{site}/page_views?from=yesterday", Stop);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private Task<int> PullAsync() => services.GetRequiredService<PullPageViews>().RunAsync(Stop);

    private Task DueAsync(string site) => app.Product.ExecuteAsync("update marketing_ops.website_pulls set due_at = now() where website_id = $1::uuid", site);

    private Task<string> PagesAsync(string site) => app.Product.QueryAsync<string>("select string_agg(page_path || ' ' || page_views || ' ' || conversions, ',' order by page_path) from marketing.website_pages where website_id = $1::uuid", site);

    private async Task<string> WebsiteAsync(string domain, string analyticsId, params string[] paths)
    {
        JsonNode site = await app.CreateAsync("websites", new { website_name = domain, domain, analytics_id = analyticsId });
        foreach (var path in paths) await app.CreateAsync("website_pages", new { website_id = (string)site["id"]!, page_path = path, page_title = path });
        return (string)site["id"]!;
    }
}
