using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class IngestedBlobConfiguration : IEntityTypeConfiguration<IngestedBlob>
{
    public void Configure(EntityTypeBuilder<IngestedBlob> row)
    {
        row.ToTable("ingested_blobs", MarketingDbContext.OperationsSchema);
        row.HasKey(r => new { r.Container, r.BlobName });
        row.HasIndex(r => r.AssetId).IsUnique().HasDatabaseName("ux_ingested_blobs_asset_id");
        row.Property(r => r.Renditions).HasColumnType("jsonb");
        row.Property(r => r.CreatedAt).HasDefaultValueSql("now()");
    }
}
