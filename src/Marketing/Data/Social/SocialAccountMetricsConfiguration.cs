using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class SocialAccountMetricsConfiguration : IEntityTypeConfiguration<SocialAccountMetrics>
{
    public void Configure(EntityTypeBuilder<SocialAccountMetrics> row)
    {
        row.ToTable("social_account_metrics", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasCreationTime(r => r.CreatedAt);
        row.Property(r => r.FollowerCount).HasDefaultValue(0);
        row.Property(r => r.FollowerChange).HasDefaultValue(0);
        row.Property(r => r.FollowingCount).HasDefaultValue(0);
        row.Property(r => r.PostCount).HasDefaultValue(0);
        row.Property(r => r.Impressions).HasDefaultValue(0);
        row.Property(r => r.Reach).HasDefaultValue(0);
        row.Property(r => r.ProfileViews).HasDefaultValue(0);
        row.Property(r => r.WebsiteClicks).HasDefaultValue(0);
        row.Property(r => r.EngagementRate).HasPrecision(5, 4);
        row.HasIndex(r => new { r.AccountId, r.MetricDate }).IsUnique().HasDatabaseName("uq_social_account_metrics_account_id_metric_date");
        row.HasOne<SocialAccount>().WithMany().HasForeignKey(r => r.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
