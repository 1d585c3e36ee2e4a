using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class CampaignConfiguration : IEntityTypeConfiguration<Campaign>
{
    public void Configure(EntityTypeBuilder<Campaign> row)
    {
        row.ToTable("campaigns", MarketingDbContext.MarketingSchema, table =>
        {
            table.HasCheckConstraint("ck_campaigns_campaign_type", "campaign_type in ('email', 'social', 'paid', 'retargeting', 'sms', 'multi_channel')");
            table.HasCheckConstraint("ck_campaigns_status", "status in ('draft', 'scheduled', 'active', 'paused', 'completed', 'cancelled')");
        });
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.CampaignId, "CMP", indexName: "idx_cmp_id");
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.Budget).HasPrecision(12, 2);
        row.Property(r => r.Status).HasDefaultValue("draft");
        row.Property(r => r.TargetMetrics).HasColumnType("jsonb");
        row.Property(r => r.ActualMetrics).HasColumnType("jsonb");
        row.HasIndex(r => r.Status).HasDatabaseName("idx_cmp_status");
        row.HasIndex(r => new { r.StartDate, r.EndDate }).HasDatabaseName("idx_cmp_dates");
        row.HasOne<Segment>().WithMany().HasForeignKey(r => r.SegmentId).OnDelete(DeleteBehavior.SetNull);
    }
}
