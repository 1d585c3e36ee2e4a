using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class RefContentTypeConfiguration : IEntityTypeConfiguration<RefContentType>
{
    public void Configure(EntityTypeBuilder<RefContentType> row)
    {
        row.ToTable("ref_content_types", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.IsActive).HasDefaultValue(true);
        row.Property(r => r.SortOrder).HasDefaultValue(0);
        row.HasIndex(r => r.Code).IsUnique().HasDatabaseName("uq_ref_content_types_code");
    }
}
