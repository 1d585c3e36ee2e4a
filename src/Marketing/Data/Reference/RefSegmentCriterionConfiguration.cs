using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class RefSegmentCriterionConfiguration : IEntityTypeConfiguration<RefSegmentCriterion>
{
    public void Configure(EntityTypeBuilder<RefSegmentCriterion> row)
    {
        row.ToTable("ref_segment_criteria", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.ValueOptions).HasColumnType("jsonb");
        row.Property(r => r.Example).HasColumnType("jsonb");
        row.Property(r => r.IsActive).HasDefaultValue(true);
        row.Property(r => r.SortOrder).HasDefaultValue(0);
        row.HasIndex(r => r.Code).IsUnique().HasDatabaseName("uq_ref_segment_criteria_code");
    }
}
