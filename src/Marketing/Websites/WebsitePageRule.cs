using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Websites;

/// <summary>Rules of <c>website_pages</c>: a path begins with a slash, publication times follow the status, counters do not go below zero.</summary>
internal sealed class WebsitePageRule : IWriteRule<WebsitePage>
{
    private const string Published = "published";

    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<WebsitePage> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return Task.CompletedTask;
        var row = write.Row;
        if (!row.PagePath.StartsWith('/') || row.PagePath.Contains("//", StringComparison.Ordinal) || row.PagePath.Split('/').Contains(".."))
            write.Refuse("page_path", "invalid_value", "page_path begins with one slash and holds no empty or '..' part, for example /offers/autumn.");
        if (row.Status == Published) row.PublishedAt ??= write.Now;
        else if (write.Changes(page => page.PublishedAt) && row.PublishedAt is not null)
            write.Refuse("published_at", "not_published", "published_at belongs to status published. Send status published too, or leave published_at out.");
        write.NotNegative("page_views", row.PageViews);
        write.NotNegative("conversions", row.Conversions);
        return Task.CompletedTask;
    }
}
