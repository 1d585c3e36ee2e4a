using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Segments;

/// <summary>Rules of <c>segment_members</c>.</summary>
internal sealed class SegmentMemberRule : IWriteRule<SegmentMember>
{
    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<SegmentMember> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return Task.CompletedTask;
        write.OneOf("added_by", write.Row.AddedBy, "manual", "rule", "import");
        if (write.Row.RemovedAt < write.Row.AddedAt) write.Refuse("removed_at", "ends_before_start", "removed_at must not be before added_at.");
        return Task.CompletedTask;
    }
}
