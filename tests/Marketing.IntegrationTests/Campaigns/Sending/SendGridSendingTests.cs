using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Campaigns.Sending;

/// <summary>What a campaign's recipients get through SendGrid, whatever SendGrid does.</summary>
public sealed class SendGridSendingTests(SendingFixture fixture) : IClassFixture<SendingFixture>
{
    [Fact]
    public async Task Each_member_gets_the_campaign_once_with_its_own_words_and_links()
    {
        const int recipients = 1_200;
        var campaign = await fixture.CampaignAsync(recipients);
        await using var worker = fixture.Worker();
        var calls = fixture.Stub.Calls;
        await SendingFixture.SendAsync(worker, campaign);

        var sends = (await fixture.SendsAsync(campaign)).Select(send => send.ToString()).ToHashSet();
        var taken = fixture.Stub.Taken.All.Where(message => sends.Contains(message.SendId)).ToList();
        Assert.Equal(recipients, taken.Count);
        Assert.Equal(recipients, taken.Select(message => message.SendId).Distinct().Count());
        Assert.Equal(2, fixture.Stub.Calls - calls);
        foreach (var message in taken)
        {
            var guest = message.Subject["News for ".Length..];
            Assert.Contains($"Dear {guest},", message.Html, StringComparison.Ordinal);
            Assert.Contains($"Dear {guest},", message.Text, StringComparison.Ordinal);
            Assert.Contains(message.Headers["List-Unsubscribe"].Trim('<', '>'), message.Html, StringComparison.Ordinal);
            Assert.Equal("List-Unsubscribe=One-Click", message.Headers["List-Unsubscribe-Post"]);
            Assert.DoesNotContain('%', message.Html[message.Html.IndexOf("Dear", StringComparison.Ordinal)..message.Html.IndexOf("our houses", StringComparison.Ordinal)]);
            Assert.Equal(["campaign_id", "send_id", "variant"], message.CustomArgs.Keys.Order());
        }
        Assert.Equal(recipients, taken.Select(message => message.Headers["List-Unsubscribe"]).Distinct().Count());
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = recipients }, await fixture.StatesAsync(campaign));
        Assert.Equal((recipients, recipients), await fixture.EventsAsync(campaign, "sent"));

        await SendingFixture.DispatchAsync(worker);
        Assert.Equal("completed", await fixture.Product.QueryAsync<string>("select status from marketing.campaigns where id = $1", campaign));

        // SendGrid's own word comes later and is no second event; a delivery finds its recipient by our id alone.
        await fixture.ReportAsync(worker, taken);
        await fixture.ReportAsync(worker, taken.Take(10), "delivered");
        Assert.Equal((recipients, recipients), await fixture.EventsAsync(campaign, "sent"));
        Assert.Equal((10, 10), await fixture.EventsAsync(campaign, "delivered"));
    }

    [Fact]
    public async Task A_refused_recipient_is_cut_out_and_the_others_go()
    {
        var campaign = await fixture.CampaignAsync(50, emails: ["not..valid@example.com"]);
        await using var worker = fixture.Worker();
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 49, ["rejected"] = 1 }, await fixture.StatesAsync(campaign));
        Assert.Contains("personalizations.", await fixture.Product.QueryAsync<string>("select reason from marketing_ops.campaign_sends where campaign_id = $1 and state = 'rejected'", campaign), StringComparison.Ordinal);
        Assert.Equal(49, (await fixture.TakenAsync(campaign)).Count);
    }

    [Fact]
    public async Task A_message_that_cannot_be_made_for_one_recipient_does_not_hold_up_the_others()
    {
        var campaign = await fixture.CampaignAsync(20, subject: "{{ contact.first_name }}");
        await fixture.Product.ExecuteAsync("update directory.contacts set first_name = '' where first_name = 'Guest7' and id in (select contact_id from marketing.segment_members m join marketing.campaigns c on c.segment_id = m.segment_id where c.id = $1)", campaign);
        await using var worker = fixture.Worker();
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 19, ["skipped"] = 1 }, await fixture.StatesAsync(campaign));
        Assert.StartsWith("not_renderable", await fixture.Product.QueryAsync<string>("select reason from marketing_ops.campaign_sends where campaign_id = $1 and state = 'skipped'", campaign), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_requests_wait_for_the_second_that_SendGrid_names()
    {
        var campaign = await fixture.CampaignAsync(30);
        await using var worker = fixture.Worker();
        fixture.Stub.Arrange("mail/send", 429, """{"errors":[{"field":null,"message":"too many requests"}]}""", new() { ["X-RateLimit-Reset"] = DateTimeOffset.UtcNow.AddSeconds(2).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture) });
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["queued"] = 30 }, await fixture.StatesAsync(campaign));
        await Eventually.BecomesAsync(async () =>
        {
            await SendingFixture.SendAsync(worker, campaign);
            return await fixture.StatesAsync(campaign);
        }, states => states.GetValueOrDefault("accepted") == 30);
        Assert.All((await fixture.TakenAsync(campaign)).Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task An_error_of_SendGrid_is_tried_again_later()
    {
        var campaign = await fixture.CampaignAsync(30);
        await using var worker = fixture.Worker();
        fixture.Stub.Arrange("mail/send", 500, """{"errors":[{"field":null,"message":"oops"}]}""");
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["queued"] = 30 }, await fixture.StatesAsync(campaign));
        Assert.True(await fixture.Product.QueryAsync<bool>("select min(due_at) > now() + interval '4 minutes' from marketing_ops.campaign_sends where campaign_id = $1", campaign));
        await fixture.AgeAsync(campaign, TimeSpan.FromMinutes(6));
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 30 }, await fixture.StatesAsync(campaign));
        Assert.All((await fixture.TakenAsync(campaign)).Values, count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData("act_then_drop")]
    [InlineData("hang")]
    public async Task Taken_without_an_answer_is_settled_by_its_events_and_never_sent_again(string fault)
    {
        // A message to slow@ is taken with its call and answered after our patience has ended.
        var campaign = await fixture.CampaignAsync(30, emails: fault == "hang" ? ["slow@example.com"] : null);
        await using var worker = fixture.Worker(settings: ("Sending:RequestTimeout", "00:00:02"));
        if (fault != "hang") fixture.Stub.Arrange("mail/send", fault: fault);
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["unconfirmed"] = 30 }, await fixture.StatesAsync(campaign));

        // Silence alone proves nothing: no later message was reported either.
        await fixture.Product.ExecuteAsync("update marketing_ops.send_requests set reported_at = null");
        await fixture.AgeAsync(campaign, TimeSpan.FromHours(1));
        await SendingFixture.DispatchAsync(worker);
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["unconfirmed"] = 30 }, await fixture.StatesAsync(campaign));

        var sends = (await fixture.SendsAsync(campaign)).Select(send => send.ToString()).ToHashSet();
        await fixture.ReportAsync(worker, fixture.Stub.Taken.All.Where(message => sends.Contains(message.SendId)));
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 30 }, await fixture.StatesAsync(campaign));
        Assert.Equal((30, 30), await fixture.EventsAsync(campaign, "sent"));
        Assert.All((await fixture.TakenAsync(campaign)).Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Dropped_before_it_was_taken_goes_again_once_a_later_message_was_reported()
    {
        var campaign = await fixture.CampaignAsync(30);
        await using var worker = fixture.Worker();
        fixture.Stub.Arrange("mail/send", fault: "drop");
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["unconfirmed"] = 30 }, await fixture.StatesAsync(campaign));

        var later = await fixture.CampaignAsync(5);
        await SendingFixture.SendAsync(worker, later);
        var sends = (await fixture.SendsAsync(later)).Select(send => send.ToString()).ToHashSet();
        await fixture.ReportAsync(worker, fixture.Stub.Taken.All.Where(message => sends.Contains(message.SendId)));
        await SendingFixture.DispatchAsync(worker);
        Assert.Equal(new Dictionary<string, long> { ["unconfirmed"] = 30 }, await fixture.StatesAsync(campaign)); // ten minutes have not passed

        await fixture.AgeAsync(campaign, TimeSpan.FromMinutes(11));
        // A delivery that nobody has read yet may be the report.
        await fixture.Product.ExecuteAsync("insert into marketing_ops.webhook_inbox (id, provider, body, body_sha256, state, attempts) values (gen_random_uuid(), 'sendgrid', '[]', sha256('unread'), 'received', 0)");
        await SendingFixture.DispatchAsync(worker);
        Assert.Equal(new Dictionary<string, long> { ["unconfirmed"] = 30 }, await fixture.StatesAsync(campaign));
        await fixture.Product.ExecuteAsync("delete from marketing_ops.webhook_inbox where body_sha256 = sha256('unread')");
        await SendingFixture.DispatchAsync(worker);
        Assert.Equal(new Dictionary<string, long> { ["queued"] = 30 }, await fixture.StatesAsync(campaign));
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 30 }, await fixture.StatesAsync(campaign));
        Assert.All((await fixture.TakenAsync(campaign)).Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task A_key_that_is_refused_pauses_the_campaign_and_loses_nobody()
    {
        var campaign = await fixture.CampaignAsync(10);
        await using (var worker = fixture.Worker(settings: ("Sending:SendGrid:ApiKey", "SG.revoked"))) await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal("paused", await fixture.Product.QueryAsync<string>("select status from marketing.campaigns where id = $1", campaign));
        Assert.Equal(new Dictionary<string, long> { ["queued"] = 10 }, await fixture.StatesAsync(campaign));
        var reason = await fixture.Product.QueryAsync<string>("select stopped_reason from marketing_ops.campaign_sendings where campaign_id = $1", campaign);
        Assert.Contains("401", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("SG.revoked", reason, StringComparison.Ordinal);

        await fixture.Product.ExecuteAsync("update marketing.campaigns set status = 'active' where id = $1", campaign);
        await using (var worker = fixture.Worker()) await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 10 }, await fixture.StatesAsync(campaign));
    }

    [Fact]
    public async Task A_complaint_suppresses_at_once_also_in_what_is_queued()
    {
        var first = await fixture.CampaignAsync(3);
        await using var worker = fixture.Worker();
        await SendingFixture.SendAsync(worker, first);
        var second = await fixture.CampaignAsync(0);
        await fixture.Product.ExecuteAsync("update marketing.campaigns set segment_id = (select segment_id from marketing.campaigns where id = $2) where id = $1", second, first);
        await worker.GetRequiredService<Marketing.Campaigns.Sending.FreezeRecipients>().RunAsync(second, TestContext.Current.CancellationToken);
        Assert.Equal(new Dictionary<string, long> { ["queued"] = 3 }, await fixture.StatesAsync(second));

        var sends = (await fixture.SendsAsync(first)).Select(send => send.ToString()).ToHashSet();
        await fixture.ReportAsync(worker, [fixture.Stub.Taken.All.First(message => sends.Contains(message.SendId))], "spamreport");
        Assert.Equal((1, 1), await fixture.EventsAsync(first, "complained"));
        await SendingFixture.SendAsync(worker, second);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 2, ["suppressed"] = 1 }, await fixture.StatesAsync(second));
        Assert.Equal(2, (await fixture.TakenAsync(second)).Count);
    }
}
