using Npgsql;
using NpgsqlTypes;

namespace Marketing.Segments.Refresh;

/// <summary>What the last refresh of a segment saw: a row of <c>marketing_ops.segment_refreshes</c>.</summary>
/// <param name="Fingerprint">The question it answered.</param>
/// <param name="Snapshot">Transactions that it saw, as PostgreSQL prints a snapshot.</param>
/// <param name="OwnXid">Its own transaction, whose notes are about its own work.</param>
/// <param name="WatermarkAt">Rows of other teams written since then may be news.</param>
/// <param name="Day">The day in UTC on which it asked.</param>
/// <param name="FullAt">When every contact was last looked at.</param>
internal sealed record RefreshState(string Fingerprint, string Snapshot, string OwnXid, DateTime WatermarkAt, DateOnly Day, DateTime FullAt)
{
    /// <summary>The moment of this transaction; its answer must be read by later statements.</summary>
    public static async Task<RefreshState> BeginAsync(NpgsqlConnection connection, string fingerprint, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_current_snapshot()::text, pg_current_xact_id()::text, now(), (now() at time zone 'UTC')::date", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(fingerprint, reader.GetString(0), reader.GetString(1), reader.GetDateTime(2), reader.GetFieldValue<DateOnly>(3), reader.GetDateTime(2));
    }

    /// <summary>What an earlier refresh left; null when there is none to build on.</summary>
    public static async Task<RefreshState?> FindAsync(NpgsqlConnection connection, Guid segmentId, CancellationToken cancellationToken)
    {
        // A snapshot from the future is one of another cluster: the database was restored from a dump.
        await using var command = new NpgsqlCommand("""
            select fingerprint, snapshot, own_xid, watermark_at, day, full_at from marketing_ops.segment_refreshes
            where  segment_id = $1 and snapshot is not null and pg_snapshot_xmax(snapshot::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
            """, connection)
        { Parameters = { new() { Value = segmentId } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetDateTime(3), reader.GetFieldValue<DateOnly>(4), reader.GetDateTime(5))
            : null;
    }

    /// <summary>Stores what this refresh saw and did, and when the next is due.</summary>
    public async Task StoreAsync(NpgsqlConnection connection, Guid segmentId, RefreshOutcome outcome, TimeSpan next, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            insert into marketing_ops.segment_refreshes as state (segment_id, due_at, redispatch_at, fingerprint, snapshot, own_xid, watermark_at, day, full_at, kind, finished_at, duration_ms, added, removed)
            values ($1, now() + $2, now() + $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp(), (extract(epoch from clock_timestamp() - now()) * 1000)::int, $10, $11)
            on conflict (segment_id) do update set due_at = excluded.due_at, redispatch_at = excluded.redispatch_at, fingerprint = excluded.fingerprint, snapshot = excluded.snapshot,
                own_xid = excluded.own_xid, watermark_at = excluded.watermark_at, day = excluded.day, full_at = excluded.full_at, kind = excluded.kind,
                finished_at = excluded.finished_at, duration_ms = excluded.duration_ms, added = excluded.added, removed = excluded.removed, failures = 0, error = null
            """, connection);
        foreach (var value in new object[] { segmentId, next, Fingerprint, Snapshot, OwnXid, WatermarkAt, Day, FullAt, outcome.Kind, outcome.Added, outcome.Removed }) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Remembers why a refresh failed. It is tried again later and later, at most a day apart.</summary>
    public static async Task FailAsync(NpgsqlDataSource database, Guid segmentId, string error, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            insert into marketing_ops.segment_refreshes as state (segment_id, failures, error, due_at, redispatch_at)
            select id, 1, $2, now() + interval '15 minutes', now() + interval '15 minutes' from marketing.segments where id = $1
            on conflict (segment_id) do update set failures = state.failures + 1, error = excluded.error,
                due_at = now() + least(interval '1 day', interval '15 minutes' * (1 << least(state.failures, 7))), redispatch_at = now()
            """);
        command.Parameters.AddWithValue(segmentId);
        command.Parameters.AddWithValue(error);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What is known about a segment's refreshes, JSON; null when it has had none.</summary>
    public static async Task<string?> ReadAsync(NpgsqlDataSource database, Guid segmentId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select json_build_object('kind', kind, 'finished_at', finished_at, 'duration_ms', duration_ms, 'added', added, 'removed', removed, 'full_at', full_at,
                                     'due_at', case when s.segment_type = 'dynamic' and s.auto_refresh then due_at end, 'failures', failures, 'error', error)::text
            from   marketing_ops.segment_refreshes r join marketing.segments s on s.id = r.segment_id where r.segment_id = $1
            """);
        command.Parameters.Add(new() { Value = segmentId, NpgsqlDbType = NpgsqlDbType.Uuid });
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }
}

/// <summary>What a refresh did.</summary>
/// <param name="Kind">full or incremental.</param>
/// <param name="MemberCount">Members afterwards.</param>
/// <param name="Added">Contacts that entered.</param>
/// <param name="Removed">Contacts that left.</param>
internal sealed record RefreshOutcome(string Kind, int MemberCount, int Added, int Removed);
