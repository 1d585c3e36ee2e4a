using Marketing.Campaigns.Sending;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Marketing.IntegrationTests.Campaigns.Sending;

/// <summary>What pausing, ending, lateness, thresholds and other environments do to a campaign under way.</summary>
public sealed class CampaignLifeTests(SendingFixture fixture) : IClassFixture<SendingFixture>
{
    [Theory]
    [InlineData("paused")]
    [InlineData("cancelled")]
    public async Task A_campaign_that_is_stopped_sends_no_further_batch(string status)
    {
        var campaign = await fixture.CampaignAsync(2_500);
        await using (var worker = fixture.Worker(new DoAt("recorded", () => fixture.Product.ExecuteAsync("update marketing.campaigns set status = $2 where id = $1", campaign, status)))) await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 1_000, ["queued"] = 1_500 }, await fixture.StatesAsync(campaign));

        await using var next = fixture.Worker();
        await SendingFixture.DispatchAsync(next);
        await SendingFixture.SendAsync(next, campaign);
        Assert.Equal(status == "cancelled" ? new() { ["accepted"] = 1_000, ["skipped"] = 1_500 } : new Dictionary<string, long> { ["accepted"] = 1_000, ["queued"] = 1_500 }, await fixture.StatesAsync(campaign));

        if (status == "cancelled") return;
        await fixture.Product.ExecuteAsync("update marketing.campaigns set status = 'active' where id = $1", campaign);
        await SendingFixture.SendAsync(next, campaign);
        await SendingFixture.DispatchAsync(next);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 2_500 }, await fixture.StatesAsync(campaign));
        Assert.Equal("completed", await StatusAsync(campaign));
    }

    [Fact]
    public async Task Nothing_is_submitted_after_a_pause_was_answered()
    {
        var campaign = await fixture.CampaignAsync(2_500);
        var isPaused = false;
        var submittedAfter = 0;
        Task? pause = null;
        async Task PauseAsync()
        {
            await fixture.Product.ExecuteAsync("update marketing.campaigns set status = 'paused' where id = $1", campaign);
            Volatile.Write(ref isPaused, true);
        }
        await using var worker = fixture.Worker(new DoAt(async moment =>
        {
            // Once the worker holds its recipients, and ample time before it records them.
            if (moment == "claimed" && pause is null) pause = PauseAsync();
            if (moment == "made") await Task.Delay(300, TestContext.Current.CancellationToken);
            if (moment == "submitted, not committed" && Volatile.Read(ref isPaused)) submittedAfter++;
        }));
        await SendingFixture.SendAsync(worker, campaign);
        await pause!;
        Assert.Equal(0, submittedAfter);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 1_000, ["queued"] = 1_500 }, await fixture.StatesAsync(campaign));
    }

    [Theory]
    [InlineData("sendgrid")]
    [InlineData("azure")]
    [InlineData("smtp")]
    public async Task A_worker_that_is_held_up_before_its_call_gives_the_recipients_back_unsent(string provider)
    {
        var campaign = await fixture.CampaignAsync(10, provider);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var calls = fixture.Stub.Calls;
        await using (var slow = fixture.Product.Build(fixture.Settings(("Sending:RunFor", "00:01:00")), services => services.AddSingleton<TimeProvider>(clock).AddSingleton<ISendStepObserver>(new DoAt("submitted", () =>
        {
            clock.Advance(TimeSpan.FromMinutes(4)); // until then others may have settled them
            return Task.CompletedTask;
        })))) await SendingFixture.SendAsync(slow, campaign);
        Assert.Equal(calls, fixture.Stub.Calls);
        Assert.Equal(new Dictionary<string, long> { ["queued"] = 10 }, await fixture.StatesAsync(campaign));

        await using var next = fixture.Worker();
        await SendingFixture.SendAsync(next, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 10 }, await fixture.StatesAsync(campaign));
        Assert.All((await fixture.TakenAsync(campaign)).Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Too_late_recipients_are_left_out()
    {
        var campaign = await fixture.CampaignAsync(30, settings: """{"sending":{"per_hour":10,"latest_after_hours":24}}""");
        await using var worker = fixture.Worker();
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(24, await fixture.Product.QueryAsync<double>("select extract(epoch from late_after - frozen_at)::double precision / 3600 from marketing_ops.campaign_sendings where campaign_id = $1", campaign));
        await fixture.Product.ExecuteAsync("update marketing_ops.campaign_sendings set late_after = now() where campaign_id = $1", campaign);
        await SendingFixture.SendAsync(worker, campaign);
        await SendingFixture.DispatchAsync(worker);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 10, ["skipped"] = 20 }, await fixture.StatesAsync(campaign));
        Assert.Equal("completed", await StatusAsync(campaign));
    }

    [Fact]
    public async Task Too_many_complaints_or_refusals_pause_the_campaign()
    {
        var complained = await fixture.CampaignAsync(600, settings: """{"sending":{"per_hour":590}}""");
        var refused = await fixture.CampaignAsync(600, settings: """{"sending":{"per_hour":590}}""", emails: [.. Enumerable.Range(0, 100).Select(i => $"no..t{i}@example.com")]);
        await using var worker = fixture.Worker();
        await SendingFixture.SendAsync(worker, complained);
        await SendingFixture.SendAsync(worker, refused);
        var sends = (await fixture.SendsAsync(complained)).Select(send => send.ToString()).ToHashSet();
        var messages = fixture.Stub.Taken.All.Where(message => sends.Contains(message.SendId)).ToList();
        await fixture.ReportAsync(worker, messages, "delivered");
        await fixture.ReportAsync(worker, messages.Take(1), "spamreport");
        await worker.GetRequiredService<Marketing.Campaigns.RollupMetrics>().RunAsync(TestContext.Current.CancellationToken);
        await SendingFixture.DispatchAsync(worker);
        Assert.Equal("active", await StatusAsync(complained)); // one of 590
        Assert.Equal("paused", await StatusAsync(refused));

        await fixture.ReportAsync(worker, messages.Take(3), "spamreport");
        await worker.GetRequiredService<Marketing.Campaigns.RollupMetrics>().RunAsync(TestContext.Current.CancellationToken);
        await SendingFixture.DispatchAsync(worker);
        Assert.Equal("paused", await StatusAsync(complained));
        Assert.Contains("complaints", await fixture.Product.QueryAsync<string>("select stopped_reason from marketing_ops.campaign_sendings where campaign_id = $1", complained), StringComparison.Ordinal);
        Assert.Equal(1, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and action = 'pause'", complained));

        // A person has looked and goes on: what was is not held against the campaign again.
        await fixture.Product.ExecuteAsync("update marketing.campaigns set status = 'active' where id = any($1)", new[] { complained, refused });
        await SendingFixture.DispatchAsync(worker);
        Assert.Equal(("active", "active"), (await StatusAsync(complained), await StatusAsync(refused)));
    }

    [Fact]
    public async Task Two_schedulers_and_six_workers_at_once_send_each_message_once()
    {
        var campaign = await fixture.CampaignAsync(5_000);
        await using var one = fixture.Worker();
        await using var two = fixture.Worker();
        await Task.WhenAll([
            .. Enumerable.Range(0, 6).Select(i => SendingFixture.SendAsync(i % 2 == 0 ? one : two, campaign)),
            .. Enumerable.Range(0, 6).Select(i => SendingFixture.DispatchAsync(i % 2 == 0 ? one : two))]);
        await SendingFixture.SendAsync(one, campaign); // a worker that found every row in another's hands has left
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 5_000 }, await fixture.StatesAsync(campaign));
        var taken = await fixture.TakenAsync(campaign);
        Assert.Equal(5_000, taken.Count);
        Assert.All(taken.Values, count => Assert.Equal(1, count));
        Assert.Equal((5_000, 5_000), await fixture.EventsAsync(campaign, "sent"));
    }

    [Fact]
    public async Task A_copy_of_the_database_in_another_environment_sends_nothing()
    {
        var campaign = await fixture.CampaignAsync(10);
        await using (var home = fixture.Worker()) await SendingFixture.DispatchAsync(home);
        await using (var copy = fixture.Worker(settings: ("Environment:Name", "staging")))
        {
            await SendingFixture.DispatchAsync(copy);
            await SendingFixture.SendAsync(copy, campaign);
        }
        Assert.Empty(await fixture.StatesAsync(campaign));
        await using (var home = fixture.Worker()) await SendingFixture.SendAsync(home, campaign);
        Assert.Equal(10, (await fixture.StatesAsync(campaign))["accepted"]);
    }

    [Fact]
    public async Task A_copy_that_is_released_pauses_what_was_under_way_until_a_person_has_looked()
    {
        var campaign = await fixture.CampaignAsync(20, settings: """{"sending":{"per_hour":10}}""");
        await using var worker = fixture.Worker();
        await SendingFixture.DispatchAsync(worker);
        await SendingFixture.SendAsync(worker, campaign);
        await fixture.Product.ExecuteAsync("update marketing_ops.environment set id = gen_random_uuid()"); // as a release does
        await fixture.Product.ExecuteAsync("update marketing_ops.send_limits set taken_at = '{}', taken = '{}' where key like 'campaign:' || $1 || '%'", campaign.ToString());
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal("paused", await StatusAsync(campaign));
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 10, ["queued"] = 10 }, await fixture.StatesAsync(campaign));
        Assert.Contains("released", await fixture.Product.QueryAsync<string>("select stopped_reason from marketing_ops.campaign_sendings where campaign_id = $1", campaign), StringComparison.Ordinal);

        await fixture.Product.ExecuteAsync("update marketing.campaigns set status = 'active' where id = $1", campaign);
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 20 }, await fixture.StatesAsync(campaign));
    }

    [Fact]
    public async Task A_campaign_that_cannot_be_read_is_paused_and_says_why()
    {
        var campaign = await fixture.CampaignAsync(5, subject: "{% if %}");
        var unknown = await fixture.CampaignAsync(5, provider: "pigeon");
        await using var worker = fixture.Worker();
        await SendingFixture.SendAsync(worker, campaign);
        await SendingFixture.SendAsync(worker, unknown);
        Assert.Equal("paused", await StatusAsync(campaign));
        Assert.Equal("paused", await StatusAsync(unknown));
        Assert.Contains("pigeon", await fixture.Product.QueryAsync<string>("select stopped_reason from marketing_ops.campaign_sendings where campaign_id = $1", unknown), StringComparison.Ordinal);
    }

    private Task<string> StatusAsync(Guid campaign) => fixture.Product.QueryAsync<string>("select status from marketing.campaigns where id = $1", campaign);

    private sealed class DoAt(Func<string, Task> act) : ISendStepObserver
    {
        public DoAt(string moment, Func<Task> act) : this(reached => reached == moment ? act() : Task.CompletedTask)
        {
        }

        public async ValueTask ReachedAsync(string reached, Guid campaignId) => await act(reached);
    }
}
