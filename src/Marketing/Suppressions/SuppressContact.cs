using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Suppressions;

/// <summary>
/// Writes the suppression ledger. Safe to repeat: one row for an address, scope and reason, by the unique key of the table. Saying it again
/// brings a lifted row back, and never shortens how long it holds.
/// </summary>
internal static class SuppressContact
{
    /// <summary>SHA-256 of the address, trimmed and in lower case: what the ledger knows of it.</summary>
    public static byte[] HashOf(string email) => SHA256.HashData(Encoding.UTF8.GetBytes(email.Trim().ToLowerInvariant()));

    /// <summary>Stores suppressions in one statement, which joins the transaction that is open on the connection.</summary>
    /// <returns>How many rows were written or brought back.</returns>
    public static async Task<int> RunAsync(NpgsqlConnection connection, IReadOnlyCollection<Suppression> suppressions, CancellationToken cancellationToken)
    {
        if (suppressions.Count == 0) return 0;
        // One line a key, ordered: a statement may not touch a row twice, and two batches in the same order cannot block each other for ever.
        var lines = suppressions
            .Select(line => (Hash: line.Hash ?? HashOf(line.Email), Line: line))
            .GroupBy(line => (Convert.ToHexString(line.Hash), line.Line.Scope, line.Line.ScopeValue, line.Line.Reason))
            .OrderBy(group => group.Key.Item1, StringComparer.Ordinal).ThenBy(group => group.Key.Scope, StringComparer.Ordinal)
            .ThenBy(group => group.Key.ScopeValue, StringComparer.Ordinal).ThenBy(group => group.Key.Reason, StringComparer.Ordinal)
            .Select(group => group.OrderByDescending(line => line.Line.ExpiresAt ?? DateTimeOffset.MaxValue).First())
            .ToList();
        await using var command = new NpgsqlCommand("""
            insert into marketing_ops.suppressions as known (address_hash, contact_id, scope, scope_value, reason, source, expires_at)
            select hash, contact_id, scope, scope_value, reason, source, expires_at
            from   unnest($1::bytea[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]) with ordinality
                   as line (hash, contact_id, scope, scope_value, reason, source, expires_at, position)
            order  by position
            on conflict (address_hash, scope, scope_value, reason) do update
            set    lifted_at = null, contact_id = coalesce(excluded.contact_id, known.contact_id),
                   source = case when known.lifted_at is null then known.source else excluded.source end,
                   expires_at = case
                       when known.lifted_at is not null then excluded.expires_at
                       when known.expires_at is null or excluded.expires_at is null then null
                       else greatest(known.expires_at, excluded.expires_at) end
            """, connection);
        command.Parameters.AddWithValue(lines.Select(line => line.Hash).ToArray());
        command.Parameters.Add(new() { Value = lines.Select(line => line.Line.ContactId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.AddWithValue(lines.Select(line => line.Line.Scope).ToArray());
        command.Parameters.AddWithValue(lines.Select(line => line.Line.ScopeValue).ToArray());
        command.Parameters.AddWithValue(lines.Select(line => line.Line.Reason).ToArray());
        command.Parameters.AddWithValue(lines.Select(line => line.Line.Source).ToArray());
        command.Parameters.Add(new() { Value = lines.Select(line => line.Line.ExpiresAt?.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Which of the addresses may not be written to now on a channel or list: as they were given.</summary>
    public static async Task<HashSet<string>> AmongAsync(NpgsqlConnection connection, IReadOnlyCollection<string> emails, string channel, string list, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select distinct address_hash from marketing_ops.suppressions
            where  address_hash = any($1) and lifted_at is null and (expires_at is null or expires_at > now())
            and    (scope = 'all' or (scope = 'channel' and scope_value = $2) or (scope = 'list' and scope_value = $3))
            """, connection);
        command.Parameters.AddWithValue(emails.Select(HashOf).ToArray());
        command.Parameters.AddWithValue(channel);
        command.Parameters.AddWithValue(list);
        var suppressed = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) suppressed.Add(Convert.ToHexString(reader.GetFieldValue<byte[]>(0)));
        return [.. emails.Where(email => suppressed.Contains(Convert.ToHexString(HashOf(email))))];
    }
}
