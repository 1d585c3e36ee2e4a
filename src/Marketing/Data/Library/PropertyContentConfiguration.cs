using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class PropertyContentConfiguration : IEntityTypeConfiguration<PropertyContent>
{
    public void Configure(EntityTypeBuilder<PropertyContent> row)
    {
        row.ToTable("property_content", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasCreationTime(r => r.CreatedAt);
        row.Property(r => r.DisplayOrder).HasDefaultValue(0);
        row.Property(r => r.IsHero).HasDefaultValue(false);
        row.Property(r => r.ChannelOrders).HasColumnType("jsonb");
        row.Property(r => r.Status).HasDefaultValue("active");
        row.HasIndex(r => new { r.PropertyId, r.LibraryAssetId }).IsUnique().HasDatabaseName("uq_property_content_property_id_library_asset_id");
        row.HasOne<LibraryAsset>().WithMany().HasForeignKey(r => r.LibraryAssetId).OnDelete(DeleteBehavior.Cascade);
    }
}
