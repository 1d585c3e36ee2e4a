using Marketing.Data.External;
using Marketing.Segments.Criteria;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Segments.Refresh;

/// <summary>
/// The contacts whose membership may differ from what the last refresh found. Our own tables note each change with its transaction, so
/// nothing that committed late is missed; other teams' tables tell by a column that they keep.
/// </summary>
internal sealed class FindChangedContacts(IOptions<ExternalTables> external, IOptions<SegmentOptions> options)
{
    /// <summary>The contacts; null when only a full refresh is right, or is the shorter way.</summary>
    /// <param name="connection">The refresh's connection.</param>
    /// <param name="segmentId">The segment, whose members others may have written to.</param>
    /// <param name="reads">What its criteria depend on.</param>
    /// <param name="last">What the last refresh saw.</param>
    /// <param name="now">This refresh.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<Guid[]?> RunAsync(NpgsqlConnection connection, Guid segmentId, CriteriaReads reads, RefreshState last, RefreshState now, CancellationToken cancellationToken)
    {
        var (tables, settings) = (external.Value, options.Value);
        if (last.Fingerprint != now.Fingerprint || last.FullAt < now.WatermarkAt.AddHours(-settings.FullRefreshHours)) return null;
        if (reads.Today && last.Day != now.Day) return null;
        if (tables.ContactUpdatedAt.Length == 0 || (reads.Reservations && tables.ReservationUpdatedAt.Length == 0)) return null;

        const string unseen = "changed_xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(changed_xid, $1::pg_snapshot)";
        var reservations = reads.Reservations
            ? $"union select {tables.ReservationContactId} from {tables.Reservations} where {tables.ReservationUpdatedAt} >= $2 and {tables.ReservationContactId} is not null"
            : "";
        await using var command = new NpgsqlCommand($"""
            select contact_id from (
                select contact_id from marketing_ops.segment_event_changes where {unseen} and event_type = any($3)
                union select contact_id from marketing_ops.segment_member_changes
                      where {unseen} and changed_xid <> $4::xid8 and (segment_id = $5 or segment_id in (select id from marketing.segments where segment_id = any($6)))
                union select {tables.ContactId} from {tables.Contacts} where {tables.ContactUpdatedAt} >= $2
                {reservations}) changed
            limit $7
            """, connection);
        var since = last.WatermarkAt.AddMinutes(-settings.OverlapMinutes);
        foreach (var value in new object[] { last.Snapshot, since, reads.EventTypes.ToArray(), last.OwnXid, segmentId, reads.Segments.Values.Distinct().ToArray(), settings.MaxChangedContacts + 1 })
            command.Parameters.AddWithValue(value);
        var changed = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (await reader.IsDBNullAsync(0, cancellationToken) || changed.Count == settings.MaxChangedContacts) return null;
            changed.Add(reader.GetGuid(0));
        }
        return [.. changed];
    }
}
