using System.Text.Json;
using Marketing.Data;
using Marketing.Social.Platforms;
using Marketing.Social.Preflight;

namespace Marketing.Social.Publishing;

/// <summary>What stands before a step: the turn, and before the first step the checks that may have changed since the approval.</summary>
internal sealed class BeforeStep(PublishTurn turn, RunPreflight preflight, PublishLedger ledger, FailPost fail)
{
    /// <summary>True when the step is not to be done now: the job was given back, or the post given up with its reason.</summary>
    public async Task<bool> StopsAsync(PublishJob job, string step, CancellationToken cancellationToken)
    {
        // What is out is only written down.
        if (step == PublishStep.Confirm) return false;
        switch (await turn.TakeAsync(job, step, cancellationToken))
        {
            case Turn.Wait wait:
                await turn.WaitAsync(job, wait, cancellationToken);
                return true;

            case Turn.Refuse(var state, var reason):
                await GiveUpAsync(job, step, reason, state, cancellationToken);
                return true;

            default:
                if (step != PublishStep.Submit || await preflight.RefusalAsync(job.PostId, cancellationToken) is not { } refusal) return false;
                await GiveUpAsync(job, step, refusal, "failed", cancellationToken);
                return true;
        }
    }

    /// <summary>Notes what the attempt sends. Addresses lose their query, which carries a signature; the token is no part of it.</summary>
    public Task RecordSentAsync(PublishAttempt attempt, PublishTarget target, CancellationToken cancellationToken) => turn.RecordSentAsync(attempt.Id, JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["post_type"] = target.PostType,
        ["caption"] = target.Caption,
        ["media_urls"] = target.MediaUrls.Select(url => url.Split('?', 2)[0]).ToArray(),
        ["link_url"] = target.LinkUrl,
        ["location_tag"] = target.LocationTag,
        ["alt_text"] = target.AltText,
        ["options"] = target.Options.Names.ToArray(),
    }), cancellationToken);

    /// <summary>Queues the next post of the account, when this one is out of its way.</summary>
    public Task PassOnAsync(PublishJob job, CancellationToken cancellationToken) => turn.PassOnAsync(job, cancellationToken);

    private async Task GiveUpAsync(PublishJob job, string step, string reason, string state, CancellationToken cancellationToken)
    {
        var attempt = await ledger.StartAsync(job, step, cancellationToken);
        await fail.RunAsync(job, attempt, AttemptState.Refused, reason, isTokenDead: false, state, cancellationToken);
    }
}
