using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class SocialAccountConfiguration : IEntityTypeConfiguration<SocialAccount>
{
    public void Configure(EntityTypeBuilder<SocialAccount> row)
    {
        row.ToTable("social_accounts", MarketingDbContext.MarketingSchema, table =>
        {
            table.HasCheckConstraint("ck_social_accounts_platform",
                "platform in ('instagram', 'facebook', 'tiktok', 'youtube', 'twitter', 'linkedin', 'pinterest')");
        });
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.SocialAccountId, "SA", indexName: "idx_sa_id");
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.FollowerCount).HasDefaultValue(0);
        row.Property(r => r.FollowingCount).HasDefaultValue(0);
        row.Property(r => r.PostCount).HasDefaultValue(0);
        row.Property(r => r.Status).HasDefaultValue("active");
        row.HasIndex(r => r.PropertyId).HasDatabaseName("idx_sa_property");
        row.HasIndex(r => r.Platform).HasDatabaseName("idx_sa_platform");
        row.HasIndex(r => new { r.PropertyId, r.Platform }).IsUnique().HasDatabaseName("uq_social_accounts_property_id_platform").HasFilter("property_id is not null");
    }
}
