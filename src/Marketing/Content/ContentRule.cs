using Marketing.Data;
using Marketing.Resources;
using Marketing.Resources.Writing;

namespace Marketing.Content;

/// <summary>
/// Rules of <c>content</c>: the text is counted and rendered, each edit counts the version up and leaves a row of <c>content_versions</c>,
/// publication times follow the status, and templates form no circle.
/// </summary>
internal sealed class ContentRule : IWriteRule<ContentPiece>
{
    private const string Published = "published";

    /// <inheritdoc />
    public async Task ApplyAsync(RowWrite<ContentPiece> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return;
        DeriveTexts(write);
        FollowStatus(write);
        await CheckTemplateAsync(write, cancellationToken);
        KeepVersion(write);
    }

    private static void DeriveTexts(RowWrite<ContentPiece> write)
    {
        var row = write.Row;
        var bodyChanges = write.Kind == WriteKind.Create || write.Changes(piece => piece.ContentBody);
        var isOwnHtml = write.Changes(piece => piece.ContentHtml) && row.ContentHtml is not null;
        try
        {
            if (isOwnHtml) row.ContentHtml = RenderHtml.Sanitise(row.ContentHtml!);
            else if (bodyChanges) row.ContentHtml = row.ContentBody is { } body ? RenderHtml.FromMarkdown(body) : null;
        }
        catch (FormatException deep)
        {
            write.Refuse(isOwnHtml ? "content_html" : "content_body", "too_deep", $"{deep.Message} Write it flatter.");
        }
        if (!bodyChanges) return;
        row.WordCount = row.ContentBody is null ? 0 : CountWords.Run(row.ContentBody);
        row.ReadingTimeMin = CountWords.ReadingMinutes(row.WordCount.Value);
    }

    private static void FollowStatus(RowWrite<ContentPiece> write)
    {
        var row = write.Row;
        if (row.Status == Published) row.PublishedAt ??= write.Now;
        else if (write.Changes(piece => piece.PublishedAt) && row.PublishedAt is not null)
            write.Refuse("published_at", "not_published", "published_at belongs to status published. Send status published too, or leave published_at out.");
        else if (write.Changes(piece => piece.Status) && row.Status != "archived") row.PublishedAt = null;
    }

    private static async Task CheckTemplateAsync(RowWrite<ContentPiece> write, CancellationToken cancellationToken)
    {
        if (write.Row.TemplateId is not { } templateId || !write.Changes(piece => piece.TemplateId)) return;
        var isAncestor = await write.FindsAsync("""
            with recursive ancestors as (
                select id, template_id from marketing.content where id = $1
                union
                select parent.id, parent.template_id from marketing.content parent join ancestors on ancestors.template_id = parent.id
            )
            select id from ancestors where id = $2
            """, cancellationToken, templateId, write.Row.Id);
        if (isAncestor || templateId == write.Row.Id)
            write.Refuse("template_id", "template_cycle", "A template cannot be its own ancestor. Choose a template that is not derived from this row.");
        else if (await write.FindsAsync("select id from marketing.content where id = $1 and is_template is not true", cancellationToken, templateId))
            write.Refuse("template_id", "not_a_template", "template_id must name content with is_template true.");
    }

    private static void KeepVersion(RowWrite<ContentPiece> write)
    {
        var row = write.Row;
        row.Version = write.Kind == WriteKind.Create ? 1 : (row.Version ?? 0) + 1;
        write.Add(new ContentVersion
        {
            Id = UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql),
            ContentId = row.Id,
            VersionNumber = row.Version.Value,
            ContentSnapshot = RowJson.Write(write.Resource, row, ["created_at", "updated_at"]),
            ChangedBy = write.Caller.Name,
            ChangedAt = write.Now,
            ChangeSummary = Summary(write),
        });
    }

    private static string Summary(RowWrite<ContentPiece> write) =>
        write.Kind == WriteKind.Create ? "created" : $"changed {string.Join(", ", write.ChangedColumns.Where(column => column.Name != "version").Select(column => column.Name))}";
}
