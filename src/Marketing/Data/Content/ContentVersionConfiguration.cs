using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class ContentVersionConfiguration : IEntityTypeConfiguration<ContentVersion>
{
    public void Configure(EntityTypeBuilder<ContentVersion> row)
    {
        row.ToTable("content_versions", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.Property(r => r.ContentSnapshot).HasColumnType("jsonb");
        row.Property(r => r.ChangedAt).HasDefaultValueSql("now()");
        row.HasIndex(r => new { r.ContentId, r.VersionNumber }).IsUnique().HasDatabaseName("uq_content_versions_content_id_version_number");
        row.HasOne<ContentPiece>().WithMany().HasForeignKey(r => r.ContentId).OnDelete(DeleteBehavior.Cascade);
    }
}
