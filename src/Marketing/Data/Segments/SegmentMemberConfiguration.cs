using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class SegmentMemberConfiguration : IEntityTypeConfiguration<SegmentMember>
{
    public void Configure(EntityTypeBuilder<SegmentMember> row)
    {
        row.ToTable("segment_members", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.Property(r => r.AddedAt).HasDefaultValueSql("now()");
        row.HasIndex(r => new { r.SegmentId, r.ContactId }).IsUnique().HasDatabaseName("uq_segment_members_segment_id_contact_id");
        row.HasOne<Segment>().WithMany().HasForeignKey(r => r.SegmentId).OnDelete(DeleteBehavior.Cascade);
    }
}
