using Marketing.Data;
using Marketing.Resources;

namespace Marketing.Segments;

/// <summary>Rules of <c>segments</c>: a dynamic segment says by which criteria, a static one cannot refresh itself.</summary>
internal sealed class SegmentRule : IWriteRule<Segment>
{
    /// <inheritdoc />
    public Task ApplyAsync(RowWrite<Segment> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete) return Task.CompletedTask;
        var row = write.Row;
        write.OneOf("segment_type", row.SegmentType, "static", "dynamic");
        if (row.SegmentType == "dynamic" && row.Criteria is null) write.Refuse("criteria", "required", "A dynamic segment needs criteria; ref_segment_criteria lists what can be asked.");
        if (row.SegmentType == "static" && row.AutoRefresh == true) write.Refuse("auto_refresh", "not_allowed", "A static segment has nothing to refresh. Make it dynamic or send auto_refresh false.");
        write.NotNegative("member_count", row.MemberCount);
        return Task.CompletedTask;
    }
}
