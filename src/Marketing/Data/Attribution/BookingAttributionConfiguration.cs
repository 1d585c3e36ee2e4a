using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class BookingAttributionConfiguration : IEntityTypeConfiguration<BookingAttribution>
{
    public void Configure(EntityTypeBuilder<BookingAttribution> row)
    {
        row.ToTable("attribution", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasCreationTime(r => r.CreatedAt);
        row.Property(r => r.Touchpoints).HasColumnType("jsonb");
        row.Property(r => r.RevenueAttributed).HasPrecision(12, 2);
        row.HasOne<Campaign>().WithMany().HasForeignKey(r => r.FirstTouchCampaignId).OnDelete(DeleteBehavior.SetNull);
        row.HasOne<Campaign>().WithMany().HasForeignKey(r => r.LastTouchCampaignId).OnDelete(DeleteBehavior.SetNull);
    }
}
