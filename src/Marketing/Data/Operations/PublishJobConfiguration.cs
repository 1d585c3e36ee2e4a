using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class PublishJobConfiguration : IEntityTypeConfiguration<PublishJob>
{
    public void Configure(EntityTypeBuilder<PublishJob> row)
    {
        row.ToTable("publish_jobs", MarketingDbContext.OperationsSchema, table =>
            table.HasCheckConstraint("ck_publish_jobs_state", "state in ('open', 'published', 'failed')"));
        row.HasKey(r => r.PostId);
        row.HasOne<SocialPost>().WithOne().HasForeignKey<PublishJob>(r => r.PostId).OnDelete(DeleteBehavior.Cascade);
        row.Property(r => r.CreatedAt).HasDefaultValueSql("now()");
        row.HasIndex(r => r.DueAt).HasDatabaseName("ix_publish_jobs_due").HasFilter("state = 'open'");
        row.HasIndex(r => new { r.Platform, r.ExternalPostId }).IsUnique()
            .HasDatabaseName("ux_publish_jobs_external_post").HasFilter("external_post_id is not null");
    }
}
