using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> row)
    {
        row.ToTable("audit_log", MarketingDbContext.OperationsSchema);
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).UseIdentityAlwaysColumn();
        row.Property(r => r.At).HasDefaultValueSql("now()");
        row.Property(r => r.Changes).HasColumnType("jsonb");
        row.HasIndex(r => new { r.TableName, r.RowId }).HasDatabaseName("ix_audit_log_row");
    }
}
