using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class PublishAttemptConfiguration : IEntityTypeConfiguration<PublishAttempt>
{
    public void Configure(EntityTypeBuilder<PublishAttempt> row)
    {
        row.ToTable("publish_attempts", MarketingDbContext.OperationsSchema, table =>
        {
            table.HasCheckConstraint("ck_publish_attempts_step", "step in ('submit', 'poll', 'finalise', 'reconcile', 'confirm')");
            table.HasCheckConstraint("ck_publish_attempts_state", "state in ('started', 'succeeded', 'waiting', 'retry', 'refused', 'unconfirmed')");
        });
        row.HasKey(r => r.Id);
        row.HasOne<SocialPost>().WithMany().HasForeignKey(r => r.PostId).OnDelete(DeleteBehavior.Cascade);
        row.HasIndex(r => new { r.PostId, r.Number }).IsUnique().HasDatabaseName("ux_publish_attempts_number");
        // At most one finalise per post that went out or may have gone out: a second one can only follow a definite refusal.
        row.HasIndex(r => r.PostId).IsUnique().HasDatabaseName("ux_publish_attempts_finalise")
            .HasFilter("step = 'finalise' and state in ('started', 'unconfirmed', 'succeeded')");
        row.Property(r => r.StartedAt).HasDefaultValueSql("now()");
    }
}
