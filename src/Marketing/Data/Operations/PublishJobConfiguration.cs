using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class PublishJobConfiguration : IEntityTypeConfiguration<PublishJob>
{
    public void Configure(EntityTypeBuilder<PublishJob> row)
    {
        row.ToTable("publish_jobs", MarketingDbContext.OperationsSchema);
        row.HasKey(r => r.PostId);
        row.HasOne<SocialPost>().WithOne().HasForeignKey<PublishJob>(r => r.PostId).OnDelete(DeleteBehavior.Cascade);
        row.Property(r => r.CreatedAt).HasDefaultValueSql("now()");
    }
}
