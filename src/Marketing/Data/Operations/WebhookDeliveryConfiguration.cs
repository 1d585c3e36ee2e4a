using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class WebhookDeliveryConfiguration : IEntityTypeConfiguration<WebhookDelivery>
{
    public void Configure(EntityTypeBuilder<WebhookDelivery> row)
    {
        row.ToTable("webhook_inbox", MarketingDbContext.OperationsSchema, table =>
            table.HasCheckConstraint("ck_webhook_inbox_state", "state in ('received', 'processed', 'failed')"));
        row.HasKey(r => r.Id);
        row.Property(r => r.ReceivedAt).HasDefaultValueSql("now()");
        row.HasIndex(r => new { r.Provider, r.BodySha256 }).IsUnique().HasDatabaseName("ux_webhook_inbox_body");
        row.HasIndex(r => r.ReceivedAt).HasFilter("state = 'received'").HasDatabaseName("ix_webhook_inbox_unprocessed");
    }
}
