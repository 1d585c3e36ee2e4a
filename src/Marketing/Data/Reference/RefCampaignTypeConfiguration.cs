using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class RefCampaignTypeConfiguration : IEntityTypeConfiguration<RefCampaignType>
{
    public void Configure(EntityTypeBuilder<RefCampaignType> row)
    {
        row.ToTable("ref_campaign_types", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.Template).HasColumnType("jsonb");
        row.Property(r => r.DefaultTargetMetrics).HasColumnType("jsonb");
        row.Property(r => r.IsActive).HasDefaultValue(true);
        row.Property(r => r.SortOrder).HasDefaultValue(0);
        row.HasIndex(r => r.Code).IsUnique().HasDatabaseName("uq_ref_campaign_types_code");
    }
}
