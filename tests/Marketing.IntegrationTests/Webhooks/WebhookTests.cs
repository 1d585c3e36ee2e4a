using System.Net;
using System.Text;
using System.Text.Json;
using Marketing.IntegrationTests.Support;
using Marketing.Webhooks.SendGrid;

namespace Marketing.IntegrationTests.Webhooks;

public sealed class WebhookTests(SendGridWebhookFixture app) : IClassFixture<SendGridWebhookFixture>
{
    [Fact]
    public async Task A_signed_batch_becomes_events_once_and_unknown_ones_are_set_aside()
    {
        var campaign = (string)(await app.CreateAsync("campaigns", new { campaign_name = "Webhook", campaign_type = "email" }))["campaign_id"]!;
        var email = await app.Product.QueryAsync<string>("select email from directory.contacts order by email limit 1");
        var body = Batch(
            Event("a1", "delivered", campaign, email), Event("a1", "delivered", campaign, email), Event("a2", "open", campaign, email.ToUpperInvariant()),
            Event("a3", "click", "CMP-999999", email), Event("a4", "bounce", campaign, "nobody@example.org"), Event("a5", "deferred", campaign, email), "17");
        for (var time = 0; time < 2; time++)
        {
            using var response = await app.PostAsync("webhooks/sendgrid", body, app.Signer.Sign(body, DateTimeOffset.UtcNow.AddSeconds(time)));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        var rebatched = Batch(Event("a2", "open", campaign, email), Event("a6", "unsubscribe", campaign, email));
        using var second = await app.PostAsync("webhooks/sendgrid", rebatched, app.Signer.Sign(rebatched, DateTimeOffset.UtcNow));
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);

        await Eventually.BecomesAsync(() => app.Product.QueryAsync<long>("select count(*) from marketing_ops.webhook_events where event_id = any('{a1,a2,a3,a4,a5,a6}')"), processed => processed == 6);
        var types = await app.Product.QueryAsync<string[]>("select array_agg(event_type order by event_type) from marketing.campaign_events e join marketing.campaigns c on c.id = e.campaign_id where c.campaign_id = $1", campaign);
        Assert.Equal(["delivered", "opened", "unsubscribed"], types);
        var aside = (await app.GetAsync("webhooks/events?outcome=set_aside")).AsArray().ToDictionary(e => (string)e!["event_id"]!, e => (string)e!["reason"]!);
        Assert.Contains("CMP-999999", aside["a3"], StringComparison.Ordinal);
        Assert.Contains("No contact", aside["a4"], StringComparison.Ordinal);
        Assert.Equal(2L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.webhook_events where outcome = 'ignored'"));
    }

    [Fact]
    public async Task Wrong_stale_and_missing_signatures_are_refused_and_nothing_is_stored()
    {
        var body = Batch(Event("b1", "open", "CMP-010001", "x@example.com"));
        var before = await app.Product.QueryAsync<long>("select count(*) from marketing_ops.webhook_inbox");
        var good = app.Signer.Sign(body, DateTimeOffset.UtcNow);
        foreach (var (headers, sent) in new (IReadOnlyDictionary<string, string>, byte[])[]
                 {
                     (new Dictionary<string, string>(), body),
                     (good, [.. body, (byte)' ']),
                     (app.Signer.Sign(body, DateTimeOffset.UtcNow.AddHours(-26)), body),
                     (app.Signer.Sign(body, DateTimeOffset.UtcNow.AddHours(1)), body),
                     (new Dictionary<string, string>(good) { [SendGridSignature.SignatureHeader] = "not base64" }, body),
                     (new Dictionary<string, string>(good) { [SendGridSignature.TimestampHeader] = "soon" }, body),
                 })
        {
            using var response = await app.PostAsync("webhooks/sendgrid", sent, headers);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
        using var large = await app.PostAsync("webhooks/sendgrid", new byte[5 * 1024 * 1024], good);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(before, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.webhook_inbox"));
    }

    [Fact]
    public async Task Meta_is_answered_its_challenge_and_its_signed_calls_are_kept()
    {
        using var client = app.AnonymousClient();
        var handshake = await client.GetStringAsync($"webhooks/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={Uri.EscapeDataString(SendGridWebhookFixture.MetaVerifyToken)}", TestContext.Current.CancellationToken);
        Assert.Equal("1158201444", handshake);
        using var wrong = await client.GetAsync("webhooks/meta?hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);

        // Signature computed apart from this program with the app secret of the fixture.
        var body = Encoding.UTF8.GetBytes("""{"object":"page","entry":[{"id":"100200300","time":1764000000,"changes":[{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"100200300_1_2","post_id":"100200300_1","message":"Lovely pool","created_time":1763999999,"from":{"id":"555","name":"Ana"}}}]}]}""");
        const string signature = "sha256=fcba97fe20b981a9770ed4c8a72714874e76ea1113061a6ddcdbcc758ad22fe7";
        using var kept = await app.PostAsync("webhooks/meta", body, new Dictionary<string, string> { ["X-Hub-Signature-256"] = signature });
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.webhook_inbox where provider = 'meta' and body = $1", body));
        using var altered = await app.PostAsync("webhooks/meta", [.. body, (byte)'\n'], new Dictionary<string, string> { ["X-Hub-Signature-256"] = signature });
        Assert.Equal(HttpStatusCode.Unauthorized, altered.StatusCode);
    }

    [Fact]
    public async Task A_batch_of_a_thousand_is_recorded_once_although_its_worker_is_killed()
    {
        const int events = 1000;
        var campaign = await app.CreateAsync("campaigns", new { campaign_name = "Kill", campaign_type = "email" });
        var emails = await app.Product.QueryAsync<string[]>("select array_agg(email) from directory.contacts");
        var random = new Random(2);
        for (var round = 1; round <= 10; round++)
        {
            var run = round;
            var body = Batch([.. Enumerable.Range(0, events).Select(i => Event($"kill-{run}-{i}", "open", (string)campaign["campaign_id"]!, emails[i % emails.Length]))]);
            // A sender repeats until it is answered with success.
            await Eventually.BecomesAsync(async () =>
            {
                using var response = await app.PostAsync("webhooks/sendgrid", body, app.Signer.Sign(body, DateTimeOffset.UtcNow));
                return response.StatusCode;
            }, status => status == HttpStatusCode.OK);
            await Task.Delay(random.Next(0, 120), TestContext.Current.CancellationToken);
            app.Host.Handler.Kill();
        }
        await Eventually.BecomesAsync(
            () => app.Product.QueryAsync<long>("select count(*) from marketing_ops.webhook_inbox where state = 'received'"), waiting => waiting == 0, TimeSpan.FromMinutes(3));
        Assert.Equal(10L * events, await app.Product.QueryAsync<long>("select count(*) from marketing.campaign_events where campaign_id = $1", Guid.Parse((string)campaign["id"]!)));
    }

    private static byte[] Batch(params string[] events) => Encoding.UTF8.GetBytes($"[{string.Join(",\r\n", events)}]\r\n");

    private static string Event(string id, string kind, string campaign, string email) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["email"] = email,
        ["event"] = kind,
        ["timestamp"] = 1764000000,
        ["sg_event_id"] = id,
        ["campaign_id"] = campaign,
    });
}
