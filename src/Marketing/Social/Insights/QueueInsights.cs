using Marketing.Operations;

namespace Marketing.Social.Insights;

/// <summary>Queues the accounts whose figures are due. A message may be lost or repeated: a due account is queued again, and its turn is leased.</summary>
public sealed class QueueInsights
{
    private readonly InsightRows rows;
    private readonly WorkQueue queue;

    internal QueueInsights(InsightRows rows, WorkQueue queue) => (this.rows, this.queue) = (rows, queue);

    /// <summary>Queues them.</summary>
    /// <returns>The number of accounts queued.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var due = await rows.QueueAsync(cancellationToken);
        foreach (var account in due) await queue.SendAsync(QueueNames.PullInsights, account, visibleAfter: null, cancellationToken);
        return due.Count;
    }
}
