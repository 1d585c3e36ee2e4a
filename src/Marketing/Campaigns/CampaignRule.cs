using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Campaigns;

/// <summary>Rules of <c>campaigns</c>.</summary>
internal sealed class CampaignRule : IWriteRule<Campaign>
{
    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<Campaign> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return Task.CompletedTask;
        write.EndsAfterStart("start_date", write.Row.StartDate, "end_date", write.Row.EndDate);
        write.NotNegative("budget", write.Row.Budget);
        write.IsObject("target_metrics", write.Row.TargetMetrics, "{\"open_rate\":0.3}");
        write.IsObject("actual_metrics", write.Row.ActualMetrics, "{\"bookings\":4}");
        return Task.CompletedTask;
    }
}
