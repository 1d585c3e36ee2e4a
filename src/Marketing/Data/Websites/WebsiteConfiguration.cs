using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class WebsiteConfiguration : IEntityTypeConfiguration<Website>
{
    public void Configure(EntityTypeBuilder<Website> row)
    {
        row.ToTable("websites", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.WebsiteId, "WEB", indexName: "idx_web_id");
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.Status).HasDefaultValue("active");
    }
}
