using System.Collections.Concurrent;
using System.Globalization;
using Marketing.Social.Publishing;

namespace Marketing.IntegrationTests.Social.Platforms;

/// <summary>
/// Ends a worker at every recorded moment of every kind of post, as a kill would: nothing of its is written any more. Rounds by
/// <c>PUBLISHING_KILL_ROUNDS</c>.
/// </summary>
public sealed class PlatformKillTests(PlatformFixture fixture) : IClassFixture<PlatformFixture>
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("PUBLISHING_KILL_ROUNDS") ?? "1", CultureInfo.InvariantCulture);

    [Theory]
    [MemberData(nameof(PlatformCases.Names), MemberType = typeof(PlatformCases))]
    public async Task Killed_at_any_moment_each_post_goes_out_exactly_once(string name)
    {
        var kind = PlatformCases.All[name];
        var recorder = new MomentObserver();
        await using (var worker = fixture.Worker(recorder))
        {
            var trial = await fixture.DuePostAsync(kind);
            await PlatformFixture.ClaimAsync(worker);
            Assert.True((await fixture.PublishAllAsync(worker, [trial], TimeSpan.FromSeconds(30))).Count == 0 && await fixture.StatusAsync(trial) == "published", await fixture.AttemptsAsync(trial));
        }
        var moments = recorder.Moments.Where(moment => !moment.StartsWith("claimed", StringComparison.Ordinal)).Distinct().ToList();

        await using var healthy = fixture.Worker();
        var due = new List<(DuePost Post, string Moment)>();
        foreach (var moment in moments)
            for (var round = 0; round < Rounds; round++) due.Add((await fixture.DuePostAsync(kind), moment));
        await PlatformFixture.ClaimAsync(healthy);
        var killer = new MomentObserver { KillAt = due.ToDictionary(each => each.Post.Id, each => each.Moment) };
        var killed = 0;
        await using (var doomed = fixture.Worker(killer))
        {
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (each, _) =>
            {
                try
                {
                    await PlatformFixture.RunAsync(doomed, each.Post);
                }
                catch (KilledException)
                {
                    Interlocked.Increment(ref killed);
                }
            });
        }
        Assert.True(killed >= due.Count * 8 / 10, $"Only {killed} of {due.Count} workers met the moment of their end.");

        await fixture.PublishAllAsync(healthy, [.. due.Select(each => each.Post)], TimeSpan.FromSeconds(kind.ProvesAbsence ? 90 : 10));
        var published = await fixture.PublishedAsync();
        var unconfirmed = 0;
        foreach (var (post, moment) in due)
        {
            var seen = post.Among(published);
            Assert.True(seen.Count <= 1, $"{name}, killed at '{moment}': {seen.Count} posts at the platform.\n{await fixture.AttemptsAsync(post)}");
            if (kind.ProvesAbsence || seen.Count == 1 && await fixture.StatusAsync(post) == "published")
                Assert.True(seen.Count == 1 && await fixture.StatusAsync(post) == "published", $"{name}, killed at '{moment}': {seen.Count} posts at the platform, {await fixture.StatusAsync(post)}.\n{await fixture.AttemptsAsync(post)}");
            else unconfirmed++;
            if (kind.Options?.Contains("first_comment", StringComparison.Ordinal) == true)
                Assert.True(seen[0]["comments"]!.AsArray().Count == 1, $"{name}, killed at '{moment}': {seen[0]["comments"]!.AsArray().Count} first comments.\n{await fixture.AttemptsAsync(post)}");
        }
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{name}: {moments.Count} moments × {Rounds} rounds, {killed} kills: {due.Count} posts due, {due.Count - unconfirmed} out once, {unconfirmed} left unconfirmed for a person, 0 twice");
    }
}

/// <summary>Ends the worker.</summary>
public sealed class KilledException : Exception;

/// <summary>Notes the moments of publishing, each with its number as it may come again, or ends the worker at one of them.</summary>
public sealed class MomentObserver : IPublishStepObserver
{
    private readonly ConcurrentDictionary<(Guid, string), int> seen = new();

    /// <summary>The moment at which the worker of a post is ended.</summary>
    public IReadOnlyDictionary<Guid, string> KillAt { get; init; } = new Dictionary<Guid, string>();

    public ConcurrentQueue<string> Moments { get; } = new();

    public ValueTask ReachedAsync(string moment, Guid postId)
    {
        var numbered = string.Create(CultureInfo.InvariantCulture, $"{moment} {seen.AddOrUpdate((postId, moment), 1, (_, count) => count + 1)}");
        Moments.Enqueue(numbered);
        return KillAt.GetValueOrDefault(postId) == numbered ? throw new KilledException() : ValueTask.CompletedTask;
    }
}
