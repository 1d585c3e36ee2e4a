using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class SocialAnalyticsConfiguration : IEntityTypeConfiguration<SocialAnalytics>
{
    public void Configure(EntityTypeBuilder<SocialAnalytics> row)
    {
        row.ToTable("social_analytics", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasCreationTime(r => r.CreatedAt);
        row.Property(r => r.Impressions).HasDefaultValue(0);
        row.Property(r => r.Reach).HasDefaultValue(0);
        row.Property(r => r.Engagement).HasDefaultValue(0);
        row.Property(r => r.Likes).HasDefaultValue(0);
        row.Property(r => r.Comments).HasDefaultValue(0);
        row.Property(r => r.Shares).HasDefaultValue(0);
        row.Property(r => r.Saves).HasDefaultValue(0);
        row.Property(r => r.Clicks).HasDefaultValue(0);
        row.Property(r => r.VideoViews).HasDefaultValue(0);
        row.Property(r => r.WatchTimeSeconds).HasDefaultValue(0);
        row.Property(r => r.EngagementRate).HasPrecision(5, 4);
        row.HasIndex(r => new { r.PostId, r.MetricDate }).IsUnique().HasDatabaseName("uq_social_analytics_post_id_metric_date");
        row.HasOne<SocialPost>().WithMany().HasForeignKey(r => r.PostId).OnDelete(DeleteBehavior.Cascade);
    }
}
