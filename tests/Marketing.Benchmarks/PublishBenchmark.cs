using System.Diagnostics;
using Marketing.Identity;
using Marketing.Operations.Fence;
using Marketing.Social.Platforms;
using Marketing.Social.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Marketing.Benchmarks;

/// <summary>Claims from many scheduled posts, and posts from submit to confirm against an instant platform, over a PostgreSQL of its own that keeps its durability.</summary>
internal static class PublishBenchmark
{
    private const int AtOnce = 16;

    /// <summary>Runs one of them: claims [scheduled posts], publish [posts].</summary>
    public static Task RunAsync(string what, int size) => BenchmarkDatabase.RunAsync(
        [
            new("Social:Publishing:Batch", "1000"), new("Social:Publishing:Limits:0:Platform", "instagram"), new("Social:Publishing:Limits:0:Count", "1000"), new("Social:Publishing:Limits:0:Per", "1.00:00:00"),
        ],
        async bench =>
        {
            // The first environment that uses a database owns it.
            await bench.Services.GetRequiredService<EnvironmentFence>().IsReleasedAsync(CancellationToken.None);
            await (what == "claims" ? ClaimsAsync(bench, size) : PublishAsync(bench, size));
        },
        registrations => registrations.RemoveAll<IPublisher>().AddSingleton<IPublisher, InstantPlatform>());

    private static async Task ClaimsAsync(BenchmarkDatabase bench, int posts)
    {
        const int due = 40_000;
        await FillAsync(bench, accounts: 1000, posts, due);
        await using var scope = bench.Services.CreateAsyncScope();
        var claim = scope.ServiceProvider.GetRequiredService<ClaimDuePosts>();
        await claim.ClaimAsync(CancellationToken.None);
        var watch = Stopwatch.StartNew();
        var claimed = 0;
        while (await claim.ClaimAsync(CancellationToken.None) is { Claimed: > 0 } batch) claimed += batch.Claimed;
        await Console.Out.WriteLineAsync($"claims: {claimed} of {posts} scheduled posts in {watch.Elapsed.TotalSeconds:0.0} s, {claimed / watch.Elapsed.TotalSeconds:0} claims/s, one claimer, batches of 1,000");
    }

    private static async Task PublishAsync(BenchmarkDatabase bench, int posts)
    {
        await FillAsync(bench, accounts: posts, posts, due: posts);
        await using (var scope = bench.Services.CreateAsyncScope())
        {
            var claim = scope.ServiceProvider.GetRequiredService<ClaimDuePosts>();
            while (await claim.ClaimAsync(CancellationToken.None) is { Claimed: > 0 }) { }
        }
        var ids = new List<Guid>();
        await using (var command = bench.Database.CreateCommand("select post_id from marketing_ops.publish_jobs where state = 'open'"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) ids.Add(reader.GetGuid(0));
        await RunAsync(bench.Services, ids.Take(200));
        var memory = Environment.WorkingSet;
        var watch = Stopwatch.StartNew();
        await RunAsync(bench.Services, ids.Skip(200));
        var seconds = watch.Elapsed.TotalSeconds;
        var published = await bench.ScalarAsync<long>("select count(*) from marketing.social_posts where status = 'published'");
        await Console.Out.WriteLineAsync($"publish: {ids.Count - 200} posts from submit to confirm in {seconds:0.0} s, {(ids.Count - 200) / seconds:0} posts/s, {AtOnce} at once; {published} published; working set {memory / 1048576} → {Environment.WorkingSet / 1048576} MiB");
    }

    private static Task RunAsync(ServiceProvider services, IEnumerable<Guid> ids) => Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (id, stop) =>
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<PublishPost>().RunAsync(id, stop);
    });

    // The triggers' work is done set by set: a million rows one by one would take longer than what is measured.
    private static async Task FillAsync(BenchmarkDatabase bench, int accounts, int posts, int due)
    {
        await bench.ExecuteAsync($"insert into marketing.social_accounts (platform, account_name, external_account_id) select 'instagram', 'bench ' || n, 'bench-' || n from generate_series(1, {accounts}) n");
        var vault = bench.Services.GetRequiredService<TokenVault>();
        var ids = new List<Guid>();
        await using (var command = bench.Database.CreateCommand("select id from marketing.social_accounts where account_name like 'bench %' order by id"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) ids.Add(reader.GetGuid(0));
        await using (var command = bench.Database.CreateCommand("update marketing.social_accounts a set access_token = t.token from unnest($1, $2) t (id, token) where a.id = t.id"))
        {
            command.Parameters.AddWithValue(ids.ToArray());
            command.Parameters.AddWithValue(ids.Select(id => vault.Seal("token", "social_accounts", "access_token", id)).ToArray());
            await command.ExecuteNonQueryAsync();
        }
        await bench.ExecuteAsync("alter table marketing.social_posts disable trigger user");
        await bench.ExecuteAsync($"""
            insert into marketing.social_posts (account_id, post_type, caption, media_urls, status, scheduled_at, approval_status)
            select a.id, 'post', 'A morning by the pool, number ' || n, array['https://media.example.com/pool.jpg'], 'scheduled', case when n <= {due} then now() - interval '1 minute' else now() + n * interval '1 second' end, 'approved'
            from   generate_series(1, {posts}) n join (select id, row_number() over (order by id) as number from marketing.social_accounts where account_name like 'bench %') a on a.number = 1 + n % {accounts}
            """);
        await bench.ExecuteAsync("insert into marketing_ops.post_approvals (post_id, content_hash) select id, marketing_ops.post_hash(p) from marketing.social_posts p");
        await bench.ExecuteAsync("insert into marketing_ops.post_schedule (post_id, account_id, due_at) select id, account_id, scheduled_at from marketing.social_posts");
        await bench.ExecuteAsync("alter table marketing.social_posts enable trigger user");
        await bench.ExecuteAsync("vacuum analyze");
    }

    // Answers at once, so that what is measured is ours.
    private sealed class InstantPlatform : IPublisher
    {
        public string Platform => "instagram";

        public TimeSpan ShownWithin => TimeSpan.Zero;

        public Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken) => Task.FromResult<Outcome>(new Outcome.Submitted(Guid.NewGuid().ToString("N")));

        public Task<Outcome> PollAsync(PublishTarget target, string containerId, CancellationToken cancellationToken) => Task.FromResult<Outcome>(new Outcome.Ready());

        public Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken) => Task.FromResult<Outcome>(new Outcome.Published($"post-{containerId}", null));

        public Task<Outcome> FindAsync(PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken) => Task.FromResult<Outcome>(new Outcome.NotPublished());

        public Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken) => Task.FromResult<Outcome>(new Outcome.Published(externalPostId, null));
    }
}
