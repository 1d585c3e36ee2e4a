using System.Globalization;
using Marketing.Campaigns.Sending;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Campaigns.Sending;

/// <summary>A worker that dies between any two effects of a send. Rounds by <c>SENDING_KILL_ROUNDS</c>.</summary>
public sealed class SendKillTests(SendingFixture fixture) : IClassFixture<SendingFixture>
{
    private const int Recipients = 2_300; // three calls
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("SENDING_KILL_ROUNDS") ?? "2", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Killed_twice_at_any_two_steps_each_recipient_is_reached_exactly_once_or_listed_and_then_decided()
    {
        var recorder = new KillAt(null);
        await using (var worker = fixture.Worker(recorder)) await SendingFixture.SendAsync(worker, await fixture.CampaignAsync(Recipients));
        var moments = recorder.Moments.GroupBy(moment => moment).SelectMany(group => Enumerable.Range(1, group.Count()).Select(occurrence => (Moment: group.Key, Occurrence: occurrence))).ToList();
        Assert.Contains(moments, moment => moment.Moment == "answered");

        await using var healthy = fixture.Worker();
        var random = new Random(7);
        var (byPerson, again) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var campaign = await fixture.CampaignAsync(Recipients);
            // Every step has its turn first, then a second kill strikes anywhere.
            var kills = new[] { moments[round % moments.Count], moments[random.Next(moments.Count)] };
            foreach (var (moment, occurrence) in kills)
            {
                await using var doomed = fixture.Worker(new KillAt(moment, occurrence));
                try
                {
                    await SendingFixture.SendAsync(doomed, campaign);
                }
                catch (KilledException)
                {
                    // The second may find less to do than its occurrence needs.
                }
            }
            again += (int)(await fixture.StatesAsync(campaign)).GetValueOrDefault("submitted");
            byPerson += await FinishAsync(healthy, campaign);

            var taken = await fixture.TakenAsync(campaign);
            Assert.True(taken.Count == Recipients && taken.Values.All(count => count == 1), $"Round {round}, killed at {string.Join(" and ", kills)}: {taken.Count} reached, {taken.Values.Count(count => count > 1)} more than once.");
            Assert.Equal(new Dictionary<string, long> { ["accepted"] = Recipients }, await fixture.StatesAsync(campaign));
            Assert.Equal((Recipients, Recipients), await fixture.EventsAsync(campaign, "sent"));
            await SendingFixture.DispatchAsync(healthy);
            Assert.Equal("completed", await fixture.Product.QueryAsync<string>("select status from marketing.campaigns where id = $1", campaign));
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{Rounds} rounds × 2 kills × {Recipients} recipients: each reached once; {again} were left without an answer and settled, {byPerson} of them by a person. Steps: {string.Join(", ", moments.Select(moment => moment.Moment).Distinct())}");
    }

    // Time passes, SendGrid reports what it took, the timer runs, a worker runs; until nothing moves. What then is unconfirmed was listed, and a person decides.
    private async Task<int> FinishAsync(ServiceProvider worker, Guid campaign)
    {
        var decided = 0;
        for (var pass = 0; pass < 10; pass++)
        {
            await fixture.AgeAsync(campaign, TimeSpan.FromMinutes(15));
            var ids = (await fixture.SendsAsync(campaign)).Select(send => send.ToString()).ToHashSet();
            await fixture.ReportAsync(worker, fixture.Stub.Taken.All.Where(message => ids.Contains(message.SendId)));
            await SendingFixture.DispatchAsync(worker);
            await SendingFixture.SendAsync(worker, campaign);
            var states = await fixture.StatesAsync(campaign);
            if (states.GetValueOrDefault("accepted") == Recipients) return decided;
            if (pass < 2 || states.GetValueOrDefault("queued") > 0) continue;
            var taken = await fixture.TakenAsync(campaign);
            foreach (var send in await fixture.SendsAsync(campaign, "unconfirmed"))
            {
                Assert.False(taken.ContainsKey(send), "SendGrid took and reported it, and it is still unconfirmed.");
                await worker.GetRequiredService<ResolveSend>().RunAsync(campaign, send, "resend", Marketing.Identity.Caller.Job("test"), TestContext.Current.CancellationToken);
                decided++;
            }
        }
        return decided;
    }
}
