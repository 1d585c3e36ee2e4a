using System.Collections.Concurrent;
using Marketing.Social.Platforms;

namespace Marketing.IntegrationTests.Social;

/// <summary>A platform that refuses, throttles, forgets containers, loses answers before and after acting, and shows posts late. Its chances come from a seed.</summary>
internal sealed class UnreliablePlatform(TimeProvider clock, int seed) : IPublisher
{
    private static readonly TimeSpan ShownAfter = TimeSpan.FromSeconds(40);

    private readonly Lock door = new();
    private readonly Random random = new(seed);
    private readonly ConcurrentDictionary<string, Guid> containers = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> shownAt = new();

    /// <summary>What is out, an entry for each time that it went out.</summary>
    public ConcurrentQueue<(Guid PostId, DateTimeOffset At)> Out { get; } = new();

    /// <summary>Faults by name.</summary>
    public ConcurrentDictionary<string, int> Faults { get; } = new();

    public string Platform => "instagram";

    public TimeSpan ShownWithin => TimeSpan.FromSeconds(45);

    public Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken) => Task.FromResult(Next() switch
    {
        < 0.030 => Fault(new Outcome.RetryLater(null, "Try again."), "submit: try again"),
        < 0.060 => Fault(new Outcome.RetryLater(TimeSpan.FromMinutes(1 + (Next() * 90)), "Too many."), "submit: wait"),
        < 0.062 => Fault(new Outcome.RetryLater(TimeSpan.FromMinutes(20), "Too many of the app.") { IsOfApp = true }, "submit: the app waits"),
        < 0.072 => Fault(new Outcome.Reject("caption", "Not this."), "submit: reject"),
        < 0.082 => Fault(new Outcome.Unknown("What?"), "submit: unknown"),
        < 0.084 => Fault(new Outcome.Disconnect("The person took the consent back."), "submit: disconnect"),
        _ => new Outcome.Submitted(Container(target.PostId)),
    });

    public Task<Outcome> PollAsync(PublishTarget target, string containerId, CancellationToken cancellationToken) => Task.FromResult(Next() switch
    {
        < 0.20 => new Outcome.Processing(),
        < 0.22 => Fault(new Outcome.SubmitAgain("The container is lost."), "poll: lost"),
        < 0.25 => Fault(new Outcome.RetryLater(null, "Try again."), "poll: try again"),
        _ => new Outcome.Ready(),
    });

    public Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken) => Task.FromResult(Next() switch
    {
        < 0.05 => Fault(Act(containerId, new Outcome.Unconfirmed("The answer was lost.")), "finalise: answer lost"),
        < 0.08 => Fault(new Outcome.Unconfirmed("The request was lost."), "finalise: request lost"),
        < 0.10 => Fault(new Outcome.RetryLater(TimeSpan.FromMinutes(5), "Too many."), "finalise: wait"),
        < 0.11 => Fault(new Outcome.SubmitAgain("The container has ended."), "finalise: container ended"),
        _ => Act(containerId, new Outcome.Published($"post-{containerId}", null)),
    });

    public Task<Outcome> FindAsync(PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken) => Task.FromResult(Next() switch
    {
        < 0.05 => Fault(new Outcome.Unconfirmed("The list cannot be read."), "find: cannot tell"),
        < 0.10 => Fault(new Outcome.RetryLater(null, "Try again."), "find: try again"),
        _ => shownAt.TryGetValue(containerId, out var shown) && shown <= clock.GetUtcNow() ? new Outcome.Published($"post-{containerId}", null) : (Outcome)new Outcome.NotPublished(),
    });

    public Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken) => Task.FromResult(Next() switch
    {
        < 0.05 => Fault(new Outcome.RetryLater(null, "Try again."), "read: try again"),
        _ => new Outcome.Published(externalPostId, $"https://www.instagram.com/p/{externalPostId}/"),
    });

    private string Container(Guid postId)
    {
        var container = Guid.NewGuid().ToString("N");
        containers[container] = postId;
        return container;
    }

    private Outcome Act(string containerId, Outcome answer)
    {
        Out.Enqueue((containers[containerId], clock.GetUtcNow()));
        shownAt[containerId] = clock.GetUtcNow() + ShownAfter;
        return answer;
    }

    private Outcome Fault(Outcome outcome, string name)
    {
        Faults.AddOrUpdate(name, 1, (_, count) => count + 1);
        return outcome;
    }

    private double Next()
    {
        lock (door) return random.NextDouble();
    }
}
