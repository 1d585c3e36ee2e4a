using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Social.Accounts;

/// <summary>Rules of <c>social_account_metrics</c>: counts of a day that has begun somewhere, none below zero but the change of followers.</summary>
internal sealed class SocialAccountMetricsRule : IWriteRule<SocialAccountMetrics>
{
    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<SocialAccountMetrics> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return Task.CompletedTask;
        var row = write.Row;
        write.NotInFuture("metric_date", row.MetricDate);
        write.NotNegative("follower_count", row.FollowerCount);
        write.NotNegative("following_count", row.FollowingCount);
        write.NotNegative("post_count", row.PostCount);
        write.NotNegative("impressions", row.Impressions);
        write.NotNegative("reach", row.Reach);
        write.NotNegative("profile_views", row.ProfileViews);
        write.NotNegative("website_clicks", row.WebsiteClicks);
        write.NotNegative("engagement_rate", row.EngagementRate);
        return Task.CompletedTask;
    }
}
