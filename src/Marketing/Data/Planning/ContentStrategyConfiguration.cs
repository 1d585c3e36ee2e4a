using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class ContentStrategyConfiguration : IEntityTypeConfiguration<ContentStrategy>
{
    public void Configure(EntityTypeBuilder<ContentStrategy> row)
    {
        row.ToTable("content_strategy", MarketingDbContext.MarketingSchema);
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.StrategyId, "STRAT", indexName: "uq_content_strategy_strategy_id");
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.Goals).HasColumnType("jsonb");
        row.Property(r => r.PostingFrequency).HasColumnType("jsonb");
        row.Property(r => r.Status).HasDefaultValue("draft");
    }
}
