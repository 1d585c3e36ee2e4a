using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Azure.Storage.Queues;
using Marketing.IntegrationTests.Support;
using Marketing.Operations;
using Marketing.Social.Platforms;
using Marketing.Social.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Marketing.IntegrationTests.Social;

/// <summary>
/// Many posts due in one minute, four workers whose clocks are up to five minutes apart, a platform that counts and throttles, loses answers and shows posts late.
/// <c>MARKETING_PROOF_POSTS=10000</c> makes it large.
/// </summary>
public sealed class PublishingProofTests(PublishingFixture fixture) : IClassFixture<PublishingFixture>
{
    private const int PostsPerAccount = 20;
    private const int Workers = 4;
    private const int MaxPerWindow = 8;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Posts_due_in_one_minute_all_go_out_once_in_order_none_early_and_no_limit_is_exceeded()
    {
        var posts = int.Parse(Environment.GetEnvironmentVariable("MARKETING_PROOF_POSTS") ?? "400", CultureInfo.InvariantCulture);
        await FillAsync(posts);
        var platform = new CountingPlatform();
        var workers = Enumerable.Range(0, Workers).Select(number => Build(platform, TimeSpan.FromMinutes((number * 5d / (Workers - 1)) - 2.5))).ToList();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var watch = Stopwatch.StartNew();
        var running = workers.Select(worker => WorkAsync(worker, end.Token)).Append(ClaimAsync(workers[0], end.Token)).Append(ClaimAsync(workers[1], end.Token)).ToList();
        var limit = TimeSpan.FromSeconds(60 + (posts / 20));
        await Eventually.BecomesAsync(() => fixture.Product.QueryAsync<long>("select count(*) from marketing.social_posts where status = 'published' and caption like 'proof %'"), published => published == posts, limit);
        watch.Stop();
        await end.CancelAsync();
        await Task.WhenAll(running);
        foreach (var worker in workers) await worker.DisposeAsync();

        Assert.Equal(posts, platform.Published.Count);
        Assert.Equal(posts, platform.Published.Select(post => post.PostId).Distinct().Count());
        var due = await DueAsync();
        Assert.All(platform.Published, post => Assert.True(post.At >= due[post.PostId].DueAt, "early"));
        var outOfOrder = 0;
        foreach (var account in platform.Published.GroupBy(post => post.Account))
        {
            var inTime = account.OrderBy(post => post.At).ToList();
            outOfOrder += inTime.Zip(inTime.Skip(1)).Count(pair => due[pair.First.PostId].Order > due[pair.Second.PostId].Order);
            for (var i = MaxPerWindow; i < inTime.Count; i++) Assert.True(inTime[i].At - inTime[i - MaxPerWindow].At >= Window, $"more than {MaxPerWindow} in {Window}: {inTime[i].At - inTime[i - MaxPerWindow].At}");
        }
        Assert.Equal(0, outOfOrder);
        // What is written is the instant, whichever worker's clock was off.
        Assert.Equal(0L, await fixture.Product.QueryAsync<long>("select count(*) from marketing.social_posts where caption like 'proof %' and published_at not between scheduled_at and now()"));
        Assert.Equal(0, platform.Throttled);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{posts} posts of {posts / PostsPerAccount} accounts, {Workers} workers, {watch.Elapsed.TotalSeconds:0.0} s ({posts / watch.Elapsed.TotalSeconds:0}/s): {platform.Published.Count} out, none twice, none early, order kept, {platform.LostAnswers} answers lost and found by reading, {platform.Throttled} over the limit");
    }

    private async Task FillAsync(int posts)
    {
        await fixture.Product.ExecuteAsync("insert into marketing.social_accounts (platform, account_name, external_account_id) select 'instagram', 'proof', 'proof-' || n from generate_series(1, $1) n", posts / PostsPerAccount);
        await fixture.Product.ExecuteAsync("""
            insert into marketing.social_posts (account_id, post_type, caption, media_urls, status, scheduled_at, approval_status)
            select account.id, 'post', 'proof ' || n, array['https://media.example.com/pool.jpg'], 'scheduled', now() + interval '2 seconds' + n * interval '100 milliseconds', 'approved'
            from   marketing.social_accounts account cross join generate_series(1, $1) n where account.account_name = 'proof'
            """, PostsPerAccount);
        var vault = fixture.Product.Services.GetRequiredService<Marketing.Identity.TokenVault>();
        var ids = new List<Guid>();
        await using (var command = fixture.Product.Database.CreateCommand("select id from marketing.social_accounts where account_name = 'proof'"))
        await using (var reader = await command.ExecuteReaderAsync(Stop))
            while (await reader.ReadAsync(Stop)) ids.Add(reader.GetGuid(0));
        await fixture.Product.ExecuteAsync("update marketing.social_accounts a set access_token = t.token from unnest($1, $2) t (id, token) where a.id = t.id", ids.ToArray(), ids.Select(id => vault.Seal("token", "social_accounts", "access_token", id)).ToArray());
    }

    private async Task<Dictionary<Guid, (DateTimeOffset DueAt, int Order)>> DueAsync()
    {
        var due = new Dictionary<Guid, (DateTimeOffset, int)>();
        await using var command = fixture.Product.Database.CreateCommand("select id, scheduled_at, substring(caption from 7)::int from marketing.social_posts where caption like 'proof %'");
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop)) due[reader.GetGuid(0)] = (reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt32(2));
        return due;
    }

    private ServiceProvider Build(CountingPlatform platform, TimeSpan clockIsOff) => fixture.Product.Build(
        [
            .. fixture.Settings().Where(setting => setting.Key != "Social:Publishing:Lease"),
            new("Social:Publishing:Lease", "00:00:30"),
            new("Social:Publishing:Limits:0:Platform", "instagram"),
            new("Social:Publishing:Limits:0:Count", MaxPerWindow.ToString(CultureInfo.InvariantCulture)),
            new("Social:Publishing:Limits:0:Per", Window.ToString()),
            new("Social:Publishing:LimitMargin", "00:00:01"),
        ],
        services =>
        {
            services.RemoveAll<IPublisher>();
            services.AddSingleton<IPublisher>(platform);
            services.AddSingleton<TimeProvider>(new ClockThatIsOff(clockIsOff));
        });

    // As the host does with a queue trigger.
    private static async Task WorkAsync(ServiceProvider worker, CancellationToken cancellationToken)
    {
        var queue = worker.GetRequiredService<QueueServiceClient>().GetQueueClient(QueueNames.PublishPost);
        await queue.CreateIfNotExistsAsync(cancellationToken: CancellationToken.None);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var messages = (await queue.ReceiveMessagesAsync(16, TimeSpan.FromMinutes(5), cancellationToken)).Value;
                if (messages.Length == 0) await Task.Delay(50, cancellationToken);
                await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (message, stop) =>
                {
                    await using var scope = worker.CreateAsyncScope();
                    await scope.ServiceProvider.GetRequiredService<PublishPost>().RunAsync(Guid.Parse(message.MessageText), stop);
                    await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, stop);
                });
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static async Task ClaimAsync(ServiceProvider worker, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = worker.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<ClaimDuePosts>().RunAsync(cancellationToken);
                await Task.Delay(250, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private sealed class ClockThatIsOff(TimeSpan off) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + off;
    }

    /// <summary>A platform that counts what arrives, refuses more than its limit, and loses every fiftieth answer after acting; its lists show a post a moment later.</summary>
    private sealed class CountingPlatform : IPublisher
    {
        private readonly ConcurrentDictionary<string, (string Account, Guid Post)> containers = new();
        private readonly ConcurrentDictionary<string, DateTimeOffset> published = new();
        private readonly ConcurrentDictionary<string, List<DateTimeOffset>> uses = new();
        private int throttled;
        private int lost;

        public ConcurrentQueue<(string Account, Guid PostId, DateTimeOffset At)> Published { get; } = new();

        public int Throttled => throttled;

        public int LostAnswers => lost;

        public string Platform => "instagram";

        // Two reads of workers whose clocks differ must not be taken for two reads that lie this far apart.
        public TimeSpan ShownWithin => TimeSpan.FromSeconds(1);

        public Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken)
        {
            var container = Guid.NewGuid().ToString("N");
            containers[container] = (target.ExternalAccountId, target.PostId);
            return Task.FromResult<Outcome>(new Outcome.Submitted(container));
        }

        public Task<Outcome> PollAsync(PublishTarget target, string containerId, CancellationToken cancellationToken) => Task.FromResult<Outcome>(new Outcome.Ready());

        public Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
        {
            var now = TimeProvider.System.GetUtcNow();
            var own = uses.GetOrAdd(target.ExternalAccountId, _ => []);
            lock (own)
            {
                if (own.Count(at => at > now - Window) >= MaxPerWindow)
                {
                    Interlocked.Increment(ref throttled);
                    return Task.FromResult<Outcome>(new Outcome.RetryLater(Window, "Too many."));
                }
                own.Add(now);
            }
            Published.Enqueue((target.ExternalAccountId, containers[containerId].Post, now));
            published[containerId] = now;
            if (Published.Count % 50 != 0) return Task.FromResult<Outcome>(new Outcome.Published($"post-{containerId}", null));
            Interlocked.Increment(ref lost);
            return Task.FromResult<Outcome>(new Outcome.Unconfirmed("The answer was lost."));
        }

        public Task<Outcome> FindAsync(PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken) =>
            Task.FromResult<Outcome>(published.TryGetValue(containerId, out var at) && TimeProvider.System.GetUtcNow() - at > ShownWithin / 2 ? new Outcome.Published($"post-{containerId}", null) : new Outcome.NotPublished());

        public Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken) =>
            Task.FromResult<Outcome>(new Outcome.Published(externalPostId, $"https://www.instagram.com/p/{externalPostId}/"));
    }
}
