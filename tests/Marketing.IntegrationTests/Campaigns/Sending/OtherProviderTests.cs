using Marketing.Campaigns.Sending;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Campaigns.Sending;

/// <summary>Azure Communication Services and SMTP: what each lets us know, and what we make of it.</summary>
public sealed class OtherProviderTests(SendingFixture fixture) : IClassFixture<SendingFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Azure_gets_each_recipient_once_under_our_own_operation_id()
    {
        var campaign = await fixture.CampaignAsync(60, "azure", emails: ["invalid@example.com"]);
        await using var worker = fixture.Worker();
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 59, ["rejected"] = 1 }, await fixture.StatesAsync(campaign));
        Assert.All((await fixture.TakenAsync(campaign)).Values, count => Assert.Equal(1, count));
        Assert.Equal((59, 59), await fixture.EventsAsync(campaign, "sent"));
        Assert.Contains(fixture.Stub.Taken.All, message => message.Provider == "azure" && message.Headers.ContainsKey("List-Unsubscribe") && message.Html.Contains("Dear Guest", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Azure_repeats_a_lost_call_without_sending_twice()
    {
        var campaign = await fixture.CampaignAsync(5, "azure");
        await using var worker = fixture.Worker();
        fixture.Stub.Arrange("emails:send", fault: "act_then_drop", times: 2);
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 5 }, await fixture.StatesAsync(campaign));
        Assert.All((await fixture.TakenAsync(campaign)).Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task What_a_dead_worker_left_at_Azure_is_found_out_by_reading()
    {
        var campaign = await fixture.CampaignAsync(6, "azure", emails: ["failed@example.com"]);
        await using (var doomed = fixture.Worker(new KillAt("answered"))) await Assert.ThrowsAnyAsync<Exception>(() => SendingFixture.SendAsync(doomed, campaign));
        var taken = (await fixture.TakenAsync(campaign)).Count;
        var states = await fixture.StatesAsync(campaign);
        Assert.True(states.GetValueOrDefault("submitted") > 0);

        await using var worker = fixture.Worker();
        await fixture.AgeAsync(campaign, TimeSpan.FromMinutes(15));
        await SendingFixture.DispatchAsync(worker); // submitted → unconfirmed → asked
        states = await fixture.StatesAsync(campaign);
        Assert.Equal(0, states.GetValueOrDefault("submitted") + states.GetValueOrDefault("unconfirmed"));
        Assert.Equal(taken, states.GetValueOrDefault("accepted") + states.GetValueOrDefault("rejected"));
        await SendingFixture.SendAsync(worker, campaign);
        var all = await fixture.TakenAsync(campaign);
        Assert.Equal(6, all.Count);
        Assert.All(all.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Smtp_keeps_one_message_id_and_sorts_the_replies()
    {
        string[] emails = ["smtp.ok@example.com", "smtp.unknown@example.com", "smtp.full@example.com", "smtp.policy@example.com", "smtp.cut@example.com", "smtp.lost@example.com"];
        fixture.Smtp.Refusals["smtp.unknown@example.com"] = "550 5.1.1 No such user";
        fixture.Smtp.Refusals["smtp.full@example.com"] = "552 5.2.2 Mailbox full";
        fixture.Smtp.RefusedMessages["smtp.policy@example.com"] = "554 5.7.1 Refused by policy";
        fixture.Smtp.CutAtData["smtp.cut@example.com"] = true;
        fixture.Smtp.CutAfterMessage["smtp.lost@example.com"] = true;
        var campaign = await fixture.CampaignAsync(emails.Length, "smtp", emails: emails);
        await using var worker = fixture.Worker();
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal("accepted", await StateAsync(campaign, emails[0]));
        Assert.Equal("rejected", await StateAsync(campaign, emails[1]));
        Assert.Equal("queued", await StateAsync(campaign, emails[2]));
        Assert.Equal("rejected", await StateAsync(campaign, emails[3]));
        Assert.Equal("queued", await StateAsync(campaign, emails[4])); // cut before the message: safe to try again
        Assert.Equal("unconfirmed", await StateAsync(campaign, emails[5])); // cut after it: taken, and we cannot know
        Assert.Equal(1, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.suppressions where reason = 'hard_bounce' and source = 'smtp' and lifted_at is null"));

        var message = fixture.Smtp.Taken.All.Single(taken => taken.To == emails[0]);
        Assert.Equal($"<{message.SendId}@example.com>", message.MessageId);
        Assert.Equal("List-Unsubscribe=One-Click", message.Headers["List-Unsubscribe-Post"]);

        // The temporary ones go later; the unknown one waits for a person, whatever time passes.
        fixture.Smtp.Refusals.Clear();
        fixture.Smtp.CutAtData.Clear();
        await fixture.AgeAsync(campaign, TimeSpan.FromHours(5));
        await SendingFixture.DispatchAsync(worker);
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 3, ["rejected"] = 2, ["unconfirmed"] = 1 }, await fixture.StatesAsync(campaign));
        Assert.All(fixture.Smtp.Taken.Counts.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task A_killed_smtp_worker_leaves_at_most_one_message_to_a_person()
    {
        var campaign = await fixture.CampaignAsync(10, "smtp");
        await using (var doomed = fixture.Worker(new KillAt("answered", occurrence: 4))) await Assert.ThrowsAsync<KilledException>(() => SendingFixture.SendAsync(doomed, campaign));
        await using var worker = fixture.Worker();
        await fixture.AgeAsync(campaign, TimeSpan.FromMinutes(15));
        await SendingFixture.DispatchAsync(worker);
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 9, ["unconfirmed"] = 1 }, await fixture.StatesAsync(campaign));
        Assert.Equal(10, (await fixture.TakenAsync(campaign)).Count);
        await worker.GetRequiredService<ResolveSend>().RunAsync(campaign, Assert.Single(await fixture.SendsAsync(campaign, "unconfirmed")), "sent", Marketing.Identity.Caller.Job("test"), Stop);
        await SendingFixture.DispatchAsync(worker);
        Assert.Equal("completed", await fixture.Product.QueryAsync<string>("select status from marketing.campaigns where id = $1", campaign));
    }

    private Task<string> StateAsync(Guid campaign, string email) => fixture.Product.QueryAsync<string>("select state from marketing_ops.campaign_sends s join directory.contacts c on c.id = s.contact_id where campaign_id = $1 and email = $2", campaign, email);
}
