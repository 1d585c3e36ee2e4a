using System.Collections.Concurrent;
using Marketing.IntegrationTests.Support;
using Marketing.Social.Publishing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Social;

public sealed class PublishingTests(PublishingFixture fixture) : IClassFixture<PublishingFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_due_approved_post_goes_out_once_and_leaves_its_traces()
    {
        await using var worker = Worker();
        var post = await fixture.DuePostAsync("goes out once");
        await ClaimAsync(worker);
        await ClaimAsync(worker);
        await Task.WhenAll(RunAsync(worker, post), RunAsync(worker, post), RunAsync(worker, post));
        await PublishedEventuallyAsync(worker, post);
        await RunAsync(worker, post);

        Assert.Single(await fixture.PublishedAsync(), "goes out once");
        Assert.Equal(1L, await fixture.Product.QueryAsync<long>("""
            select count(*) from marketing.social_posts where id = $1 and status = 'published' and published_at is not null and external_post_id is not null and external_url like 'https://www.instagram.com/p/%'
            """, post));
        Assert.Equal(["submit", "poll", "finalise", "confirm"], (await fixture.Product.QueryAsync<string[]>(
            "select array_agg(step order by number) from marketing_ops.publish_attempts where post_id = $1 and state = 'succeeded'", post)));
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("rejected")]
    [InlineData("changes_requested")]
    public async Task A_post_that_is_not_approved_never_goes_out(string approval)
    {
        await using var worker = Worker();
        var post = await fixture.DuePostAsync($"not approved: {approval}", approval);
        await ClaimAsync(worker);
        await RunAsync(worker, post);
        Assert.Equal("scheduled", await StatusAsync(post));
        Assert.DoesNotContain($"not approved: {approval}", await fixture.PublishedAsync());
    }

    [Fact]
    public async Task Two_dispatchers_claim_each_post_once()
    {
        await using var one = Worker();
        await using var other = Worker();
        var posts = new List<Guid>();
        for (var i = 0; i < 10; i++) posts.Add(await fixture.DuePostAsync($"two dispatchers {i}"));
        await Task.WhenAll(ClaimAsync(one), ClaimAsync(other), ClaimAsync(one), ClaimAsync(other));
        await Task.WhenAll(posts.SelectMany(post => new[] { RunAsync(one, post), RunAsync(other, post) }));
        foreach (var post in posts) await PublishedEventuallyAsync(one, post);
        Assert.Equal(10, (await fixture.PublishedAsync()).Count(caption => caption.StartsWith("two dispatchers", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_answer_lost_after_publishing_is_found_by_reading_and_not_repeated()
    {
        await using var worker = Worker();
        var post = await fixture.DuePostAsync("answer lost");
        await fixture.ArrangeAsync(new { path = "/media_publish", act_then_drop = true });
        await ClaimAsync(worker);
        await PublishedEventuallyAsync(worker, post);
        Assert.Single(await fixture.PublishedAsync(), "answer lost");
        Assert.Equal(1L, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.publish_attempts where post_id = $1 and step = 'reconcile' and state = 'succeeded'", post));
    }

    [Fact]
    public async Task A_publish_that_never_arrived_is_repeated_after_two_reads()
    {
        await using var worker = Worker();
        var post = await fixture.DuePostAsync("never arrived");
        await fixture.ArrangeAsync(new { path = "/media_publish", drop = true });
        await ClaimAsync(worker);
        await PublishedEventuallyAsync(worker, post);
        Assert.Single(await fixture.PublishedAsync(), "never arrived");
    }

    [Fact]
    public async Task A_throttled_post_waits_and_goes_out()
    {
        await using var worker = Worker();
        var post = await fixture.DuePostAsync("throttled");
        await fixture.ArrangeAsync(new { method = "POST", path = "/media", status = 400, body = """{"error":{"message":"limit","type":"OAuthException","code":4,"fbtrace_id":"A"}}""" });
        await ClaimAsync(worker);
        await RunAsync(worker, post);
        Assert.Equal("publishing", await StatusAsync(post));
        await PublishedEventuallyAsync(worker, post);
        Assert.Single(await fixture.PublishedAsync(), "throttled");
    }

    [Fact]
    public async Task A_dead_token_fails_the_post_and_disconnects_the_account()
    {
        await using var worker = Worker();
        var post = await fixture.DuePostAsync("dead token", token: "some-old-token");
        await ClaimAsync(worker);
        await RunAsync(worker, post);
        Assert.Equal("failed", await StatusAsync(post));
        Assert.Equal("disconnected", await fixture.Product.QueryAsync<string>("select account.status from marketing.social_accounts account join marketing.social_posts post on post.account_id = account.id where post.id = $1", post));
        Assert.Equal(0L, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.publish_attempts where detail like '%some-old-token%'"));
    }

    /// <summary>At each moment between two effects ten workers are ended, as a kill would end them: nothing of theirs is written any more.</summary>
    [Fact]
    public async Task Killed_at_any_moment_each_post_goes_out_exactly_once()
    {
        const int posts = 10;
        var recorder = new Observer();
        await using (var worker = Worker(recorder))
        {
            var post = await fixture.DuePostAsync("moments");
            await ClaimAsync(worker);
            await PublishedEventuallyAsync(worker, post);
        }
        var moments = recorder.Moments.Distinct().Where(moment => moment != "claimed").ToList();
        Assert.True(moments.Count >= 12, string.Join(", ", moments));

        await using var healthy = Worker();
        foreach (var moment in moments)
        {
            var due = new List<Guid>();
            for (var i = 0; i < posts; i++) due.Add(await fixture.DuePostAsync($"killed at {moment}, {i}"));
            await ClaimAsync(healthy);
            var killer = new Observer { KillAt = moment };
            await using (var doomed = Worker(killer)) await Task.WhenAll(due.Select(post => Assert.ThrowsAsync<KilledException>(() => RunAsync(doomed, post))));
            await Task.WhenAll(due.Select(post => PublishedEventuallyAsync(healthy, post)));
            var published = (await fixture.PublishedAsync()).Where(caption => caption.StartsWith($"killed at {moment},", StringComparison.Ordinal)).ToList();
            Assert.True(published.Count == posts && published.Distinct().Count() == posts, $"{moment}: {published.Count} publications of {posts} posts");
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{moments.Count} moments × {posts} kills: posts at the stand-in = posts due ({string.Join(", ", moments)})");
    }

    private ServiceProvider Worker(IPublishStepObserver? observer = null) =>
        fixture.Product.Build(fixture.Settings(), services => services.AddSingleton(observer ?? new Observer()));

    private static async Task ClaimAsync(ServiceProvider worker)
    {
        await using var scope = worker.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ClaimDuePosts>().RunAsync(Stop);
    }

    private static async Task RunAsync(ServiceProvider worker, Guid post)
    {
        await using var scope = worker.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<PublishPost>().RunAsync(post, Stop);
    }

    private Task<string> PublishedEventuallyAsync(ServiceProvider worker, Guid post) => Eventually.BecomesAsync(async () =>
    {
        await RunAsync(worker, post);
        return await StatusAsync(post);
    }, status => status == "published");

    private Task<string> StatusAsync(Guid post) => fixture.Product.QueryAsync<string>("select status from marketing.social_posts where id = $1", post);

    private sealed class KilledException : Exception;

    private sealed class Observer : IPublishStepObserver
    {
        public string? KillAt { get; init; }

        public ConcurrentQueue<string> Moments { get; } = new();

        public ValueTask ReachedAsync(string moment, Guid postId)
        {
            Moments.Enqueue(moment);
            return moment == KillAt ? throw new KilledException() : ValueTask.CompletedTask;
        }
    }
}
