using CsCheck;
using Marketing.Campaigns.Sending.Limits;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.IntegrationTests.Campaigns.Sending;

/// <summary>How fast, when, and how often.</summary>
public sealed class LimitTests(SendingFixture fixture) : IClassFixture<SendingFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_span_of_any_limit_ever_sees_more_than_the_limit_wherever_it_begins()
    {
        await using var connection = await fixture.Product.Database.OpenConnectionAsync(Stop);
        var run = 0;
        var gen = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 60], Gen.Int[1, 600], Gen.Select(Gen.Int[0, 20_000], Gen.Int[1, 50]).Array[20, 120]);
        await gen.SampleAsync(async input =>
        {
            var (limitA, limitB, spanA, spanB, steps) = input;
            var keys = new[] { $"property a {++run}", $"property b {run}" };
            var at = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
            var taken = new List<(DateTimeOffset At, int Count)>();
            foreach (var (ms, wanted) in steps)
            {
                at += TimeSpan.FromMilliseconds(ms);
                await using var take = new NpgsqlCommand("select granted, wait from marketing_ops.take_send_tokens($1, $2, $3, $4, $5)", connection);
                take.Parameters.AddWithValue(keys);
                take.Parameters.AddWithValue(new[] { limitA, limitB });
                take.Parameters.Add(new() { Value = new[] { TimeSpan.FromSeconds(spanA), TimeSpan.FromSeconds(spanB) }, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Interval });
                take.Parameters.AddWithValue(wanted);
                take.Parameters.AddWithValue(at.UtcDateTime);
                await using var reader = await take.ExecuteReaderAsync(Stop);
                await reader.ReadAsync(Stop);
                var (granted, wait) = (reader.GetInt32(0), reader.GetTimeSpan(1));
                Assert.InRange(granted, 0, wanted);
                Assert.Equal(granted == 0, wait > TimeSpan.Zero);
                if (granted > 0) taken.Add((at, granted));
            }
            // The busiest span of a length ends at some taking.
            foreach (var (limit, span) in new[] { (limitA, spanA), (limitB, spanB) })
                foreach (var (end, _) in taken)
                    Assert.InRange(taken.Where(t => t.At <= end && t.At > end - TimeSpan.FromSeconds(span)).Sum(t => t.Count), 0, limit);
            Assert.NotEmpty(taken);
        }, iter: 40, threads: 1);
    }

    [Fact]
    public async Task Workers_at_once_do_not_take_more_together_than_one_may_alone()
    {
        await using var worker = fixture.Worker();
        var limits = worker.GetRequiredService<SendLimits>();
        SendBucket[] buckets = [new("together", 100, TimeSpan.FromHours(1)), new("together too", 250, TimeSpan.FromHours(1))];
        var granted = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i => (await limits.TakeAsync(i % 2 == 0 ? buckets : [buckets[1], buckets[0]], 7, Stop)).Granted));
        Assert.Equal(100, granted.Sum());
    }

    [Fact]
    public async Task A_campaign_goes_as_fast_as_its_limit_and_then_waits()
    {
        var campaign = await fixture.CampaignAsync(60, settings: """{"sending":{"per_hour":25}}""");
        await using var worker = fixture.Worker();
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 25, ["queued"] = 35 }, await fixture.StatesAsync(campaign));
        // Its workers rest until the timer calls new ones: a message of each would meet those, and their number grow.
        Assert.True(await fixture.Product.QueryAsync<bool>("select redispatch_at > now() + interval '10 minutes' from marketing_ops.campaign_sendings where campaign_id = $1", campaign));
        await fixture.Product.ExecuteAsync("update marketing_ops.send_limits set taken_at = array(select t - interval '1 hour' from unnest(taken_at) t) where key like 'campaign:%'");
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 50, ["queued"] = 10 }, await fixture.StatesAsync(campaign));
    }

    [Fact]
    public async Task A_new_sender_sends_what_its_day_allows()
    {
        var campaign = await fixture.CampaignAsync(60);
        await fixture.Product.ExecuteAsync("update marketing_ops.campaign_emails set sender_email = 'new@example.com' where campaign_id = $1", campaign);
        await using var worker = fixture.Worker(settings: [("Sending:WarmUp:0", "10"), ("Sending:WarmUp:1", "20")]);
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(10, (await fixture.StatesAsync(campaign))["accepted"]);
        await fixture.Product.ExecuteAsync("update marketing_ops.send_senders set first_sent_at = first_sent_at - interval '1 day' where sender = 'new@example.com'");
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(20, (await fixture.StatesAsync(campaign))["accepted"]); // the ten of the last day count
        await fixture.Product.ExecuteAsync("update marketing_ops.send_senders set first_sent_at = first_sent_at - interval '1 day' where sender = 'new@example.com'");
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(60, (await fixture.StatesAsync(campaign))["accepted"]);
    }

    [Fact]
    public async Task In_quiet_hours_a_recipient_waits_for_the_morning_where_it_lives()
    {
        var campaign = await fixture.CampaignAsync(4);
        await fixture.Product.ExecuteAsync("update directory.contacts set country = 'NZ' where first_name in ('Guest1', 'Guest2') and id in (select contact_id from marketing.segment_members m join marketing.campaigns c on c.segment_id = m.segment_id where c.id = $1)", campaign);
        // Quiet now in New Zealand, not in Portugal.
        var there = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland")).DateTime);
        (string, string)[] settings = [("Sending:QuietFrom", there.AddHours(-1).ToString("HH:mm", null)), ("Sending:QuietUntil", there.AddHours(2).ToString("HH:mm", null))];
        await using var worker = fixture.Worker(settings: settings);
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 2, ["queued"] = 2 }, await fixture.StatesAsync(campaign));
        Assert.Equal(2, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.campaign_sends where campaign_id = $1 and reason = 'quiet_hours' and due_at between now() + interval '118 minutes' and now() + interval '121 minutes'", campaign));
    }

    [Fact]
    public async Task A_contact_gets_no_more_messages_than_the_cap_over_all_campaigns()
    {
        var first = await fixture.CampaignAsync(20);
        var segment = await fixture.Product.QueryAsync<Guid>("select segment_id from marketing.campaigns where id = $1", first);
        var others = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            others.Add(await fixture.CampaignAsync(0));
            await fixture.Product.ExecuteAsync("update marketing.campaigns set segment_id = $2 where id = $1", others[^1], segment);
        }
        await using var worker = fixture.Worker(settings: ("Sending:ContactCap", "2"));
        await Task.WhenAll(others.Prepend(first).Select(campaign => SendingFixture.SendAsync(worker, campaign)));
        var states = await Task.WhenAll(others.Prepend(first).Select(fixture.StatesAsync));
        Assert.Equal(40, states.Sum(state => state.GetValueOrDefault("accepted")));
        Assert.Equal(40, states.Sum(state => state.GetValueOrDefault("skipped")));
        Assert.Equal(2, await fixture.Product.QueryAsync<long>("select max(n) from (select count(*) as n from marketing_ops.campaign_sends where campaign_id = any($1) and state = 'accepted' group by contact_id) counted", others.Prepend(first).ToArray()));
    }
}
