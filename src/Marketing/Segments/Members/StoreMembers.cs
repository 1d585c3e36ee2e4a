using Marketing.Data.External;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Segments.Members;

/// <summary>
/// Adds contacts to a static segment, or takes them away, in one statement a set. The unique key (segment_id, contact_id) makes each member
/// one row; one who is a member already is left as it is, so doing it again changes nothing.
/// </summary>
internal sealed class StoreMembers(IOptions<ExternalTables> external)
{
    /// <summary>Most refused lines that an answer lists.</summary>
    public const int MaxErrors = 100;

    private const int MaxSeconds = 200;

    /// <summary>Holds the segment, so that it stays static until the end of the transaction.</summary>
    /// <exception cref="ProblemException">404: it is gone; 422: it is dynamic.</exception>
    public static async Task HoldAsync(NpgsqlConnection connection, Guid segmentId, CancellationToken cancellationToken)
    {
        await using var hold = new NpgsqlCommand("select segment_type is distinct from 'dynamic' from marketing.segments where id = $1 for no key update", connection) { Parameters = { new() { Value = segmentId } } };
        var isStatic = await hold.ExecuteScalarAsync(cancellationToken) ?? throw new ProblemException(Problem.NotFound("segments", segmentId.ToString()));
        if (isStatic is not true) throw new ProblemException(Problem.Unprocessable("not_static", "The members of a dynamic segment follow from its criteria. Change these, or use a static segment."));
    }

    /// <summary>Makes the contacts of table <c>incoming (line, contact_id, email)</c> members.</summary>
    /// <param name="connection">A connection whose transaction holds the segment.</param>
    /// <param name="segmentId">The segment.</param>
    /// <param name="addedBy">manual or import.</param>
    /// <param name="incoming">A table or a query in brackets; its parameters, if any, are $3 and $4.</param>
    /// <param name="values">Values of these.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<StoredMembers> AddAsync(NpgsqlConnection connection, Guid segmentId, string addedBy, string incoming, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            with {Resolved(incoming)},
            wanted as materialized (select distinct contact_id from resolved),
            added as (
                insert into marketing.segment_members as member (segment_id, contact_id, added_by)
                select $1, contact_id, $2 from wanted
                where  not exists (select from marketing.segment_members known where known.segment_id = $1 and known.contact_id = wanted.contact_id and known.removed_at is null)
                on conflict (segment_id, contact_id) do update set removed_at = null, added_at = now(), added_by = excluded.added_by where member.removed_at is not null
                returning 1)
            select (select count(*) from wanted)::int, (select count(*) from added)::int, (select count(*) from unknown)::int,
                   coalesce((select array_agg(line order by line) from (select line from unknown order by line limit {MaxErrors}) first), array[]::int[])
            """, connection)
        { CommandTimeout = MaxSeconds };
        return await RunAsync(command, [segmentId, addedBy, .. values], cancellationToken);
    }

    /// <summary>Ends the membership of the contacts of table <c>incoming</c>.</summary>
    public async Task<StoredMembers> RemoveAsync(NpgsqlConnection connection, Guid segmentId, string incoming, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            with {Resolved(incoming)},
            wanted as materialized (select distinct contact_id from resolved),
            removed as (
                update marketing.segment_members set removed_at = now() where segment_id = $1 and $2 = '' and removed_at is null and contact_id in (select contact_id from wanted) returning 1)
            select (select count(*) from wanted)::int, (select count(*) from removed)::int, (select count(*) from unknown)::int,
                   coalesce((select array_agg(line order by line) from (select line from unknown order by line limit {MaxErrors}) first), array[]::int[])
            """, connection)
        { CommandTimeout = MaxSeconds };
        return await RunAsync(command, [segmentId, "", .. values], cancellationToken);
    }

    /// <summary>Tells in the audit log what was done to a segment's members.</summary>
    public static async Task NoteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Caller caller, string action, Guid segmentId, string changes, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { AuditLog.Command(caller, null, "segments", [new AuditLine(action, segmentId, changes)]) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    // An address in other letters is the same address; several contacts who share one are all meant.
    private string Resolved(string incoming)
    {
        var tables = external.Value;
        return $"""
            incoming as materialized (select * from {incoming} i),
            resolved as materialized (
                select i.line, c.{tables.ContactId} as contact_id from incoming i join {tables.Contacts} c on c.{tables.ContactId} = i.contact_id
                union all
                select i.line, c.{tables.ContactId} from incoming i join {tables.Contacts} c on lower(c.{tables.ContactEmail}) = lower(i.email) where i.contact_id is null),
            unknown as materialized (select line from incoming except select line from resolved)
            """;
    }

    private static async Task<StoredMembers> RunAsync(NpgsqlCommand command, object[] values, CancellationToken cancellationToken)
    {
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetFieldValue<int[]>(3));
    }
}

/// <summary>What became of a set of contacts.</summary>
/// <param name="Contacts">Contacts that were found.</param>
/// <param name="Changed">Of these, who entered or left.</param>
/// <param name="Unknown">Lines that name no contact.</param>
/// <param name="UnknownLines">The first of these lines.</param>
internal sealed record StoredMembers(int Contacts, int Changed, int Unknown, int[] UnknownLines);
