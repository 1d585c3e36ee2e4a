using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class ContentComponentConfiguration : IEntityTypeConfiguration<ContentComponent>
{
    public void Configure(EntityTypeBuilder<ContentComponent> row)
    {
        row.ToTable("content_components", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasCreationTime(r => r.CreatedAt);
        row.HasOne<ContentPiece>().WithMany().HasForeignKey(r => r.ParentContentId).OnDelete(DeleteBehavior.Cascade);
        row.HasOne<ContentPiece>().WithMany().HasForeignKey(r => r.ComponentContentId).OnDelete(DeleteBehavior.SetNull);
        row.HasOne<LibraryAsset>().WithMany().HasForeignKey(r => r.ComponentAssetId).OnDelete(DeleteBehavior.SetNull);
    }
}
