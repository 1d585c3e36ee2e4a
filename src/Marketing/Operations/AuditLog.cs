using Marketing.Data;
using Marketing.Identity;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Operations;

/// <summary>Writes who changed what. Entries join the caller's transaction: a change without its entry, or the reverse, cannot be.</summary>
public sealed class AuditLog(MarketingDbContext database, TimeProvider clock)
{
    /// <summary>Adds an entry to the unit of work; it is stored with the next save.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="action">create, update, delete, or the verb of a feature, for example approve.</param>
    /// <param name="table">Table of schema <c>marketing</c>.</param>
    /// <param name="rowId">Key of the row.</param>
    /// <param name="changes">JSON object of changed columns, secrets already redacted; null when there is nothing to tell.</param>
    public void Record(Caller caller, string action, string table, Guid rowId, string? changes = null) =>
        database.AuditEntries.Add(new AuditEntry
        {
            At = clock.GetUtcNow(),
            Actor = caller.Name,
            ClientId = caller.ClientId,
            Action = action,
            TableName = table,
            RowId = rowId,
            Changes = changes,
            RequestId = RequestId,
        });

    /// <summary>A statement that stores entries about many rows of one table.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="onBehalfOf">Whom it says it acts for; null for nobody.</param>
    /// <param name="table">Table of schema <c>marketing</c>.</param>
    /// <param name="lines">What happened to which row.</param>
    internal static NpgsqlBatchCommand Command(Caller caller, string? onBehalfOf, string table, IReadOnlyList<AuditLine> lines)
    {
        var command = new NpgsqlBatchCommand("""
            insert into marketing_ops.audit_log (actor, client_id, table_name, request_id, on_behalf_of, action, row_id, changes)
            select $1, $2, $3, $4, $5, action, row_id, changes::jsonb from unnest($6::text[], $7::uuid[], $8::text[]) as line (action, row_id, changes)
            """);
        command.Parameters.AddWithValue(caller.Name);
        command.Parameters.Add(new() { Value = (object?)caller.ClientId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.AddWithValue(table);
        command.Parameters.Add(new() { Value = (object?)RequestId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)onBehalfOf ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.AddWithValue(lines.Select(line => line.Action).ToArray());
        command.Parameters.AddWithValue(lines.Select(line => line.RowId).ToArray());
        command.Parameters.Add(new() { Value = lines.Select(line => line.Changes).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return command;
    }

    /// <summary>The trace that the present work belongs to.</summary>
    internal static string? RequestId => System.Diagnostics.Activity.Current?.TraceId.ToString();
}

/// <summary>What happened to one row.</summary>
/// <param name="Action">create, update or delete.</param>
/// <param name="RowId">Key of the row.</param>
/// <param name="Changes">JSON object of changed columns; null when there is nothing to tell.</param>
internal sealed record AuditLine(string Action, Guid RowId, string? Changes);
