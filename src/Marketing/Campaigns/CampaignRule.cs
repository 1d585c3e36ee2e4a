using Marketing.Campaigns.Life;
using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Campaigns;

/// <summary>Rules of <c>campaigns</c>, with the order of their states; what sends email moves by its endpoints.</summary>
internal sealed class CampaignRule : IWriteRule<Campaign>
{
    /// <inheritdoc />
    public async Task ApplyAsync(RowWrite<Campaign> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return;
        write.EndsAfterStart("start_date", write.Row.StartDate, "end_date", write.Row.EndDate);
        write.NotNegative("budget", write.Row.Budget);
        write.IsObject("target_metrics", write.Row.TargetMetrics, "{\"open_rate\":0.3}");
        write.IsObject("actual_metrics", write.Row.ActualMetrics, "{\"bookings\":4}");
        if (write.Before is not { } before) return;
        if (write.Changes(campaign => campaign.Status)) await CheckStatusAsync(write, before.Status ?? CampaignStatus.Draft, write.Row.Status ?? CampaignStatus.Draft, cancellationToken);
        if (write.Changes(campaign => campaign.SegmentId) && await HasStartedAsync(write, cancellationToken))
            write.Refuse("segment_id", "already_started", "The campaign has started: its recipients are fixed. Make a new campaign for another segment.");
    }

    private static async Task CheckStatusAsync(RowWrite<Campaign> write, string from, string to, CancellationToken cancellationToken)
    {
        if (from == to) return;
        if (!CampaignStatus.After(from).Contains(to))
        {
            var next = CampaignStatus.After(from);
            write.Refuse("status", "wrong_order", next.Count == 0 ? $"A campaign that is {from} stays so." : $"After {from} comes {string.Join(" or ", next)}.");
        }
        else if (await write.FindsAsync("select campaign_id from marketing_ops.campaign_emails where campaign_id = $1", cancellationToken, write.Row.Id))
            write.Refuse("status", "not_by_row", "This campaign sends email. Use POST /api/campaigns/{id}/schedule, start, pause, resume or cancel.");
    }

    private static Task<bool> HasStartedAsync(RowWrite<Campaign> write, CancellationToken cancellationToken) =>
        write.FindsAsync("select campaign_id from marketing_ops.campaign_emails where campaign_id = $1 and started_at is not null", cancellationToken, write.Row.Id);
}
