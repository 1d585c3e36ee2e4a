using Marketing.Data;
using Marketing.Identity;

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
            RequestId = System.Diagnostics.Activity.Current?.TraceId.ToString(),
        });
}
