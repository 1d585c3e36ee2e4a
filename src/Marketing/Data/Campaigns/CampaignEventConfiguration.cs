using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class CampaignEventConfiguration : IEntityTypeConfiguration<CampaignEvent>
{
    public void Configure(EntityTypeBuilder<CampaignEvent> row)
    {
        row.ToTable("campaign_events", MarketingDbContext.MarketingSchema, table =>
        {
            table.HasCheckConstraint("ck_campaign_events_event_type",
                "event_type in ('sent', 'delivered', 'opened', 'clicked', 'converted', 'bounced', 'unsubscribed', 'complained')");
        });
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.CampaignEventId, "CEVT", indexName: "uq_campaign_events_campaign_event_id");
        row.Property(r => r.EventTimestamp).HasDefaultValueSql("now()");
        row.Property(r => r.EventData).HasColumnType("jsonb");
        row.HasOne<Campaign>().WithMany().HasForeignKey(r => r.CampaignId).OnDelete(DeleteBehavior.Cascade);
    }
}
