using System.Text.Json;
using Marketing.Identity;
using Marketing.Operations;
using Npgsql;

namespace Marketing.Social.Accounts.Revocation;

/// <summary>
/// Writes that accounts are disconnected, why, and who is to be told (whoever connected them), in the caller's transaction. Repeating it
/// changes nothing: only an account that is still connected gets a reason and an audit entry.
/// </summary>
internal static class DisconnectAccounts
{
    /// <summary>Disconnects accounts.</summary>
    /// <param name="connection">With an open transaction.</param>
    /// <param name="accounts">The accounts.</param>
    /// <param name="reason">In words that a person can act upon.</param>
    /// <param name="caller">Who writes it.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The number of accounts that were connected until now.</returns>
    public static async Task<int> RunAsync(NpgsqlConnection connection, Guid[] accounts, string reason, Caller caller, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            with lost as (
                update marketing.social_accounts set status = 'disconnected' where id = any($1) and status is distinct from 'disconnected' returning id),
            noted as (
                update marketing_ops.account_tokens token
                set    disconnected_at = now(), disconnected_reason = $2, notify = coalesce(token.notify, token.connected_by), refresh_due_at = null, leased_until = null, lease_token = null, attempt_started_at = null
                from   lost where token.account_id = lost.id)
            select id from lost
            """, connection);
        command.Parameters.AddWithValue(accounts);
        command.Parameters.AddWithValue(reason);
        var lost = new List<Guid>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken)) lost.Add(reader.GetGuid(0));
        if (lost.Count == 0) return 0;
        var changes = JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, string?>> { ["status"] = new() { ["from"] = AccountStatus.Active, ["to"] = AccountStatus.Disconnected, ["reason"] = reason } });
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { AuditLog.Command(caller, null, "social_accounts", [.. lost.Select(id => new AuditLine("disconnect", id, changes))]) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return lost.Count;
    }
}
