using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Content;

/// <summary>Rules of <c>content_versions</c>: history is added to, never rewritten.</summary>
internal sealed class ContentVersionRule : IWriteRule<ContentVersion>
{
    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<ContentVersion> write, CancellationToken cancellationToken)
    {
        var row = write.Row;
        if (row.VersionNumber < 1) write.Refuse("version_number", "out_of_range", "version_number counts from 1.");
        if (write.Kind == WriteKind.Update && (write.Changes(version => version.ContentSnapshot) || write.Changes(version => version.VersionNumber) || write.Changes(version => version.ContentId)))
            write.Refuse("content_snapshot", "history", "What a version held cannot be changed; change_summary can. Edit the content to make a new version.");
        return Task.CompletedTask;
    }
}
