using Marketing.Data;
using Marketing.Resources;

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

        var table = row.UsageType switch
        {
            "campaign" or "email" => "select from marketing.campaigns where id = $1",
            "social_post" => "select from marketing.social_posts where id = $1",
            "website" => "select from marketing.websites where id = $1 union all select from marketing.website_pages where id = $1",
            _ => null,
        };
        var exists = table is null || await write.AskAsync<bool>($"select exists ({table})", cancellationToken, row.UsageId);
        if (!exists) write.Refuse("usage_id", "no_such_row", $"usage_id names no {row.UsageType}. Send the uuid of one that exists.");
    }
}
