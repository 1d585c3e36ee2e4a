using Marketing.Data;
using Marketing.Resources;
using Microsoft.EntityFrameworkCore;

namespace Marketing.Content;

/// <summary>Rules of <c>content_usage</c>: something is used, and for the kinds that the schema knows, where it is used exists.</summary>
internal sealed class ContentUsageRule : IWriteRule<ContentUsage>
{
    /// <inheritdoc />
    public async Task ApplyAsync(RowWrite<ContentUsage> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return;
        var row = write.Row;
        if (row.ContentId is null && row.LibraryAssetId is null)
            write.Refuse("content_id", "required", "Send content_id, library_asset_id or both: what is used.");
        if (!write.Changes(usage => usage.UsageId) && !write.Changes(usage => usage.UsageType)) return;

        var database = write.Database;
        var exists = row.UsageType switch
        {
            "campaign" or "email" => await database.Campaigns.AnyAsync(campaign => campaign.Id == row.UsageId, cancellationToken),
            "social_post" => await database.SocialPosts.AnyAsync(post => post.Id == row.UsageId, cancellationToken),
            "website" => await database.Websites.AnyAsync(site => site.Id == row.UsageId, cancellationToken)
                || await database.WebsitePages.AnyAsync(page => page.Id == row.UsageId, cancellationToken),
            _ => true,
        };
        if (!exists) write.Refuse("usage_id", "no_such_row", $"usage_id names no {row.UsageType}. Send the uuid of one that exists.");
    }
}
