using System.Text.Json;
using Marketing.Data;
using Marketing.Resources;
using Marketing.Segments.Criteria;

namespace Marketing.Segments;

/// <summary>
/// Rules of <c>segments</c>: a dynamic segment says by which criteria, criteria can be understood and lead to no ring of segments, a static one
/// cannot refresh itself, nobody but the product counts members.
/// </summary>
internal sealed class SegmentRule(ReadCriteria read) : IWriteRule<Segment>
{
    // As in marketing_ops.refuse_segment_cycles: whoever writes or removes references does so one after the other.
    private const string Lock = "select pg_advisory_xact_lock(x'7365676d656e74'::bigint)::text";

    /// <inheritdoc />
    public async Task ApplyAsync(RowWrite<Segment> write, CancellationToken cancellationToken)
    {
        if (write.Kind == WriteKind.Delete)
        {
            await RefuseIfUsedAsync(write, cancellationToken);
            return;
        }
        var row = write.Row;
        write.OneOf("segment_type", row.SegmentType, "static", "dynamic");
        if (row.SegmentType == "dynamic" && row.Criteria is null) write.Refuse("criteria", "required", "A dynamic segment needs criteria; GET /api/segments/criteria_schema says what can be asked.");
        if (row.SegmentType == "static" && row.AutoRefresh == true) write.Refuse("auto_refresh", "not_allowed", "A static segment has nothing to refresh. Make it dynamic or send auto_refresh false.");
        // What is left out of a whole row stays.
        row.MemberCount ??= write.Before?.MemberCount;
        row.LastCalculatedAt ??= write.Before?.LastCalculatedAt;
        if ((row.MemberCount ?? 0) != (write.Before?.MemberCount ?? 0)) write.Refuse("member_count", "read_only", "The product counts the members. Leave member_count out.");
        if (row.LastCalculatedAt != write.Before?.LastCalculatedAt) write.Refuse("last_calculated_at", "read_only", "POST /api/segments/{id}/refresh sets it. Leave last_calculated_at out.");
        if (row.Criteria is { } criteria && write.Changes(segment => segment.Criteria)) await CheckCriteriaAsync(write, criteria, cancellationToken);
    }

    private async Task CheckCriteriaAsync(RowWrite<Segment> write, string criteria, CancellationToken cancellationToken)
    {
        using var json = JsonDocument.Parse(criteria);
        var (errors, reads) = await read.CheckAsync(write.Connection, json.RootElement, cancellationToken);
        foreach (var error in errors) write.Refuse(error.Field, error.Code, error.Message);
        // A new segment cannot be in a ring: nothing could name it yet.
        if (errors.Count > 0 || reads.Segments.Count == 0) return;
        await write.AskAsync<string>(Lock, cancellationToken);
        if (write.Before is not { } before) return;
        var leadingBack = await write.AskAsync<string[]>("""
            with recursive reached (root, segment_id) as (
                select root, root from unnest($1) as root
                union
                select root, reference from reached join marketing.segments s on s.segment_id = reached.segment_id, lateral marketing_ops.segment_references(s.criteria) reference)
            select coalesce(array_agg(distinct root), '{}') from reached where segment_id = $2
            """, cancellationToken, reads.Segments.Values.Distinct().ToArray(), before.SegmentId) ?? [];
        foreach (var (path, id) in reads.Segments.Where(named => leadingBack.Contains(named.Value)))
            write.Refuse(path, "cycle", id == before.SegmentId ? "A segment cannot ask for its own members." : $"{id} asks, directly or through others, for members of {before.SegmentId}. Name a segment that does not.");
    }

    private static async Task RefuseIfUsedAsync(RowWrite<Segment> write, CancellationToken cancellationToken)
    {
        await write.AskAsync<string>(Lock, cancellationToken);
        var users = await write.AskAsync<string[]>("""
            select coalesce(array_agg(segment_id order by segment_id), '{}') from (
                select s.segment_id from marketing.segments s where s.criteria is not null and s.id <> $2 and $1 in (select marketing_ops.segment_references(s.criteria)) limit 5) other
            """, cancellationToken, write.Row.SegmentId, write.Row.Id) ?? [];
        if (users.Length > 0) write.Refuse("segment_id", "in_use", $"The criteria of {string.Join(", ", users)} ask for its members. Change them first.");
    }
}
