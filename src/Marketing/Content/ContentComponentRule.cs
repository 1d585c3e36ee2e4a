using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Content;

/// <summary>Rules of <c>content_components</c>: a component is content or an asset, and content is no part of itself.</summary>
internal sealed class ContentComponentRule : IWriteRule<ContentComponent>
{
    /// <inheritdoc />
    public async Task ApplyAsync(RowWrite<ContentComponent> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return;
        var row = write.Row;
        // An asset or content that is deleted later leaves its component empty; a new one must name something.
        if (write.Kind == WriteKind.Create && row.ComponentContentId is null && row.ComponentAssetId is null)
            write.Refuse("component_content_id", "required", "Send component_content_id or component_asset_id: the part.");
        if (row.ComponentContentId is not null && row.ComponentAssetId is not null)
            write.Refuse("component_asset_id", "not_allowed", "A component is content or an asset, not both. Make two components.");
        if (row.Position < 0) write.Refuse("position", "out_of_range", "position counts from 0.");
        if (row.ComponentContentId is { } part && (part == row.ParentContentId || await IsPartOfAsync(write, row.ParentContentId, part, cancellationToken)))
            write.Refuse("component_content_id", "component_cycle", "Content cannot be a part of itself, also not through its parts.");
    }

    private static Task<bool> IsPartOfAsync(RowWrite<ContentComponent> write, Guid wanted, Guid whole, CancellationToken cancellationToken) =>
        write.FindsAsync("""
            with recursive parts as (
                select component_content_id from marketing.content_components where parent_content_id = $1
                union
                select part.component_content_id from marketing.content_components part join parts on part.parent_content_id = parts.component_content_id
            )
            select component_content_id from parts where component_content_id = $2
            """, cancellationToken, whole, wanted);
}
