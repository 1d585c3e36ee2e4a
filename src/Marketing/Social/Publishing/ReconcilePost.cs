using Marketing.Data;
using Marketing.Social.Platforms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Publishing;

/// <summary>
/// Finds out by reading the platform what became of a finalise whose answer is unknown: the post is out, or it is free to be
/// finalised again. A post counts as not out only after two negative reads that lie <see cref="PublishingOptions.RereadAfter"/>, and at
/// least <see cref="IPublisher.ShownWithin"/>, apart, since a platform may show it late.
/// </summary>
public sealed class ReconcilePost(MarketingDbContext database, PublishLedger ledger, IOptions<PublishingOptions> options, TimeProvider clock)
{
    /// <summary>Reads once and records what it shows.</summary>
    internal async Task<ReconcileResult> RunAsync(
        PublishJob job, PublishAttempt finalise, PublishAttempt read, IPublisher publisher, PublishTarget target, CancellationToken cancellationToken)
    {
        var ours = await OurIdsAsync(job, cancellationToken);
        var outcome = await publisher.FindAsync(target, job.ContainerId!, finalise.StartedAt, ours.Contains, cancellationToken);
        var now = clock.GetUtcNow();
        var shownWithin = publisher.ShownWithin > options.Value.RereadAfter ? publisher.ShownWithin : options.Value.RereadAfter;
        if (outcome is Outcome.GivenUp(var because))
        {
            (job.NegativeReads, job.LastNegativeReadAt) = (0, null);
            await ledger.RefuseFinaliseAsync(job, finalise, "The platform gave it up; it is not out.", cancellationToken);
            return new ReconcileResult.Failed(because);
        }
        if (outcome is Outcome.Processing && now - finalise.StartedAt > options.Value.GiveUpAfter)
            return new ReconcileResult.Failed(new Outcome.Unconfirmed($"The platform has worked on it for more than {options.Value.GiveUpAfter.TotalHours:0.#} hours."));
        switch (Decide(outcome, job.NegativeReads, job.LastNegativeReadAt, now, shownWithin, job.Failures))
        {
            case ReconcileDecision.IsOut:
                job.ExternalPostId = ((Outcome.Published)outcome).ExternalPostId;
                (job.Failures, job.NegativeReads, job.LastNegativeReadAt) = (0, 0, null);
                await ledger.SettleAsync(job, read, finalise, AttemptState.Succeeded,
                    job.ExternalPostId is null ? "The platform says that it is published but names no id." : "Found at the platform: it was published.",
                    cancellationToken);
                return ReconcileResult.GoOn;

            case ReconcileDecision.IsNotOut:
                (job.Failures, job.NegativeReads, job.LastNegativeReadAt) = (0, 0, null);
                await ledger.SettleAsync(job, read, finalise, AttemptState.Refused,
                    $"Two reads at least {shownWithin.TotalSeconds:0} s apart show that it was not published.", cancellationToken);
                return ReconcileResult.GoOn;

            case ReconcileDecision.ReadAgain:
                if (outcome is Outcome.NotPublished)
                {
                    job.LastNegativeReadAt = job.NegativeReads == 0 ? now : job.LastNegativeReadAt;
                    job.NegativeReads = 1;
                }
                else if (outcome is Outcome.Processing(var state, _))
                {
                    (job.ContainerState, job.NegativeReads, job.LastNegativeReadAt) = (state ?? job.ContainerState, 0, null);
                }
                else
                {
                    // Each read of a post that is out but not listed yet counts too, so that the search ends.
                    (job.NegativeReads, job.LastNegativeReadAt) = (0, null);
                    job.Failures++;
                }

                var wait = outcome is Outcome.Processing ? options.Value.PollDelay(await ledger.CountReadsAsync(job, cancellationToken))
                    : job.LastNegativeReadAt is { } last ? last + shownWithin - now : options.Value.RereadAfter;
                return new ReconcileResult.Wait(
                    wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1),
                    outcome switch
                    {
                        Outcome.NotPublished => "Not seen at the platform yet; one more read decides.",
                        Outcome.Processing => "The platform is still at work on it.",
                        _ => "Published, but not listed yet.",
                    });

            case ReconcileDecision.Undecided:
                return new ReconcileResult.Failed(outcome);

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Most reads of a post that is out before it is recorded without the platform's id.</summary>
    internal const int MaxUnnamedReads = 5;

    /// <summary>What one read means, given the reads before it.</summary>
    internal static ReconcileDecision Decide(
        Outcome outcome, int negativeReads, DateTimeOffset? lastNegativeReadAt, DateTimeOffset now, TimeSpan shownWithin, int unnamedReads = 0) => outcome switch
        {
            Outcome.Published({ } _, _) => ReconcileDecision.IsOut,
            Outcome.Published { MayBeNamedLater: false } => ReconcileDecision.IsOut,
            Outcome.Published => unnamedReads >= MaxUnnamedReads ? ReconcileDecision.IsOut : ReconcileDecision.ReadAgain,
            Outcome.NotPublished => negativeReads > 0 && lastNegativeReadAt is { } last && now - last >= shownWithin
                ? ReconcileDecision.IsNotOut
                : ReconcileDecision.ReadAgain,
            Outcome.Processing => ReconcileDecision.ReadAgain,
            _ => ReconcileDecision.Undecided,
        };

    private async Task<HashSet<string>> OurIdsAsync(PublishJob job, CancellationToken cancellationToken) => (await database.Database.SqlQuery<string>($"""
        select external_post_id as "Value" from marketing_ops.publish_jobs
        where  platform = {job.Platform} and external_post_id is not null and post_id <> {job.PostId}
        and    created_at > now() - interval '3 days'
        """).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
}
