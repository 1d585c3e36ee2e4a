using Marketing.Operations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Segments.Refresh;

/// <summary>
/// Queues the segments with auto_refresh whose time has come. Any number may run at once; a message may be lost or repeated: what stays due
/// is queued again after ten minutes. Forgets notes that no refresh will read.
/// </summary>
public sealed class QueueDueSegments(NpgsqlDataSource database, WorkQueue queue, IOptions<SegmentOptions> options)
{
    private const int Batch = 200;
    private const int NotesAtOnce = 50_000;

    /// <summary>Queues, then tidies.</summary>
    /// <returns>Segments queued.</returns>
    /// <exception cref="NpgsqlException">The database failed; the next run goes on.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var due = await ClaimAsync(cancellationToken);
        foreach (var segment in due) await queue.SendAsync(QueueNames.SegmentRefresh, segment, visibleAfter: null, cancellationToken);
        foreach (var table in new[] { "segment_event_changes", "segment_member_changes" }) await ForgetAsync(table, cancellationToken);
        return due.Count;
    }

    // Marked before they are sent: dying in between costs ten minutes, the other way round would send twice.
    private async Task<List<Guid>> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            insert into marketing_ops.segment_refreshes as state (segment_id, due_at, redispatch_at)
            select s.id, now(), now() + interval '10 minutes'
            from   marketing.segments s left join marketing_ops.segment_refreshes r on r.segment_id = s.id
            where  s.segment_type = 'dynamic' and s.auto_refresh and s.criteria is not null and coalesce(s.status, 'active') = 'active'
              and  (r.segment_id is null or (r.due_at <= now() and r.redispatch_at <= now()))
            order by r.due_at nulls first, s.id limit $1
            on conflict (segment_id) do update set redispatch_at = excluded.redispatch_at where state.due_at <= now() and state.redispatch_at <= now()
            returning segment_id
            """);
        command.Parameters.AddWithValue(Batch);
        var due = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) due.Add(reader.GetGuid(0));
        return due;
    }

    // A refresh that builds on another is at most FullRefreshHours younger; twice that leaves room for transactions that stay open for long.
    private async Task ForgetAsync(string table, CancellationToken cancellationToken)
    {
        int removed;
        do
        {
            await using var command = database.CreateCommand($"delete from marketing_ops.{table} where ctid = any(array(select ctid from marketing_ops.{table} where changed_at < now() - $1 limit $2))");
            command.Parameters.AddWithValue(TimeSpan.FromHours(2 * options.Value.FullRefreshHours));
            command.Parameters.AddWithValue(NotesAtOnce);
            removed = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (removed == NotesAtOnce);
    }
}
