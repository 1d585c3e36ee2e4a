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
    private static readonly char[] Blanks = [' ', '\t', '\n', '\r', '\f', '\v'];

    /// <summary>SHA-256 of the address without blanks around it and with its ASCII letters in lower case: what the ledger knows of it. The same as <c>marketing_ops.address_hash</c>.</summary>
    public static byte[] HashOf(string email)
    {
        var bytes = Encoding.UTF8.GetBytes(email.Trim(Blanks));
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] is >= (byte)'A' and <= (byte)'Z') bytes[at] |= 0x20;
        }
        return SHA256.HashData(bytes);
    }

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
            insert into marketing_ops.suppressions as known (address_hash, contact_id, scope, scope_value, reason, source, expires_at, hash_key)
            select hash, contact_id, scope, scope_value, reason, source, expires_at, hash_key
            from   unnest($1::bytea[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[]) with ordinality
                   as line (hash, contact_id, scope, scope_value, reason, source, expires_at, hash_key, position)
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
        command.Parameters.Add(new() { Value = lines.Select(line => line.Line.HashKey).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
