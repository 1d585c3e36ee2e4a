using Marketing.Campaigns.Sending.Limits;
using Marketing.Campaigns.Sending.Providers;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// The calls of a batch that is recorded as submitted, each followed by the record of its answer. After <see cref="SendingOptions.AnswerWithin"/> others
/// settle what has no answer and may send it, so no call begins or goes on for so long: a worker that was held up gives its recipients back instead.
/// </summary>
internal sealed class SendBatch(RecordAnswers record, SendLimits limits, IOptions<SendingOptions> options, TimeProvider clock)
{
    private const int CallsAtOnce = 4;

    // A deadlock with a batch of events, or a database that changes over: an answer that is not recorded would have to be found out again.
    private const int MostRecordings = 5;
    private static readonly TimeSpan BetweenRecordings = TimeSpan.FromSeconds(1);

    // Without a delay of its own a provider that wants nothing now is asked again after this time.
    private static readonly TimeSpan UsualThrottle = TimeSpan.FromSeconds(30);

    private readonly TimeSpan lastCall = options.Value.AnswerWithin * 0.9;

    /// <summary>The moment from which the time of a batch counts; taken before its recipients are recorded as submitted.</summary>
    public long Begin() => clock.GetTimestamp();

    /// <summary>Makes the calls. Once the host stops, calls under way are awaited and no other is begun.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="requests">The calls.</param>
    /// <param name="begunAt">What <see cref="Begin"/> gave.</param>
    /// <param name="observer">Told of every step.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task RunAsync(CampaignSending campaign, IReadOnlyList<SendRequest> requests, long begunAt, ISendStepObserver observer, CancellationToken cancellationToken)
    {
        var left = lastCall - clock.GetElapsedTime(begunAt);
        using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = CancellationToken.None }, async (request, _) =>
        {
            var mayCall = !cancellationToken.IsCancellationRequested && !late.IsCancellationRequested && clock.GetElapsedTime(begunAt) < lastCall;
            var answers = mayCall ? await campaign.Sender.SendAsync(request, campaign.From, late.Token) : NotCalled(request);
            await observer.ReachedAsync("answered", campaign.Email.CampaignId);
            if (answers.Select(answer => answer.Outcome).OfType<SendOutcome.RetryLater>().FirstOrDefault(outcome => outcome.IsThrottled) is { } throttled)
                await limits.BlockAsync(BucketsOf.Provider(campaign.Sender.Provider), throttled.After ?? UsualThrottle, CancellationToken.None);
            await RecordAsync(campaign, request.Id, answers);
            await observer.ReachedAsync("recorded", campaign.Email.CampaignId);
        });
    }

    private async Task RecordAsync(CampaignSending campaign, Guid requestId, IReadOnlyList<SendAnswer> answers)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await record.RunAsync(campaign.Email.CampaignId, campaign.Sender.Provider, requestId, answers, CancellationToken.None);
                return;
            }
            catch (NpgsqlException failure) when (failure.IsTransient && attempt < MostRecordings)
            {
                await Task.Delay(BetweenRecordings * attempt, clock, CancellationToken.None);
            }
        }
    }

    private static IReadOnlyList<SendAnswer> NotCalled(SendRequest request) =>
        [.. request.Lines.Select(line => new SendAnswer(line.Message, new SendOutcome.RetryLater("Not sent: its worker had to stop before the call.", TimeSpan.Zero)))];
}
