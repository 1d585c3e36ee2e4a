using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class ContentUsageConfiguration : IEntityTypeConfiguration<ContentUsage>
{
    public void Configure(EntityTypeBuilder<ContentUsage> row)
    {
        row.ToTable("content_usage", MarketingDbContext.MarketingSchema, table =>
        {
            table.HasCheckConstraint("ck_content_usage_target", "content_id is not null or library_asset_id is not null");
        });
        row.HasUuidKey(r => r.Id);
        row.Property(r => r.UsedAt).HasDefaultValueSql("now()");
        row.HasOne<ContentPiece>().WithMany().HasForeignKey(r => r.ContentId).OnDelete(DeleteBehavior.Cascade);
        row.HasOne<LibraryAsset>().WithMany().HasForeignKey(r => r.LibraryAssetId).OnDelete(DeleteBehavior.Cascade);
    }
}
