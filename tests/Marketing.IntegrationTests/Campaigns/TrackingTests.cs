using System.Net;
using Marketing.Campaigns.Events;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Campaigns;

public sealed class TrackingTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_leads_where_we_wrote_and_is_recorded_and_nobody_else_can_make_one()
    {
        var campaign = await app.CreateAsync("campaigns", new { campaign_name = "Tracking", campaign_type = "email" });
        var id = Guid.Parse((string)campaign["id"]!);
        var contact = await app.Product.QueryAsync<Guid>("select id from directory.contacts order by email limit 1");
        var links = app.Product.Services.GetRequiredService<TrackingLinks>();
        var message = new TrackedMessage(id, contact, "send-1", "B", "https://www.example.com/winter?a=1&b=ü#offer");
        var (click, pixel) = (links.Click(message).AbsolutePath, links.Pixel(message).AbsolutePath);

        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = app.Host.Address };
        async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (iPhone)");
            return await client.SendAsync(request, Stop);
        }
        using var head = await AskAsync(HttpMethod.Head, click);
        Assert.Equal(HttpStatusCode.Redirect, head.StatusCode);
        for (var time = 0; time < 3; time++)
        {
            using var led = await AskAsync(HttpMethod.Get, click);
            Assert.Equal(HttpStatusCode.Redirect, led.StatusCode);
            Assert.Equal("https://www.example.com/winter?a=1&b=%C3%BC#offer", led.Headers.Location!.AbsoluteUri);
        }
        using var picture = await AskAsync(HttpMethod.Get, pixel);
        Assert.Equal("image/gif", picture.Content.Headers.ContentType!.MediaType);
        foreach (var forged in new[] { click[..^2] + (click.EndsWith("AA", StringComparison.Ordinal) ? "BB" : "AA"), pixel.Replace("/o/", "/c/", StringComparison.Ordinal), "/api/webhooks/tracking/c/aHR0cHM6Ly9ldmlsLmV4YW1wbGU", "/api/webhooks/tracking/c/!" })
        {
            using var refused = await AskAsync(HttpMethod.Get, forged);
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }
        Assert.Throws<ArgumentException>(() => links.Click(message with { Url = "javascript:alert(1)" }));

        await Eventually.BecomesAsync(() => app.Product.QueryAsync<long>("select count(*) from marketing_ops.webhook_inbox where state = 'received'"), waiting => waiting == 0);
        // Three requests may straddle a minute.
        Assert.InRange(await app.Product.QueryAsync<long>("select count(*) from marketing.campaign_events where campaign_id = $1 and event_type = 'clicked' and device_type = 'mobile'", id), 1, 2);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.campaign_events where campaign_id = $1 and event_type = 'opened' and event_data ->> 'variant' = 'B'", id));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(distinct url) from marketing_ops.touchpoints where campaign_id = $1 and url = $2", id, message.Url!));
    }
}
