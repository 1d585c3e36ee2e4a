using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.DevHost.Stubs;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Webhooks;

public sealed class EmailWebhookTests(EmailWebhookFixture app) : IClassFixture<EmailWebhookFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_providers_events_become_rows_and_their_consequences_suppressions()
    {
        var (campaign, email) = (await CampaignAsync(), await ContactAsync(1));
        var now = DateTimeOffset.UtcNow;

        // Resend: a bounce comes twice, the second time with a new timestamp and signature, and is one.
        var bounced = Body(new { type = "email.bounced", created_at = now, data = new { email_id = "e1", to = new[] { email }, tags = new { campaign_id = campaign }, bounce = new { type = "Permanent", message = "no such user" } } });
        foreach (var family in new[] { "webhook", "svix" })
            await AcceptAsync("webhooks/standard", bounced, EmailSenders.Standard(EmailWebhookFixture.StandardSecret, "msg_1", bounced, now, family));

        // Mailgun's signature does not cover the body: a second body with the same token does not count.
        var second = await ContactAsync(2);
        JsonNode Mailgun(string kind) => JsonNode.Parse(JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["event"] = kind,
            ["timestamp"] = 1764000000.25,
            ["recipient"] = second,
            ["user-variables"] = new { campaign_id = campaign },
            ["client-info"] = new Dictionary<string, string> { ["device-type"] = "mobile", ["user-agent"] = "Mozilla/5.0 (iPhone)" },
            ["geolocation"] = new { country = "PT", city = "Lagos" },
        }))!;
        await AcceptAsync("webhooks/mailgun", EmailSenders.Mailgun(EmailWebhookFixture.MailgunKey, "token-1", Mailgun("opened"), now), []);
        await AcceptAsync("webhooks/mailgun", EmailSenders.Mailgun(EmailWebhookFixture.MailgunKey, "token-1", Mailgun("complained"), now), []);
        await AcceptAsync("webhooks/mailgun", EmailSenders.Mailgun(EmailWebhookFixture.MailgunKey, "token-2", Mailgun("complained"), now), []);

        // Postmark: one object a call; lifting its own suppression does not lift ours.
        var third = await ContactAsync(3);
        foreach (var suppresses in new[] { true, false })
            await AcceptAsync("webhooks/postmark", Body(new { RecordType = "SubscriptionChange", Recipient = third, SuppressSending = suppresses, SuppressionReason = "ManualSuppression", ChangedAt = now, Metadata = new { campaign_id = campaign } }), EmailWebhookFixture.PostmarkHeaders);

        // Azure names neither campaign nor contact: they come from the message that was sent.
        await app.Product.ExecuteAsync("insert into marketing_ops.sent_messages (provider, message_id, campaign_id, contact_id, variant) select 'azure', 'op-1', c.id, d.id, 'B' from marketing.campaigns c, directory.contacts d where c.campaign_id = $1 and d.email = $2", campaign, second);
        var batch = Body(new object[]
        {
            new { id = "eg-1", eventType = "Microsoft.Communication.EmailEngagementTrackingReportReceived", eventTime = now, data = new { messageId = "op-1", engagementType = "click", engagementContext = "https://example.com/a", userActionTimeStamp = now } },
            new { id = "eg-2", specversion = "1.0", type = "Microsoft.Communication.EmailDeliveryReportReceived", time = now, data = new { messageId = "op-1", recipient = second, status = "Delivered", deliveryAttemptTimestamp = now } },
            new { id = "eg-3", eventType = "Microsoft.Communication.EmailDeliveryReportReceived", eventTime = now, data = new { messageId = "op-1", recipient = second, status = "Expanded" } },
        });
        await AcceptAsync($"webhooks/azure?key={EmailWebhookFixture.AzureKey}", batch, []);
        await ProcessedAsync();

        Assert.Equal(["bounced", "clicked", "complained", "delivered", "opened", "unsubscribed"], await app.Product.QueryAsync<string[]>(
            "select array_agg(event_type order by event_type) from marketing.campaign_events e join marketing.campaigns c on c.id = e.campaign_id where c.campaign_id = $1", campaign));
        Assert.Equal("mobile Lagos, PT", await app.Product.QueryAsync<string>("select device_type || ' ' || location from marketing.campaign_events e join marketing.campaigns c on c.id = e.campaign_id where c.campaign_id = $1 and event_type = 'opened'", campaign));
        Assert.Equal("B https://example.com/a", await app.Product.QueryAsync<string>("select concat(event_data ->> 'variant', ' ', event_data ->> 'url') from marketing.campaign_events e join marketing.campaigns c on c.id = e.campaign_id where c.campaign_id = $1 and event_type = 'clicked'", campaign));
        Assert.Equal(["hard_bounce"], await ReasonsAsync(email));
        Assert.Equal(["complaint"], await ReasonsAsync(second));
        Assert.Equal(["unsubscribe"], await ReasonsAsync(third));
    }

    [Fact]
    public async Task Wrong_credentials_are_refused_and_handshakes_answered()
    {
        var before = await app.Product.QueryAsync<long>("select count(*) from marketing_ops.webhook_inbox");
        var body = Body(new { type = "email.sent" });
        var good = EmailSenders.Standard(EmailWebhookFixture.StandardSecret, "msg_x", body, DateTimeOffset.UtcNow);
        foreach (var (path, sent, headers) in new (string, byte[], IReadOnlyDictionary<string, string>)[]
                 {
                     ("webhooks/standard", [.. body, (byte)' '], good),
                     ("webhooks/standard", body, EmailSenders.Standard(EmailWebhookFixture.StandardSecret, "msg_x", body, DateTimeOffset.UtcNow.AddMinutes(-6))),
                     ("webhooks/mailgun", EmailSenders.Mailgun("another key of sixteen", "t", new JsonObject(), DateTimeOffset.UtcNow), new Dictionary<string, string>()),
                     ("webhooks/postmark", body, new Dictionary<string, string> { ["Authorization"] = "Basic nonsense" }),
                     ("webhooks/azure?key=guess", body, new Dictionary<string, string>()),
                 })
        {
            using var refused = await app.PostAsync(path, sent, headers);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
        Assert.Equal(before, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.webhook_inbox"));

        var handshake = Body(new[] { new { id = "h", topic = "/subscriptions/0001/x", eventType = "Microsoft.EventGrid.SubscriptionValidationEvent", data = new { validationCode = "512d38b6" } } });
        using var answered = await app.PostAsync("webhooks/azure", handshake, new Dictionary<string, string> { ["x-webhook-key"] = EmailWebhookFixture.AzureKey });
        Assert.Equal("""{"validationResponse":"512d38b6"}""", await answered.Content.ReadAsStringAsync(Stop));
        var cloudEvent = Body(new { id = "h", source = "/subscriptions/0001/x", type = "Microsoft.EventGrid.SubscriptionValidationEvent", data = "{\"validationCode\":\"7f\"}" });
        using var asText = await app.PostAsync($"webhooks/azure?key={EmailWebhookFixture.AzureKey}", cloudEvent, []);
        Assert.Equal("""{"validationResponse":"7f"}""", await asText.Content.ReadAsStringAsync(Stop));
        var stranger = Body(new[] { new { id = "h", topic = "/subscriptions/0666/x", eventType = "Microsoft.EventGrid.SubscriptionValidationEvent", data = new { validationCode = "1" } } });
        using var refusedTopic = await app.PostAsync($"webhooks/azure?key={EmailWebhookFixture.AzureKey}", stranger, []);
        Assert.Equal(HttpStatusCode.Forbidden, refusedTopic.StatusCode);
        using var options = new HttpRequestMessage(HttpMethod.Options, $"webhooks/azure?key={EmailWebhookFixture.AzureKey}");
        options.Headers.Add("WebHook-Request-Origin", "eventgrid.azure.net");
        using var allowed = await app.AnonymousClient().SendAsync(options, Stop);
        Assert.Equal("eventgrid.azure.net", Assert.Single(allowed.Headers.GetValues("WebHook-Allowed-Origin")));
    }

    [Fact]
    public async Task One_event_that_cannot_be_stored_leaves_the_others_and_dead_letters_say_why()
    {
        var (campaign, email) = (await CampaignAsync(), await ContactAsync(4));
        // A lone surrogate is JSON, yet no text: jsonb refuses it.
        var poison = $$$"""[{"id":"p-1","eventType":"Microsoft.Communication.EmailDeliveryReportReceived","data":{"status":"Delivered","recipient":"\ud800@example.com"}}, 17, {"id":"p-2","eventType":"Microsoft.Communication.EmailDeliveryReportReceived","data":{"messageId":"op-9","status":"Bounced","recipient":"{{{email}}}"}}]""";
        await AcceptAsync($"webhooks/azure?key={EmailWebhookFixture.AzureKey}", Encoding.UTF8.GetBytes(poison), []);
        var unreadable = Encoding.UTF8.GetBytes("this is no JSON, although its sender is genuine");
        await AcceptAsync("webhooks/postmark", unreadable, EmailWebhookFixture.PostmarkHeaders);
        await ProcessedAsync();

        Assert.Equal(["hard_bounce"], await ReasonsAsync(email));
        var aside = (await app.GetAsync("webhooks/inbox?outcome=set_aside&provider=azure")).AsArray();
        var delivery = (string)Assert.Single(aside)!["id"]!;
        var dead = Assert.Single((await app.GetAsync("webhooks/inbox?state=failed&provider=postmark")).AsArray())!;
        Assert.Contains("invalid", (string)dead["reason"]!, StringComparison.OrdinalIgnoreCase);

        // The message's row comes after its events: judged again, they are recorded.
        await app.Product.ExecuteAsync("insert into marketing_ops.sent_messages (provider, message_id, campaign_id, contact_id) select 'azure', 'op-9', c.id, d.id from marketing.campaigns c, directory.contacts d where c.campaign_id = $1 and d.email = $2", campaign, email);
        using var replayed = await app.Admin.PostAsync($"webhooks/inbox/{delivery}/replay", null, Stop);
        Assert.Equal(HttpStatusCode.Accepted, replayed.StatusCode);
        await ProcessedAsync();
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.campaign_events e join marketing.campaigns c on c.id = e.campaign_id where c.campaign_id = $1", campaign));
        using var many = await app.Admin.PostAsJsonAsync("webhooks/inbox/replay", new { state = "failed" }, Stop);
        Assert.Equal(1, (int)(await many.Content.ReadFromJsonAsync<JsonObject>(Stop))!["replayed"]!);
        await ProcessedAsync();
        Assert.Equal("failed", (string)(await app.GetAsync($"webhooks/inbox/{(string)dead["id"]!}"))["state"]!);
        using var wrong = await app.Admin.PostAsJsonAsync("webhooks/inbox/replay", new { }, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private async Task AcceptAsync(string path, byte[] body, IEnumerable<KeyValuePair<string, string>> headers)
    {
        using var response = await app.PostAsync(path, body, headers);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {await response.Content.ReadAsStringAsync(Stop)}");
    }

    private Task<long> ProcessedAsync() => Eventually.BecomesAsync(() => app.Product.QueryAsync<long>("select count(*) from marketing_ops.webhook_inbox where state = 'received'"), waiting => waiting == 0);

    private async Task<string> CampaignAsync() => (string)(await app.CreateAsync("campaigns", new { campaign_name = "Email", campaign_type = "email" }))["campaign_id"]!;

    private Task<string> ContactAsync(int number) => app.Product.QueryAsync<string>("select email from directory.contacts order by email offset $1 limit 1", number);

    private Task<string[]> ReasonsAsync(string email) =>
        app.Product.QueryAsync<string[]>("select array_agg(reason order by reason) from marketing_ops.suppressions where address_hash = sha256(convert_to($1, 'UTF8')) and lifted_at is null", email);

    private static byte[] Body(object value) => JsonSerializer.SerializeToUtf8Bytes(value);
}
