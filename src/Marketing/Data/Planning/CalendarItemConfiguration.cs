using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class CalendarItemConfiguration : IEntityTypeConfiguration<CalendarItem>
{
    public void Configure(EntityTypeBuilder<CalendarItem> row)
    {
        row.ToTable("calendar_items", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.CalendarItemId, "CI", indexName: "idx_ci_id");
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.Status).HasDefaultValue("planned");
        row.Property(r => r.Priority).HasDefaultValue("normal");
        row.HasIndex(r => r.CalendarId).HasDatabaseName("idx_ci_calendar");
        row.HasIndex(r => r.ScheduledDate).HasDatabaseName("idx_ci_scheduled");
        row.HasOne<ContentCalendar>().WithMany().HasForeignKey(r => r.CalendarId).OnDelete(DeleteBehavior.Cascade);
        row.HasOne<ContentPiece>().WithMany().HasForeignKey(r => r.ContentId).OnDelete(DeleteBehavior.SetNull);
        row.HasOne<LibraryAsset>().WithMany().HasForeignKey(r => r.LibraryAssetId).OnDelete(DeleteBehavior.SetNull);
        row.HasOne<SocialPost>().WithMany().HasForeignKey(r => r.PublishedPostId).OnDelete(DeleteBehavior.SetNull);
    }
}
