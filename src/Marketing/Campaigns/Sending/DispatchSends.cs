using Marketing.Operations;
using Marketing.Operations.Fence;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// Looks at all campaigns by email, a few times a minute: settles what workers left behind, ends what is over, and calls workers where something is due.
/// Each step is safe to repeat and to run twice at once.
/// </summary>
public sealed class DispatchSends
{
    private readonly EnvironmentFence fence;
    private readonly SettleUnconfirmed settle;
    private readonly WatchCampaigns watch;
    private readonly DueCampaigns due;
    private readonly WorkQueue queue;

    internal DispatchSends(EnvironmentFence fence, SettleUnconfirmed settle, WatchCampaigns watch, DueCampaigns due, WorkQueue queue) =>
        (this.fence, this.settle, this.watch, this.due, this.queue) = (fence, settle, watch, due, queue);

    /// <summary>Looks.</summary>
    /// <returns>Campaigns for which workers were called.</returns>
    /// <exception cref="NpgsqlException">The database failed; the timer comes again.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (!await fence.IsReleasedAsync(cancellationToken)) return 0;
        await settle.RunAsync(cancellationToken);
        await watch.RunAsync(cancellationToken);
        var campaigns = await due.RunAsync(cancellationToken);
        foreach (var campaign in campaigns)
            for (var worker = 0; worker < due.Workers; worker++) await queue.SendAsync(QueueNames.SendCampaign, campaign, visibleAfter: null, cancellationToken);
        return campaigns.Count;
    }
}
