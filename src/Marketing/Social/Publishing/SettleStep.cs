using System.Diagnostics;
using Marketing.Data;
using Marketing.Social.Accounts.Refreshing;
using Marketing.Social.Platforms;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Publishing;

/// <summary>Ends a worker's turn on a post: the step must wait, be tried again later, or the post is given up.</summary>
public sealed class SettleStep(PublishLedger ledger, FailPost fail, PublishTurn turn, IOptions<PublishingOptions> options, TimeProvider clock, RefreshRefusedToken refresh)
{
    /// <summary>Answers that nobody understands are tried this often before a person must look.</summary>
    private const int MaxUnknownAnswers = 5;

    /// <summary>Records a wait that is no failure.</summary>
    public async Task WaitAsync(PublishJob job, PublishAttempt attempt, string detail, TimeSpan delay, CancellationToken cancellationToken)
    {
        await ledger.FinishAsync(job, attempt, AttemptState.Waiting, detail, delay, cancellationToken);
        await turn.ComeBackAsync(job.PostId, delay, cancellationToken);
    }

    /// <summary>Records a failure: whether it is tried again, and when, follows from the outcome.</summary>
    public Task FailedAsync(PublishJob job, PublishAttempt attempt, Outcome outcome, CancellationToken cancellationToken) => outcome switch
    {
        Outcome.RetryLater({ } after, _) asked => WaitAsAskedAsync(job, attempt, asked, after, cancellationToken),
        Outcome.RetryLater(_, var reason) => RetryAsync(job, attempt, after: null, reason, cancellationToken),
        Outcome.SubmitAgain(var reason) => SubmitAgainAsync(job, attempt, reason, cancellationToken),
        Outcome.Unknown(var reason) when job.Failures < MaxUnknownAnswers => RetryAsync(job, attempt, after: null, reason, cancellationToken),
        Outcome.Unknown(var reason) => fail.RunAsync(job, attempt, AttemptState.Refused, $"{reason} Tried {job.Failures + 1} times.", isTokenDead: false, cancellationToken),
        // A renewed token is tried again; one that nothing renews is dead.
        Outcome.RefreshToken(var reason) => refresh.RunAsync(job.PostId, attempt.StartedAt, reason, renewed => FailedAsync(job, attempt, renewed, cancellationToken), cancellationToken),
        Outcome.Disconnect(var reason) => fail.RunAsync(job, attempt, AttemptState.Refused, $"{reason} Connect the account again.", isTokenDead: true, cancellationToken),
        // A read that cannot tell. The finalise stays unconfirmed, so that a later retry goes on by reading and never by sending again.
        Outcome.Unconfirmed(var reason) => RetryAsync(job, attempt, after: null, reason, cancellationToken),
        Outcome.Reject(var column, var reason) => fail.RunAsync(job, attempt, AttemptState.Refused, $"{column}: {reason}", isTokenDead: false, cancellationToken),
        _ => throw new UnreachableException($"{outcome}"),
    };

    private Task SubmitAgainAsync(PublishJob job, PublishAttempt attempt, string reason, CancellationToken cancellationToken)
    {
        (job.ContainerId, job.ContainerState, job.ContainerMadeAt) = (null, null, null);
        return RetryAsync(job, attempt, after: null, reason, cancellationToken);
    }

    // The platform is in order and said when to come back: no failure of the post, and no other post of the account calls before. A read
    // of the address of a post that is out counts all the same, so that the post is recorded without one in the end.
    private async Task WaitAsAskedAsync(PublishJob job, PublishAttempt attempt, Outcome.RetryLater asked, TimeSpan after, CancellationToken cancellationToken)
    {
        await turn.BlockAsync(job, asked, after, cancellationToken);
        if (attempt.Step == PublishStep.Confirm) job.Failures++;
        await AgainAsync(job, attempt, after, asked.Reason, cancellationToken);
    }

    private Task RetryAsync(PublishJob job, PublishAttempt attempt, TimeSpan? after, string reason, CancellationToken cancellationToken)
    {
        job.Failures++;
        return AgainAsync(job, attempt, after ?? options.Value.RetryDelay(job.Failures), reason, cancellationToken);
    }

    private async Task AgainAsync(PublishJob job, PublishAttempt attempt, TimeSpan delay, string reason, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - job.CreatedAt > options.Value.GiveUpAfter)
        {
            await fail.RunAsync(job, attempt, AttemptState.Retry, $"{reason} Given up after {options.Value.GiveUpAfter.TotalHours:0.#} hours.", isTokenDead: false, cancellationToken);
            return;
        }
        await ledger.FinishAsync(job, attempt, AttemptState.Retry, reason, delay, cancellationToken);
        await turn.ComeBackAsync(job.PostId, delay, cancellationToken);
    }
}
