using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Social.Posts;

/// <summary>Rules of <c>social_analytics</c>: counts of a day that has begun somewhere, none below zero.</summary>
internal sealed class SocialAnalyticsRule : IWriteRule<SocialAnalytics>
{
    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<SocialAnalytics> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return Task.CompletedTask;
        var row = write.Row;
        write.NotInFuture("metric_date", row.MetricDate);
        foreach (var (column, value) in new (string, int?)[]
                 {
                     ("impressions", row.Impressions), ("reach", row.Reach), ("engagement", row.Engagement), ("likes", row.Likes), ("comments", row.Comments), ("shares", row.Shares),
                     ("saves", row.Saves), ("clicks", row.Clicks), ("video_views", row.VideoViews), ("watch_time_seconds", row.WatchTimeSeconds),
                 })
            write.NotNegative(column, value);
        write.NotNegative("engagement_rate", row.EngagementRate);
        return Task.CompletedTask;
    }
}
