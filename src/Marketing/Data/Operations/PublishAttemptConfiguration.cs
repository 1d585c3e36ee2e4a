using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class PublishAttemptConfiguration : IEntityTypeConfiguration<PublishAttempt>
{
    public void Configure(EntityTypeBuilder<PublishAttempt> row)
    {
        row.ToTable("publish_attempts", MarketingDbContext.OperationsSchema);
        row.HasKey(r => r.Id);
        row.HasOne<SocialPost>().WithMany().HasForeignKey(r => r.PostId).OnDelete(DeleteBehavior.Cascade);
        row.HasIndex(r => new { r.PostId, r.Number }).IsUnique().HasDatabaseName("ux_publish_attempts_number");
        row.Property(r => r.StartedAt).HasDefaultValueSql("now()");
    }
}
