using Marketing.Campaigns.Sending.Limits;
using Marketing.Campaigns.Sending.Providers;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// One batch: claim, look at each recipient again, make the messages, take tokens, record <c>submitted</c>; then the calls and their answers. Everything
/// before <c>submitted</c> is one transaction that a death undoes; everything after it is known to the ledger.
/// </summary>
internal sealed class SubmitBatch(NpgsqlDataSource database, ClaimRecipients claim, PrepareMessages prepare, SendLimits limits, SendBatch send)
{
    // A worker that hangs while it holds rows loses them and its transaction.
    private const string HoldLimit = "60s";

    /// <summary>Rows are few, named by their keys, and were read a moment ago: reading the whole ledger instead is never quicker, whatever its size.</summary>
    public const string ByKey = "set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off";

    /// <summary>Calls of one batch. What needs more calls goes with a later batch, so that a death leaves few recipients unconfirmed.</summary>
    private const int MostRequests = 20;

    /// <summary>Runs one batch.</summary>
    public async Task<BatchResult> RunAsync(CampaignSending campaign, ISendStepObserver observer, CancellationToken cancellationToken)
    {
        var campaignId = campaign.Email.CampaignId;
        IReadOnlyList<SendRequest> requests;
        long begunAt;
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await using (var hold = new NpgsqlCommand($"set local idle_in_transaction_session_timeout = '{HoldLimit}'; {ByKey}", connection)) await hold.ExecuteNonQueryAsync(cancellationToken);
            if (!await ClaimRecipients.HoldActiveAsync(connection, campaignId, cancellationToken)) return BatchResult.NothingDue;
            var candidates = await claim.RunAsync(connection, campaignId, campaign.MostAtOnce, cancellationToken);
            if (candidates.Count == 0) return BatchResult.NothingDue;
            await observer.ReachedAsync("claimed", campaignId);
            var suppressed = await claim.SuppressedAsync(connection, candidates, campaign.Email.List, cancellationToken);
            var (messages, verdicts) = prepare.Run(campaign, candidates, suppressed);
            await observer.ReachedAsync("made", campaignId);
            (messages, verdicts) = await WithoutCappedAsync(connection, candidates, messages, verdicts, cancellationToken);
            requests = [.. campaign.Sender.Arrange(messages).Take(MostRequests)];
            var (granted, wait) = await limits.TakeAsync(campaign.Buckets, requests.Sum(request => request.Lines.Count), cancellationToken);
            requests = Cut(requests, granted);
            await observer.ReachedAsync("tokens taken", campaignId);
            var contacts = candidates.ToDictionary(candidate => candidate.SendId);
            var lines = requests.SelectMany(request => request.Lines.Select(line => (campaignId, line.Message.SendId, contacts[line.Message.SendId].ContactId, line.Message.Variant, request.Id))).ToList();
            begunAt = send.Begin();
            if (lines.Count > 0) await ClaimRecipients.SubmitAsync(connection, campaign.Sender.Provider, campaign.Sender.IsReported, lines, cancellationToken);
            await ClaimRecipients.DecideAsync(connection, campaignId, verdicts, cancellationToken);
            await observer.ReachedAsync("submitted, not committed", campaignId);
            await transaction.CommitAsync(cancellationToken);
            await observer.ReachedAsync("submitted", campaignId);
            if (lines.Count == 0) return new BatchResult(0, verdicts.Count, messages.Count > 0 ? wait : null);
        }
        await send.RunAsync(campaign, requests, begunAt, observer, cancellationToken);
        return new BatchResult(requests.Sum(request => request.Lines.Count), 0, null);
    }

    private async Task<(IReadOnlyList<OutgoingMessage> Messages, IReadOnlyList<Verdict> Verdicts)> WithoutCappedAsync(
        NpgsqlConnection connection, IReadOnlyList<Candidate> candidates, IReadOnlyList<OutgoingMessage> messages, IReadOnlyList<Verdict> verdicts, CancellationToken cancellationToken)
    {
        var (cap, per) = prepare.Cap;
        if (cap == 0 || messages.Count == 0) return (messages, verdicts);
        var contacts = candidates.ToDictionary(candidate => candidate.SendId, candidate => candidate.ContactId);
        var capped = await ClaimRecipients.CappedAsync(connection, [.. messages.Select(message => contacts[message.SendId])], cap, per, cancellationToken);
        var over = messages.Where(message => capped.Contains(contacts[message.SendId])).ToList();
        return ([.. messages.Except(over)], [.. verdicts, .. over.Select(message => new Verdict(message.SendId, SendState.Skipped, "frequency_cap"))]);
    }

    // Only as many as there are tokens; a call that is cut keeps its first recipients.
    private static List<SendRequest> Cut(IReadOnlyList<SendRequest> requests, int granted)
    {
        var kept = new List<SendRequest>();
        foreach (var request in requests)
        {
            if (granted <= 0) break;
            kept.Add(request.Lines.Count <= granted ? request : request with { Lines = [.. request.Lines.Take(granted)] });
            granted -= request.Lines.Count;
        }
        return kept;
    }
}

/// <summary>What a batch came to.</summary>
/// <param name="Submitted">Recipients that went to the provider.</param>
/// <param name="Decided">Recipients that did not and will not, or not now.</param>
/// <param name="Wait">When a limit held everything back: how long until the next may go.</param>
internal sealed record BatchResult(int Submitted, int Decided, TimeSpan? Wait)
{
    /// <summary>No recipient is due.</summary>
    public static readonly BatchResult NothingDue = new(0, 0, null);
}
