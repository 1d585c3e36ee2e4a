using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class ContentCalendarConfiguration : IEntityTypeConfiguration<ContentCalendar>
{
    public void Configure(EntityTypeBuilder<ContentCalendar> row)
    {
        row.ToTable("content_calendars", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.CalendarId, "CAL", indexName: "idx_cal_id");
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.Status).HasDefaultValue("active");
        row.HasIndex(r => r.PropertyId).HasDatabaseName("idx_cal_property");
        row.HasOne<ContentStrategy>().WithMany().HasForeignKey(r => r.ContentStrategyId).OnDelete(DeleteBehavior.SetNull);
        row.HasOne<Campaign>().WithMany().HasForeignKey(r => r.CampaignId).OnDelete(DeleteBehavior.SetNull);
    }
}
