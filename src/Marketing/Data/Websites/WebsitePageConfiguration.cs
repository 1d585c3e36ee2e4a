using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class WebsitePageConfiguration : IEntityTypeConfiguration<WebsitePage>
{
    public void Configure(EntityTypeBuilder<WebsitePage> row)
    {
        row.ToTable("website_pages", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.Status).HasDefaultValue("draft");
        row.Property(r => r.PageViews).HasDefaultValue(0);
        row.Property(r => r.Conversions).HasDefaultValue(0);
        row.HasIndex(r => new { r.WebsiteId, r.PagePath }).IsUnique().HasDatabaseName("uq_website_pages_website_id_page_path");
        row.HasOne<Website>().WithMany().HasForeignKey(r => r.WebsiteId).OnDelete(DeleteBehavior.Cascade);
        row.HasOne<ContentPiece>().WithMany().HasForeignKey(r => r.ContentId).OnDelete(DeleteBehavior.SetNull);
    }
}
