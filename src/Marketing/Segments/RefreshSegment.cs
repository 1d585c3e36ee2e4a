using System.Text.Json;
using Marketing.Data.External;
using Marketing.Problems;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Segments;

/// <summary>
/// Makes the members of a dynamic segment those contacts that its criteria match, in one statement: new ones are inserted, lost ones get
/// <c>removed_at</c>, returning ones lose it; no row is deleted. The segment's row is held meanwhile, so two refreshes go one after the
/// other, and one that dies leaves nothing.
/// </summary>
internal sealed class RefreshSegment(NpgsqlDataSource database, ReadCriteria read, IOptions<ExternalTables> tables)
{
    /// <summary>Longest refresh, in seconds.</summary>
    private const int MaxSeconds = 300;

    /// <summary>Refreshes one segment.</summary>
    /// <returns>How many members it has now.</returns>
    /// <exception cref="ProblemException">404: no such segment; 422: it is not dynamic, or its criteria cannot be understood.</exception>
    public async Task<int> RunAsync(Guid segmentId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var limit = new NpgsqlCommand($"set local statement_timeout = '{MaxSeconds}s'", connection)) await limit.ExecuteNonQueryAsync(cancellationToken);
        await using var hold = new NpgsqlCommand("select segment_type, criteria::text from marketing.segments where id = $1 for update", connection);
        hold.Parameters.AddWithValue(segmentId);
        string? criteria;
        await using (var reader = await hold.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken)) throw new ProblemException(Problem.NotFound("segments", segmentId.ToString()));
            criteria = await reader.IsDBNullAsync(0, cancellationToken) || reader.GetString(0) != "dynamic" || await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1);
        }
        if (criteria is null) throw new ProblemException(Problem.Unprocessable("not_dynamic", "Only a dynamic segment with criteria can be refreshed."));
        using var json = JsonDocument.Parse(criteria);
        var compiled = await read.RunAsync(json.RootElement, cancellationToken);
        var id = $"${compiled.Values.Count + 1}";
        await using var refresh = new NpgsqlCommand($"""
            with matching as materialized (select c.{tables.Value.ContactId} as id from {compiled.From} where {compiled.Where}),
            removed as (
                update marketing.segment_members member set removed_at = now()
                where  segment_id = {id} and removed_at is null and not exists (select from matching where matching.id = member.contact_id)),
            stored as (
                insert into marketing.segment_members as member (segment_id, contact_id, added_by) select {id}, id, 'rule' from matching
                on conflict (segment_id, contact_id) do update set removed_at = null, added_at = now(), added_by = 'rule' where member.removed_at is not null)
            update marketing.segments set member_count = (select count(*) from matching), last_calculated_at = now() where id = {id} returning member_count
            """, connection)
        { CommandTimeout = MaxSeconds + 5 };
        foreach (var value in compiled.Values) refresh.Parameters.AddWithValue(value);
        refresh.Parameters.AddWithValue(segmentId);
        var members = (int)(await refresh.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return members;
    }
}
