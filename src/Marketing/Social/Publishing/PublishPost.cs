using System.Diagnostics;
using Marketing.Data;
using Marketing.Social.Platforms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Publishing;

/// <summary>
/// Takes one post from where its job stands as far as it goes without a long wait; see <see cref="PublishStep"/> for the steps. Long
/// waits go to <c>due_at</c> and a delayed message. May be called at any time, by any number of workers, for any post.
/// </summary>
public sealed partial class PublishPost
{
    /// <summary>Reads of the address of a post that is out, before it is recorded without one.</summary>
    private const int MaxAddressReads = 3;

    private readonly MarketingDbContext database;
    private readonly PublishLedger ledger;
    private readonly PublishTargets targets;
    private readonly ReconcilePost reconcile;
    private readonly SettleStep settle;
    private readonly FirstComment firstComment;
    private readonly ConfirmPost confirm;
    private readonly BeforeStep before;
    private readonly Dictionary<string, IPublisher> publishers;
    private readonly PublishingOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<PublishPost> log;

    internal PublishPost(
        MarketingDbContext database, PublishLedger ledger, PublishTargets targets, ReconcilePost reconcile, SettleStep settle, FirstComment firstComment, ConfirmPost confirm, BeforeStep before,
        IEnumerable<IPublisher> publishers, IOptions<PublishingOptions> options, TimeProvider clock, ILogger<PublishPost> log)
    {
        (this.database, this.ledger, this.targets, this.reconcile, this.settle, this.firstComment, this.confirm, this.before) = (database, ledger, targets, reconcile, settle, firstComment, confirm, before);
        this.publishers = publishers.ToDictionary(publisher => publisher.Platform, StringComparer.Ordinal);
        (this.options, this.clock, this.log) = (options.Value, clock, log);
    }

    /// <summary>Works on the post until it is published, given up, or must wait.</summary>
    /// <exception cref="OperationCanceledException">The process is asked to end; the job was given back.</exception>
    public async Task RunAsync(Guid postId, CancellationToken cancellationToken)
    {
        if (await ledger.LeaseAsync(postId, cancellationToken) is not { } job) return;
        try
        {
            await CloseAbandonedStepsAsync(job, cancellationToken);
            await WorkAsync(job, cancellationToken);
            await before.PassOnAsync(job, cancellationToken);
        }
        catch (LeaseLostException)
        {
            LogLeaseLost(postId);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await ledger.ReleaseAsync(job, CancellationToken.None);
            throw;
        }
    }

    private async Task WorkAsync(PublishJob job, CancellationToken cancellationToken)
    {
        var (target, refusal) = await targets.LoadAsync(job.PostId, cancellationToken);
        if (target is not null && !publishers.ContainsKey(job.Platform))
            (target, refusal) = (null, new Outcome.Reject("account_id", $"Posts are not published to {job.Platform} by this product yet."));

        var inline = Stopwatch.StartNew();
        var isReady = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var finalise = await ledger.OpenFinaliseAsync(job.PostId, cancellationToken);
            var step = PublishStep.Next(job, finalise, isReady);
            if (await before.StopsAsync(job, step, cancellationToken)) return;
            if (step == PublishStep.Confirm && target is not null && !await firstComment.RunAsync(job, publishers[job.Platform], target, cancellationToken)) return;
            var attempt = await ledger.StartAsync(job, step, cancellationToken);
            isReady = false;
            if (step == PublishStep.Submit && target is not null) await before.RecordSentAsync(attempt, target, cancellationToken);
            if (step == PublishStep.Confirm)
            {
                if (await ConfirmAsync(job, attempt, target, cancellationToken)) return;
                continue;
            }
            if (target is null)
            {
                await settle.FailedAsync(job, attempt, refusal!, cancellationToken);
                return;
            }

            var publisher = publishers[job.Platform];
            target = target with { ContainerState = job.ContainerId is null ? null : job.ContainerState };
            if (step == PublishStep.Reconcile)
            {
                if (await ReconcileAsync(job, finalise!, attempt, publisher, target, cancellationToken)) return;
                continue;
            }

            // A finalise that has begun is not abandoned half-way: its answer is what tells whether the post is out.
            var outcome = step switch
            {
                PublishStep.Submit => await publisher.SubmitAsync(target, cancellationToken),
                PublishStep.Poll => await publisher.PollAsync(target, job.ContainerId!, cancellationToken),
                _ => await publisher.FinaliseAsync(target, job.ContainerId!, CancellationToken.None),
            };
            await ledger.AnsweredAsync(step, job.PostId);
            switch (outcome)
            {
                case Outcome.Submitted(var container, var state):
                    (job.ContainerId, job.ContainerState, job.ContainerMadeAt, job.Failures) = (container, state, clock.GetUtcNow(), 0);
                    await ledger.FinishAsync(job, attempt, AttemptState.Succeeded, $"Container {container}.", next: null, cancellationToken);
                    break;

                case Outcome.Ready:
                    (isReady, job.Failures) = (true, 0);
                    await ledger.FinishAsync(job, attempt, AttemptState.Succeeded, "The container is ready.", next: null, cancellationToken);
                    break;

                case Outcome.Published(var externalPostId, _):
                    (job.ExternalPostId, job.Failures) = (externalPostId, 0);
                    await ledger.FinishAsync(job, attempt, AttemptState.Succeeded, $"Published as {externalPostId}.", next: null, CancellationToken.None);
                    break;

                case Outcome.Accepted(var container, var state):
                    (job.ContainerId, job.ContainerState, job.Failures) = (container ?? job.ContainerId, state ?? job.ContainerState, 0);
                    await ledger.FinishAsync(job, attempt, AttemptState.Unconfirmed, "The platform took it and publishes by itself; reading will tell.", next: null, CancellationToken.None);
                    break;

                case Outcome.Unconfirmed(var reason) when step == PublishStep.Finalise:
                    await ledger.FinishAsync(job, attempt, AttemptState.Unconfirmed, $"{reason} The post may be out; reading will tell.", next: null, CancellationToken.None);
                    break;

                case Outcome.Unconfirmed(var reason):
                    await ledger.ReopenFinaliseAsync(job, reason, cancellationToken);
                    await ledger.FinishAsync(job, attempt, AttemptState.Succeeded, reason, next: null, cancellationToken);
                    break;

                case Outcome.Processing(var state, true):
                    // A long upload is no container that the platform is stuck with: PollFor counts from the last part.
                    (job.ContainerState, job.ContainerMadeAt, job.Failures) = (state ?? job.ContainerState, clock.GetUtcNow(), 0);
                    await ledger.FinishAsync(job, attempt, AttemptState.Succeeded, "The next part was taken.", next: null, cancellationToken);
                    break;

                case Outcome.Processing(var state, _):
                    job.ContainerState = state ?? job.ContainerState;
                    if (await WaitForContainerAsync(job, attempt, inline, cancellationToken)) return;
                    break;

                default:
                    await settle.FailedAsync(job, attempt, outcome, cancellationToken);
                    return;
            }
        }
    }

    // True when the wait goes through the queue.
    private async Task<bool> WaitForContainerAsync(PublishJob job, PublishAttempt attempt, Stopwatch inline, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - job.ContainerMadeAt > options.PollFor)
        {
            await settle.FailedAsync(job, attempt, new Outcome.SubmitAgain($"The platform has worked on the container for more than {options.PollFor}."), cancellationToken);
            return true;
        }
        var delay = options.PollDelay(await ledger.CountPollsAsync(job, cancellationToken));
        if (inline.Elapsed + delay > options.PollInlineFor)
        {
            await settle.WaitAsync(job, attempt, "The platform is still at work.", delay, cancellationToken);
            return true;
        }
        await ledger.FinishAsync(job, attempt, AttemptState.Waiting, "The platform is still at work.", next: null, cancellationToken);
        await Task.Delay(delay, clock, cancellationToken);
        return false;
    }

    private async Task<bool> ReconcileAsync(
        PublishJob job, PublishAttempt finalise, PublishAttempt attempt, IPublisher publisher, PublishTarget target, CancellationToken cancellationToken)
    {
        switch (await reconcile.RunAsync(job, finalise, attempt, publisher, target, cancellationToken))
        {
            case ReconcileResult.Settled:
                return false;
            case ReconcileResult.Wait(var delay, var detail):
                await settle.WaitAsync(job, attempt, detail, delay, cancellationToken);
                return true;
            case ReconcileResult.Failed(var outcome):
                await settle.FailedAsync(job, attempt, outcome, cancellationToken);
                return true;
            default:
                throw new UnreachableException();
        }
    }

    private async Task<bool> ConfirmAsync(PublishJob job, PublishAttempt attempt, PublishTarget? target, CancellationToken cancellationToken)
    {
        var read = job.ExternalPostId is { } id && target is not null ? await publishers[job.Platform].ReadBackAsync(target, id, cancellationToken) : null;
        if (read is Outcome.RetryLater && job.Failures < MaxAddressReads)
        {
            await settle.FailedAsync(job, attempt, read, cancellationToken);
            return true;
        }
        var url = (read as Outcome.Published)?.Url;
        await confirm.RunAsync(job, attempt, url, url is null ? "Published; the platform gave no address." : "Published and read back.", cancellationToken);
        return true;
    }

    // Steps that may be done again whose worker died: nothing came of them that matters, since they are simply done again.
    private Task<int> CloseAbandonedStepsAsync(PublishJob job, CancellationToken cancellationToken) => database.Database.ExecuteSqlAsync($"""
        update marketing_ops.publish_attempts set state = 'retry', finished_at = now(), detail = 'The worker ended before it could record an answer.'
        where  post_id = {job.PostId} and state = 'started' and step not in ('finalise', 'comment')
        """, cancellationToken);

    [LoggerMessage(4110, LogLevel.Information, "The lease on post {PostId} passed to another worker")]
    private partial void LogLeaseLost(Guid postId);
}
