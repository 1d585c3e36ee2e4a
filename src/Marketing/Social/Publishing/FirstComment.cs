using Marketing.Data;
using Marketing.Operations;
using Marketing.Social.Platforms;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Publishing;

/// <summary>
/// Writes the option <c>first_comment</c> below a post that is out. Recorded before and after like a finalise;
/// ux_publish_attempts_comment allows one per post, and one whose answer is unknown is settled by reading. The post is out whatever
/// becomes of its comment: a comment that the platform does not take is recorded, and publishing goes on.
/// </summary>
public sealed class FirstComment(PublishLedger ledger, WorkQueue queue, IOptions<PublishingOptions> options, TimeProvider clock)
{
    private const int MaxTries = 3;

    /// <summary>Takes the comment one step further.</summary>
    /// <returns>True when publishing goes on; false when the job was given back to wait.</returns>
    /// <exception cref="LeaseLostException">Another worker has taken over.</exception>
    internal async Task<bool> RunAsync(PublishJob job, IPublisher publisher, PublishTarget target, CancellationToken cancellationToken)
    {
        if (publisher is not IFirstComment platform || job.ExternalPostId is not { } post || target.Options.Text("first_comment") is not { Length: > 0 } text) return true;
        while (true)
        {
            switch (await ledger.CommentAsync(job.PostId, cancellationToken))
            {
                case { State: AttemptState.Succeeded }:
                    return true;

                case { } unsettled:
                    if (!await SettleAsync(job, unsettled, await FindAsync(job, platform, target, text, cancellationToken), cancellationToken)) return false;
                    continue;

                case null when await ledger.MayCommentAsync(job.PostId, MaxTries, cancellationToken):
                    var attempt = await ledger.StartAsync(job, PublishStep.Comment, cancellationToken);
                    var outcome = await platform.CommentAsync(target, post, text, CancellationToken.None);
                    await ledger.AnsweredAsync(PublishStep.Comment, job.PostId);
                    if (!await RecordAsync(job, attempt, outcome, cancellationToken)) return false;
                    continue;

                default:
                    return true;
            }
        }
    }

    private async Task<bool> RecordAsync(PublishJob job, PublishAttempt attempt, Outcome outcome, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case Outcome.Published(var comment, _):
                await ledger.FinishAsync(job, attempt, AttemptState.Succeeded, $"First comment {comment}.", next: null, CancellationToken.None);
                return true;
            case Outcome.Unconfirmed(var reason):
                await ledger.FinishAsync(job, attempt, AttemptState.Unconfirmed, $"{reason} The comment may be there; reading will tell.", next: null, CancellationToken.None);
                return true;
            case Outcome.RetryLater(var after, var reason):
                return await WaitAsync(job, attempt, AttemptState.Retry, reason, after ?? options.Value.FirstRetryAfter, cancellationToken);
            default:
                await ledger.FinishAsync(job, attempt, AttemptState.Refused, $"The comment was not taken: {outcome.InWords()}", next: null, cancellationToken);
                return true;
        }
    }

    // Two negative reads apart free it to be sent again, as with a post.
    private async Task<bool> SettleAsync(PublishJob job, PublishAttempt comment, (PublishAttempt Read, Outcome Outcome) seen, CancellationToken cancellationToken)
    {
        var (read, outcome) = seen;
        var now = clock.GetUtcNow();
        switch (outcome)
        {
            case Outcome.Published(var id, _):
                (job.NegativeReads, job.LastNegativeReadAt) = (0, null);
                await ledger.SettleAsync(job, read, comment, AttemptState.Succeeded, $"First comment {id} found.", cancellationToken);
                return true;
            case Outcome.NotPublished when job.NegativeReads > 0 && now - job.LastNegativeReadAt >= options.Value.RereadAfter:
                (job.NegativeReads, job.LastNegativeReadAt) = (0, null);
                await ledger.SettleAsync(job, read, comment, AttemptState.Retry, "Two reads show that the comment is not there.", cancellationToken);
                return true;
            case Outcome.NotPublished:
                if (job.NegativeReads == 0) (job.NegativeReads, job.LastNegativeReadAt) = (1, now);
                return await WaitAsync(job, read, AttemptState.Waiting, "The comment is not seen yet; one more read decides.", options.Value.RereadAfter, cancellationToken);
            case Outcome.RetryLater(var after, var reason) when job.Failures < MaxTries:
                job.Failures++;
                return await WaitAsync(job, read, AttemptState.Retry, reason, after ?? options.Value.FirstRetryAfter, cancellationToken);
            default:
                await ledger.SettleAsync(job, read, comment, AttemptState.Refused, $"It cannot be told whether the comment is there, so it is not sent again: {outcome.InWords()}", cancellationToken);
                return true;
        }
    }

    private async Task<(PublishAttempt Read, Outcome Outcome)> FindAsync(PublishJob job, IFirstComment platform, PublishTarget target, string text, CancellationToken cancellationToken)
    {
        var read = await ledger.StartAsync(job, PublishStep.Reconcile, cancellationToken);
        return (read, await platform.FindCommentAsync(target, job.ExternalPostId!, text, cancellationToken));
    }

    private async Task<bool> WaitAsync(PublishJob job, PublishAttempt attempt, string state, string detail, TimeSpan delay, CancellationToken cancellationToken)
    {
        await ledger.FinishAsync(job, attempt, state, detail, delay, cancellationToken);
        await queue.SendAsync(QueueNames.PublishPost, job.PostId, delay, cancellationToken);
        return false;
    }
}
