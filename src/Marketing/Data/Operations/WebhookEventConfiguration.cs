using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class WebhookEventConfiguration : IEntityTypeConfiguration<WebhookEvent>
{
    public void Configure(EntityTypeBuilder<WebhookEvent> row)
    {
        row.ToTable("webhook_events", MarketingDbContext.OperationsSchema, table =>
            table.HasCheckConstraint("ck_webhook_events_outcome", "outcome in ('recorded', 'set_aside', 'ignored')"));
        row.HasKey(r => new { r.Provider, r.EventId });
        row.Property(r => r.Event).HasColumnType("jsonb");
        row.Property(r => r.ProcessedAt).HasDefaultValueSql("now()");
        row.HasIndex(r => r.ProcessedAt).HasFilter("outcome = 'set_aside'").HasDatabaseName("ix_webhook_events_set_aside");
    }
}
