using System.Globalization;
using Azure.Storage.Queues;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Social.Platforms;
using Marketing.Social.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Marketing.IntegrationTests.Social;

/// <summary>
/// A week of two posts a day for each account, in minutes: the clock moves from one thing that is due to the next. Workers die at random, nobody works for some
/// hours, accounts are paused, messages are lost, and the platform is unreliable. <c>MARKETING_PROOF_ACCOUNTS=200</c> makes it large, <c>MARKETING_PROOF_SEED</c> gives another week.
/// </summary>
public sealed class PublishingWeekTests(PublishingFixture fixture) : IClassFixture<PublishingFixture>
{
    private const int PostsPerAccount = 14;

    private readonly Random random = new(Setting("MARKETING_PROOF_SEED", 1));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_week_of_faults_every_post_is_published_once_or_says_why_not()
    {
        var accounts = Setting("MARKETING_PROOF_ACCOUNTS", 3);
        await using var clock = new SimulatedClock(fixture.Product);
        await clock.StartAsync();
        await FillAsync(clock, accounts);
        var platform = new UnreliablePlatform(clock, random.Next());
        var death = new SuddenDeath(random.Next());
        await using var worker = Build(clock, platform, death);
        var queue = worker.GetRequiredService<QueueServiceClient>().GetQueueClient(QueueNames.PublishPost);
        await queue.CreateIfNotExistsAsync(cancellationToken: Stop);
        var (ends, turns) = (clock.Now.AddDays(10), 0);
        while (clock.Now < ends && await OpenAsync(clock) > 0)
        {
            if (await TurnAsync(worker, queue, Stop)) turns++;
            await MeddleAsync(clock, ends.AddDays(-3));
            await clock.MoveAsync(await UntilNextAsync(clock));
        }

        var posts = await PostsAsync();
        Assert.Equal(accounts * PostsPerAccount, posts.Count);
        Assert.All(posts.Values, post => Assert.True(post is { Status: "published", Job: "published" } || (post is { Status: "failed", Job: "failed" or "missed" } && post.Reason.Length > 10), $"{post}"));
        var wentOut = platform.Out.GroupBy(post => post.PostId).ToDictionary(group => group.Key, group => group.ToList());
        Assert.All(wentOut.Values, times => Assert.Single(times));
        Assert.All(wentOut, post => Assert.True(post.Value[0].At >= posts[post.Key].ScheduledAt, "early"));
        Assert.All(posts.Where(post => post.Value.Status == "published"), post => Assert.Contains(post.Key, wentOut.Keys));
        // One whose account was disconnected before its answer could be read stays unconfirmed: retrying it goes on by reading.
        Assert.All(posts.Where(post => post.Value.Status == "failed" && wentOut.ContainsKey(post.Key)), post => Assert.True(post.Value.MayBeOut, $"{post}"));
        Assert.True(platform.Faults.Values.Sum() > posts.Count / 10 && death.Deaths > 0, "too quiet a week");
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{posts.Count} posts of {accounts} accounts in {turns} turns: {posts.Values.Count(post => post.Status == "published")} published, {posts.Values.Count(post => post.Job == "failed")} failed, {posts.Values.Count(post => post.Job == "missed")} missed, none twice, none early; "
            + $"{death.Deaths} workers died; {string.Join(", ", platform.Faults.OrderBy(fault => fault.Key).Select(fault => $"{fault.Value} {fault.Key}"))}");
        foreach (var reason in posts.Values.Where(post => post.Status == "failed").GroupBy(post => post.Reason[..Math.Min(60, post.Reason.Length)]).OrderByDescending(group => group.Count()).Take(12))
            TestContext.Current.TestOutputHelper!.WriteLine($"{reason.Count()} × {reason.Key}");
    }

    private async Task FillAsync(SimulatedClock clock, int accounts)
    {
        await fixture.Product.ExecuteAsync("insert into marketing.social_accounts (platform, account_name, external_account_id) select 'instagram', 'week', 'week-' || n from generate_series(1, $1) n", accounts);
        var vault = fixture.Product.Services.GetRequiredService<TokenVault>();
        var ids = await fixture.Product.QueryAsync<Guid[]>("select array_agg(id) from marketing.social_accounts where account_name = 'week'");
        await fixture.Product.ExecuteAsync("update marketing.social_accounts a set access_token = t.token from unnest($1, $2) t (id, token) where a.id = t.id", ids, ids.Select(id => vault.Seal("token", "social_accounts", "access_token", id)).ToArray());
        await ExecuteAsync(clock, $"""
            insert into marketing.social_posts (account_id, post_type, caption, media_urls, status, scheduled_at, approval_status)
            select account.id, 'post', 'week ' || n, array['https://media.example.com/pool.jpg'], 'scheduled', now() + n * interval '12 hours' - mod(account.number, 40) * interval '1 minute', 'approved'
            from   (select id, row_number() over (order by id) as number from marketing.social_accounts where account_name = 'week') account cross join generate_series(1, {PostsPerAccount}) n
            """);
    }

    private ServiceProvider Build(SimulatedClock clock, UnreliablePlatform platform, SuddenDeath death) => fixture.Product.Build(
        [new(DatabaseConnection.Setting, clock.Address), new("Social:Publishing:PollInlineFor", "00:00:00"), new("Social:Publishing:MaxLateness", "02:00:00")],
        services =>
        {
            services.RemoveAll<IPublisher>();
            services.AddSingleton<IPublisher>(platform);
            services.AddSingleton<IPublishStepObserver>(death);
            services.AddSingleton<TimeProvider>(clock);
        });

    // What the timer and the queue trigger do until nothing is left to do now. A message that a dead worker held is lost.
    private static async Task<bool> TurnAsync(ServiceProvider worker, QueueClient queue, CancellationToken cancellationToken)
    {
        var did = false;
        await using (var scope = worker.CreateAsyncScope())
        {
            try
            {
                await scope.ServiceProvider.GetRequiredService<ClaimDuePosts>().RunAsync(cancellationToken);
            }
            catch (SuddenDeath.DiedException)
            {
                did = true;
            }
        }
        while ((await queue.ReceiveMessagesAsync(32, TimeSpan.FromHours(1), cancellationToken)).Value is { Length: > 0 } messages)
        {
            did = true;
            await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (message, stop) =>
            {
                try
                {
                    await using var scope = worker.CreateAsyncScope();
                    await scope.ServiceProvider.GetRequiredService<PublishPost>().RunAsync(Guid.Parse(message.MessageText), stop);
                }
                catch (SuddenDeath.DiedException)
                {
                    return;
                }
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, stop);
            });
        }
        return did;
    }

    // Now and then nobody works for some hours, and an account is paused or goes on.
    private async Task MeddleAsync(SimulatedClock clock, DateTimeOffset lastPause)
    {
        if (clock.Now > lastPause)
        {
            await ExecuteAsync(clock, "update marketing_ops.account_publishing set paused_at = null where paused_at is not null");
            return;
        }
        if (random.NextDouble() < 0.004) await clock.MoveAsync(TimeSpan.FromHours(1 + (random.NextDouble() * 3)));
        if (random.NextDouble() > 0.02) return;
        await ExecuteAsync(clock, """
            insert into marketing_ops.account_publishing as own (account_id, paused_at) select id, now() from marketing.social_accounts where account_name = 'week' order by random() limit 1
            on conflict (account_id) do update set paused_at = case when own.paused_at is null then now() end
            """);
        await ExecuteAsync(clock, "update marketing_ops.account_publishing set paused_at = null where paused_at < now() - interval '3 hours'");
    }

    // The next time at which something is due; a minute where something is due already and waits for its turn.
    private static async Task<TimeSpan> UntilNextAsync(SimulatedClock clock)
    {
        await using var command = clock.Database.CreateCommand("""
            select least((select min(due_at) from marketing_ops.post_schedule where due_at > now()),
                         (select min(greatest(due_at, redispatch_at, leased_until, now() + interval '1 minute')) from marketing_ops.publish_jobs where state = 'open'),
                         (select now() + interval '10 minutes' from marketing_ops.post_schedule where due_at <= now() limit 1), now() + interval '6 hours') - now()
            """);
        return (TimeSpan)(await command.ExecuteScalarAsync(Stop))!;
    }

    private static async Task<long> OpenAsync(SimulatedClock clock)
    {
        await using var command = clock.Database.CreateCommand("select count(*) from marketing.social_posts where status in ('scheduled', 'publishing')");
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }

    private async Task<Dictionary<Guid, Post>> PostsAsync()
    {
        var posts = new Dictionary<Guid, Post>();
        await using var command = fixture.Product.Database.CreateCommand("""
            select post.id, post.status, post.scheduled_at, job.state, coalesce(job.reason, ''),
                   exists (select from marketing_ops.publish_attempts attempt where attempt.post_id = post.id and attempt.step = 'finalise' and attempt.state in ('started', 'unconfirmed'))
            from   marketing.social_posts post left join marketing_ops.publish_jobs job on job.post_id = post.id where post.caption like 'week %'
            """);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop)) posts[reader.GetGuid(0)] = new Post(reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.IsDBNull(3) ? "" : reader.GetString(3), reader.GetString(4), reader.GetBoolean(5));
        return posts;
    }

    private static async Task ExecuteAsync(SimulatedClock clock, string sql)
    {
        await using var command = clock.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static int Setting(string name, int usual) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? int.Parse(set, CultureInfo.InvariantCulture) : usual;

    private sealed record Post(string Status, DateTimeOffset ScheduledAt, string Job, string Reason, bool MayBeOut);

    /// <summary>Ends a worker between two effects, one time in two hundred.</summary>
    private sealed class SuddenDeath(int seed) : IPublishStepObserver
    {
        private readonly Lock door = new();
        private readonly Random random = new(seed);

        public int Deaths { get; private set; }

        public ValueTask ReachedAsync(string moment, Guid postId)
        {
            lock (door)
            {
                if (random.NextDouble() > 0.005) return ValueTask.CompletedTask;
                Deaths++;
            }
            throw new DiedException();
        }

        public sealed class DiedException() : Exception("The worker died.");
    }
}
