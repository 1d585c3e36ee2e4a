using System.Text.Json;
using Marketing.Data;
using Marketing.Social.Platforms;
using Marketing.Social.Preflight;

namespace Marketing.Social.Publishing;

/// <summary>What stands before a step: the turn, the record of the attempt, and before the first step the checks that may have changed since the approval.</summary>
internal sealed class BeforeStep(PublishTurn turn, RunPreflight preflight, PublishLedger ledger, FailPost fail, DispatchJobs dispatch)
{
    /// <summary>Begins the step when it is the job's turn.</summary>
    /// <returns>The recorded attempt; null when the step is not to be done now: the job was given back, or the post given up with its reason.</returns>
    /// <exception cref="LeaseLostException">Another worker has taken over.</exception>
    public async Task<PublishAttempt?> BeginAsync(PublishJob job, string step, PublishTarget? target, CancellationToken cancellationToken)
    {
        // What is out is only written down.
        if (step == PublishStep.Confirm) return await ledger.StartAsync(job, step, cancellationToken);
        switch (await turn.BeginAsync(job, step, step == PublishStep.Submit && target is not null ? Sent(target) : null, cancellationToken))
        {
            case Turn.Wait wait:
                await turn.WaitAsync(job, wait, cancellationToken);
                return null;

            case Turn.Refuse(var state, var reason):
                await GiveUpAsync(job, step, reason, state, cancellationToken);
                return null;

            case Turn.Go(var attempt):
                if (step != PublishStep.Submit || target?.Row is not { } post || await preflight.RefusalAsync(post, job.Platform, cancellationToken) is not { } refusal) return attempt;
                await fail.RunAsync(job, attempt, AttemptState.Refused, refusal, isTokenDead: false, cancellationToken);
                return null;

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Queues the next post of the account, when this one is out of its way.</summary>
    public Task PassOnAsync(PublishJob job, CancellationToken cancellationToken) => dispatch.NextAfterAsync(job.PostId, cancellationToken);

    // Addresses lose their query, which carries a signature; the token is no part of it.
    private static string Sent(PublishTarget target) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["post_type"] = target.PostType,
        ["caption"] = target.Caption,
        ["media_urls"] = target.MediaUrls.Select(url => url.Split('?', 2)[0]).ToArray(),
        ["link_url"] = target.LinkUrl,
        ["location_tag"] = target.LocationTag,
        ["alt_text"] = target.AltText,
        ["options"] = target.Options.Names.ToArray(),
    });

    private async Task GiveUpAsync(PublishJob job, string step, string reason, string state, CancellationToken cancellationToken)
    {
        var attempt = await ledger.StartAsync(job, step, cancellationToken);
        await fail.RunAsync(job, attempt, AttemptState.Refused, reason, isTokenDead: false, state, cancellationToken);
    }
}
