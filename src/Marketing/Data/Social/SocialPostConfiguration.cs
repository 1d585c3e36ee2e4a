using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

internal sealed class SocialPostConfiguration : IEntityTypeConfiguration<SocialPost>
{
    public void Configure(EntityTypeBuilder<SocialPost> row)
    {
        row.ToTable("social_posts", MarketingDbContext.MarketingSchema, table =>
        {
            table.HasCheckConstraint("ck_social_posts_post_type", "post_type in ('post', 'story', 'reel', 'video', 'carousel', 'live')");
            table.HasCheckConstraint("ck_social_posts_status", "status in ('draft', 'scheduled', 'publishing', 'published', 'failed', 'deleted')");
        });
        row.HasUuidKey(r => r.Id);
        row.HasBusinessId(r => r.SocialPostId, "SP", indexName: "idx_sp_id");
        row.HasTimestamps(r => r.CreatedAt, r => r.UpdatedAt);
        row.Property(r => r.Status).HasDefaultValue("draft");
        row.Property(r => r.AiGenerated).HasDefaultValue(false);
        row.HasIndex(r => r.AccountId).HasDatabaseName("idx_sp_account");
        row.HasIndex(r => r.ScheduledAt).HasDatabaseName("idx_sp_scheduled");
        row.HasOne<SocialAccount>().WithMany().HasForeignKey(r => r.AccountId).OnDelete(DeleteBehavior.Cascade);
        row.HasOne<Campaign>().WithMany().HasForeignKey(r => r.CampaignId).OnDelete(DeleteBehavior.SetNull);
        row.HasOne<ContentPiece>().WithMany().HasForeignKey(r => r.ContentId).OnDelete(DeleteBehavior.SetNull);
    }
}
