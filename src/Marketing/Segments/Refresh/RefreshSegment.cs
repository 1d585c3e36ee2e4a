using System.Text.Json;
using Marketing.Data.External;
using Marketing.Problems;
using Marketing.Segments.Criteria;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Segments.Refresh;

/// <summary>
/// Makes the members of a dynamic segment those contacts that its criteria match: new ones are inserted, lost ones get <c>removed_at</c>,
/// returning ones lose it; no row is deleted. It looks at the contacts that changed where that is enough, else at all. One transaction holds
/// the segment's row from beginning to end: that is the lease, which ends with its holder, so two refreshes go one after the other and one
/// that is killed leaves nothing.
/// </summary>
public sealed class RefreshSegment
{
    /// <summary>Longest refresh, in seconds.</summary>
    private const int MaxSeconds = 300;

    private readonly NpgsqlDataSource database;
    private readonly ReadCriteria read;
    private readonly FindChangedContacts find;
    private readonly ExternalTables tables;
    private readonly SegmentOptions options;

    internal RefreshSegment(NpgsqlDataSource database, ReadCriteria read, FindChangedContacts find, IOptions<ExternalTables> tables, IOptions<SegmentOptions> options) =>
        (this.database, this.read, this.find, this.tables, this.options) = (database, read, find, tables.Value, options.Value);

    /// <summary>Refreshes a segment that a queue message names. One that is gone, no longer dynamic or held by another refresh is left alone; why one fails is kept in its state.</summary>
    /// <exception cref="NpgsqlException">The database failed; the message will come again.</exception>
    public async Task RunAsync(Guid segmentId, CancellationToken cancellationToken)
    {
        try
        {
            await TryRunAsync(segmentId, isFull: false, waits: false, cancellationToken);
        }
        catch (ProblemException refused)
        {
            await RefreshState.FailAsync(database, segmentId, $"{refused.Problem.Detail} {string.Join(" ", refused.Problem.Errors.Take(3).Select(error => $"{error.Field}: {error.Message}"))}".TrimEnd(), cancellationToken);
        }
        catch (PostgresException stopped) when (stopped.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            await RefreshState.FailAsync(database, segmentId, $"The refresh was stopped after {MaxSeconds} seconds.", cancellationToken);
        }
    }

    /// <summary>Refreshes one segment, after any refresh of it that is under way.</summary>
    /// <param name="segmentId">The segment.</param>
    /// <param name="isFull">Looks at every contact, whatever has changed.</param>
    /// <param name="cancellationToken">Stops the call; nothing is changed then.</param>
    /// <exception cref="ProblemException">404: no such segment; 422: it is not dynamic, or its criteria cannot be understood.</exception>
    internal async Task<RefreshOutcome> RunAsync(Guid segmentId, bool isFull, CancellationToken cancellationToken) => (await TryRunAsync(segmentId, isFull, waits: true, cancellationToken))!;

    private async Task<RefreshOutcome?> TryRunAsync(Guid segmentId, bool isFull, bool waits, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Sets of contacts are hashed in memory where they fit; compiling the statement takes longer than it saves.
        await ExecuteAsync(connection, $"set local statement_timeout = '{MaxSeconds}s'; set local work_mem = '64MB'; set local jit = off", cancellationToken);
        if (await HoldAsync(connection, segmentId, waits, cancellationToken) is not { } criteria)
            return waits ? throw new ProblemException(Problem.NotFound("segments", segmentId.ToString())) : null;
        using var json = JsonDocument.Parse(criteria);
        var (all, among) = await read.StoredAsync(connection, json.RootElement, cancellationToken);
        var now = await RefreshState.BeginAsync(connection, all.Fingerprint, cancellationToken);
        var last = isFull ? null : await RefreshState.FindAsync(connection, segmentId, cancellationToken);
        var changed = last is null ? null : await find.RunAsync(connection, segmentId, all.Reads, last, now, cancellationToken);

        var (added, removed) = changed is { Length: 0 } ? (0, 0) : await MergeAsync(connection, segmentId, changed is null ? all : among(changed), isAmong: changed is not null, cancellationToken);
        var members = await CountAsync(connection, segmentId, recount: changed is null, cancellationToken);
        if (added + removed > 0) await WakeDependentsAsync(connection, segmentId, cancellationToken);
        var outcome = new RefreshOutcome(changed is null ? "full" : "incremental", members, added, removed);
        await (changed is null ? now : now with { FullAt = last!.FullAt }).StoreAsync(connection, segmentId, outcome, TimeSpan.FromMinutes(options.RefreshMinutes), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return outcome;
    }

    // Rows that refer to the segment may be written meanwhile: "no key update" lets their foreign keys pass.
    private static async Task<string?> HoldAsync(NpgsqlConnection connection, Guid segmentId, bool waits, CancellationToken cancellationToken)
    {
        await using var hold = new NpgsqlCommand($"select segment_type, criteria::text from marketing.segments where id = $1 for no key update{(waits ? "" : " skip locked")}", connection) { CommandTimeout = MaxSeconds + 5, Parameters = { new() { Value = segmentId } } };
        await using var reader = await hold.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        if (!await reader.IsDBNullAsync(0, cancellationToken) && reader.GetString(0) == "dynamic" && !await reader.IsDBNullAsync(1, cancellationToken)) return reader.GetString(1);
        return waits ? throw new ProblemException(Problem.Unprocessable("not_dynamic", "Only a dynamic segment with criteria can be refreshed.")) : null;
    }

    private async Task<(int Added, int Removed)> MergeAsync(NpgsqlConnection connection, Guid segmentId, CompiledCriteria compiled, bool isAmong, CancellationToken cancellationToken)
    {
        var id = $"${compiled.Values.Count + 1}";
        var among = isAmong ? "and member.contact_id = any($1)" : "";
        // Members who stay are not touched: "on conflict" alone would lock, and so write, each of them.
        await using var merge = new NpgsqlCommand($"""
            with matching as materialized (select c.{tables.ContactId} as id from {compiled.From} where {compiled.Where}),
            removed as (
                update marketing.segment_members member set removed_at = now()
                where  segment_id = {id} and removed_at is null {among} and not exists (select from matching where matching.id = member.contact_id)
                returning 1),
            added as (
                insert into marketing.segment_members as member (segment_id, contact_id, added_by)
                select {id}, id, 'rule' from matching
                where  not exists (select from marketing.segment_members member where segment_id = {id} and contact_id = matching.id and removed_at is null {among})
                on conflict (segment_id, contact_id) do update set removed_at = null, added_at = now(), added_by = 'rule' where member.removed_at is not null
                returning 1)
            select (select count(*) from added)::int, (select count(*) from removed)::int
            """, connection)
        { CommandTimeout = MaxSeconds + 5 };
        foreach (var value in compiled.Values) merge.Parameters.AddWithValue(value);
        merge.Parameters.AddWithValue(segmentId);
        await using var reader = await merge.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    // A trigger keeps the count; who looks at everything anyway makes sure of it.
    private static async Task<int> CountAsync(NpgsqlConnection connection, Guid segmentId, bool recount, CancellationToken cancellationToken)
    {
        var count = recount ? "(select count(*) from marketing.segment_members where segment_id = $1 and removed_at is null)" : "member_count";
        await using var command = new NpgsqlCommand($"update marketing.segments set member_count = {count}, last_calculated_at = now() where id = $1 returning member_count", connection) { CommandTimeout = MaxSeconds + 5, Parameters = { new() { Value = segmentId } } };
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Segments that ask for members of this one follow at the next run of the timer. They cannot go round in a ring: cycles are refused.
    private static async Task WakeDependentsAsync(NpgsqlConnection connection, Guid segmentId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            update marketing_ops.segment_refreshes set due_at = now(), redispatch_at = now()
            where  failures = 0 and segment_id in (
                select other.id from marketing.segments other
                where  other.auto_refresh and other.criteria is not null and exists (
                    select from marketing_ops.segment_references(other.criteria) reference join marketing.segments self on self.segment_id = reference where self.id = $1))
            """, connection)
        { Parameters = { new() { Value = segmentId } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
