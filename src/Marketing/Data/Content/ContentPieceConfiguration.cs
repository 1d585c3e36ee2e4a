using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class ContentPieceConfiguration : IEntityTypeConfiguration<ContentPiece>
{
    public void Configure(EntityTypeBuilder<ContentPiece> row)
    {
        row.ToTable("content", MarketingDbContext.MarketingSchema, table =>
        {
            table.HasCheckConstraint("ck_content_content_type",
                "content_type in ('blog', 'social', 'email', 'landing', 'description', 'ad_copy', 'newsletter', 'guide')");
            table.HasCheckConstraint("ck_content_status", "status in ('draft', 'review', 'approved', 'published', 'archived')");
        });
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.ContentId, "CON", indexName: "idx_content_id");
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.IsTemplate).HasDefaultValue(false);
        row.Property(r => r.Version).HasDefaultValue(1);
        row.Property(r => r.Status).HasDefaultValue("draft");
        row.Property(r => r.AiGenerated).HasDefaultValue(false);
        row.Property(r => r.PerformanceScore).HasPrecision(5, 2);
        row.HasIndex(r => r.PropertyId).HasDatabaseName("idx_content_property");
        row.HasIndex(r => r.ContentType).HasDatabaseName("idx_content_type");
        row.HasIndex(r => r.IsTemplate).HasDatabaseName("idx_content_template").HasFilter("is_template");
        row.HasOne<ContentPiece>().WithMany().HasForeignKey(r => r.TemplateId).OnDelete(DeleteBehavior.SetNull);
    }
}
