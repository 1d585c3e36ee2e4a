using System.Globalization;
using System.Text;
using Marketing.Suppressions.Erasure;
using Npgsql;

namespace Marketing.Suppressions;

/// <summary>
/// Who may not be written to now: the one place of the rule. An entry holds while it is not lifted and has not expired; it covers everything, a channel, or a list.
/// Whoever was erased is known by a keyed hash alone and is covered for ever.
/// </summary>
internal sealed class Suppressed(ErasureKeys keys)
{
    /// <summary>A SQL condition that holds for an address that email may go to. Written as <c>not exists</c>, joined by <c>and</c>, so that a statement over many rows joins once.</summary>
    /// <param name="command">The statement; parameters are added behind those that it has, so add yours first.</param>
    /// <param name="hash">SQL of the ledger's hash of the address: <c>marketing_ops.address_hash(email)</c>.</param>
    /// <param name="list">SQL of the name of the list; an empty text for none.</param>
    public string MayBeWrittenTo(NpgsqlCommand command, string hash, string list)
    {
        var sql = new StringBuilder($"""
            not exists (select from marketing_ops.suppressions s where s.address_hash = {hash} and s.hash_key is null and s.lifted_at is null and (s.expires_at is null or s.expires_at > now())
                        and (s.scope = 'all' or (s.scope = 'channel' and s.scope_value = 'email') or (s.scope = 'list' and s.scope_value = {list})))
            """);
        foreach (var (keyId, inner, outer) in keys.Blocks())
        {
            var first = command.Parameters.Count + 1;
            foreach (var value in new object[] { keyId, inner, outer }) command.Parameters.AddWithValue(value);
            sql.Append(CultureInfo.InvariantCulture, $"""

                and not exists (select from marketing_ops.suppressions e where e.reason = 'erasure' and e.hash_key = ${first} and e.address_hash = sha256(${first + 2} || sha256(${first + 1} || {hash})))
                """);
        }
        return sql.ToString();
    }

    /// <summary>Which of the addresses email may not go to now: as they were given.</summary>
    /// <param name="connection">Where to ask; sees what its open transaction has written.</param>
    /// <param name="emails">Addresses.</param>
    /// <param name="list">The list that they would be written to for; empty for none.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<HashSet<string>> AmongAsync(NpgsqlConnection connection, IReadOnlyCollection<string> emails, string list, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        command.Parameters.AddWithValue(emails.Select(SuppressContact.HashOf).ToArray());
        command.Parameters.AddWithValue(list);
        command.CommandText = $"select distinct hash from unnest($1::bytea[]) as address (hash) where not ({MayBeWrittenTo(command, "address.hash", "$2")})";
        var suppressed = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) suppressed.Add(Convert.ToHexString(reader.GetFieldValue<byte[]>(0)));
        return [.. emails.Where(email => suppressed.Contains(Convert.ToHexString(SuppressContact.HashOf(email))))];
    }

    /// <summary>Whether the person behind a hash of the ledger was erased.</summary>
    public async Task<bool> IsErasedAsync(NpgsqlConnection connection, byte[] addressHash, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select exists (select from marketing_ops.suppressions where address_hash = any($1) and reason = 'erasure')", connection) { Parameters = { new() { Value = keys.All(addressHash).ToArray() } } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Every hash by which the ledger may know an address: the plain one, and those under each key.</summary>
    public byte[][] HashesOf(string email)
    {
        var hash = SuppressContact.HashOf(email);
        return [hash, .. keys.All(hash)];
    }

    /// <summary>Ids of keys under which erasures are kept and which the ring lacks: while there is one, an erased person might be written to.</summary>
    public async Task<IReadOnlyList<string>> MissingKeysAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select coalesce(array_agg(distinct hash_key), '{}') from marketing_ops.suppressions where reason = 'erasure' and hash_key <> all($1)");
        command.Parameters.AddWithValue(keys.KeyIds.ToArray());
        return (string[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
