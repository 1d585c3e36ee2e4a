using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class ApiClientConfiguration : IEntityTypeConfiguration<ApiClient>
{
    public void Configure(EntityTypeBuilder<ApiClient> row)
    {
        row.ToTable("api_clients", MarketingDbContext.OperationsSchema);
        row.HasKey(r => r.Id);
        row.HasIndex(r => r.KeyHash).IsUnique().HasDatabaseName("ux_api_clients_key_hash");
        row.HasIndex(r => r.Name).IsUnique().HasFilter("revoked_at is null").HasDatabaseName("ux_api_clients_name");
        row.Property(r => r.CreatedAt).HasDefaultValueSql("now()");
    }
}
