using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class RefSocialPlatformConfiguration : IEntityTypeConfiguration<RefSocialPlatform>
{
    public void Configure(EntityTypeBuilder<RefSocialPlatform> row)
    {
        row.ToTable("ref_social_platforms", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.MediaRules).HasColumnType("jsonb");
        row.Property(r => r.RateLimits).HasColumnType("jsonb");
        row.Property(r => r.IsActive).HasDefaultValue(true);
        row.Property(r => r.SortOrder).HasDefaultValue(0);
        row.HasIndex(r => r.Code).IsUnique().HasDatabaseName("uq_ref_social_platforms_code");
    }
}
