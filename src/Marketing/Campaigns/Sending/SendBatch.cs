using Marketing.Campaigns.Sending.Limits;
using Marketing.Campaigns.Sending.Providers;

namespace Marketing.Campaigns.Sending;

/// <summary>The calls of a batch that is recorded as submitted, each followed by the record of its answer. Never stops half-way: what was asked is written down.</summary>
internal sealed class SendBatch(RecordAnswers record, SendLimits limits)
{
    private const int CallsAtOnce = 4;

    // Without a delay of its own a provider that wants nothing now is asked again after this time.
    private static readonly TimeSpan UsualThrottle = TimeSpan.FromSeconds(30);

    /// <summary>Makes the calls.</summary>
    public Task RunAsync(CampaignSending campaign, IReadOnlyList<SendRequest> requests, ISendStepObserver observer, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = CancellationToken.None }, async (request, _) =>
        {
            var answers = await campaign.Sender.SendAsync(request, campaign.From, cancellationToken);
            await observer.ReachedAsync("answered", campaign.Email.CampaignId);
            if (answers.Select(answer => answer.Outcome).OfType<SendOutcome.RetryLater>().FirstOrDefault(outcome => outcome.IsThrottled) is { } throttled)
                await limits.BlockAsync(BucketsOf.Provider(campaign.Sender.Provider), throttled.After ?? UsualThrottle, CancellationToken.None);
            await record.RunAsync(campaign.Email.CampaignId, campaign.Sender.Provider, request.Id, answers, CancellationToken.None);
            await observer.ReachedAsync("recorded", campaign.Email.CampaignId);
        });
}
