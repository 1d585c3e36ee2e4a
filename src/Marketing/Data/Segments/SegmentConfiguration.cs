using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class SegmentConfiguration : IEntityTypeConfiguration<Segment>
{
    public void Configure(EntityTypeBuilder<Segment> row)
    {
        row.ToTable("segments", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.SegmentId, "SEG", indexName: "idx_seg_id");
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.Criteria).HasColumnType("jsonb");
        row.Property(r => r.MemberCount).HasDefaultValue(0);
        row.Property(r => r.AutoRefresh).HasDefaultValue(false);
        row.Property(r => r.Status).HasDefaultValue("active");
    }
}
