using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class LibraryAssetConfiguration : IEntityTypeConfiguration<LibraryAsset>
{
    public void Configure(EntityTypeBuilder<LibraryAsset> row)
    {
        row.ToTable("content_library", MarketingDbContext.MarketingSchema, table =>
        {
            table.HasCheckConstraint("ck_content_library_asset_type", "asset_type in ('image', 'video', 'document', 'audio', 'pdf', '3d_tour')");
            table.HasCheckConstraint("ck_content_library_orientation", "orientation in ('landscape', 'portrait', 'square')");
            table.HasCheckConstraint("ck_content_library_status", "status in ('active', 'archived', 'processing', 'error')");
        });
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.AssetId, "ASSET", indexName: "idx_asset_id");
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.Dimensions).HasColumnType("jsonb");
        row.Property(r => r.ColorPalette).HasColumnType("jsonb");
        row.Property(r => r.FocalPoint).HasColumnType("jsonb");
        row.Property(r => r.Status).HasDefaultValue("active");
        row.HasIndex(r => r.AssetType).HasDatabaseName("idx_asset_type");
        row.HasIndex(r => r.Tags).HasDatabaseName("idx_asset_tags").HasMethod("gin");
    }
}
