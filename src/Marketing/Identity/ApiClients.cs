using System.Collections.Concurrent;
using System.Security.Cryptography;
using Npgsql;

namespace Marketing.Identity;

/// <summary>Finds the holder of a key. A key found stays known for a few seconds, so that a request rarely costs a query more.</summary>
public sealed class ApiClients(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How long a revoked key may still be accepted by this process.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (byte[] Hash, Caller Caller, DateTimeOffset Until)> known = new(StringComparer.Ordinal);

    /// <summary>The holder of a key; null when no valid key has this text.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<Caller?> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (!ApiKey.HasForm(text)) return null;
        var hash = new ApiKey(text).Hash;
        var lookup = Convert.ToHexString(hash);
        var now = clock.GetUtcNow();
        if (known.TryGetValue(lookup, out var entry) && entry.Until > now && CryptographicOperations.FixedTimeEquals(entry.Hash, hash)) return entry.Caller;

        var caller = await ReadAsync(hash, cancellationToken);
        if (caller is null) known.TryRemove(lookup, out _);
        else known[lookup] = (hash, caller, now + KnownFor);
        return caller;
    }

    /// <summary>Forgets what is known, after a key was revoked here.</summary>
    public void Forget() => known.Clear();

    private async Task<Caller?> ReadAsync(byte[] hash, CancellationToken cancellationToken)
    {
        // last_used_at is kept to the hour: one write an hour instead of one a request.
        await using var command = database.CreateCommand("""
            with used as (
                update marketing_ops.api_clients set last_used_at = now()
                where  key_hash = $1 and revoked_at is null and (last_used_at is null or last_used_at < now() - interval '1 hour')
            )
            select id, name, scopes, claims::text,
                (select coalesce(jsonb_agg(granted), '[]') from marketing_ops.roles role, jsonb_array_elements(role.grants) granted where role.name = any(client.roles))::text
            from   marketing_ops.api_clients client
            where  (key_hash = $1 or (previous_key_hash = $1 and previous_key_expires_at > now())) and revoked_at is null and (expires_at is null or expires_at > now())
            """);
        command.Parameters.AddWithValue(hash);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new Caller(reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<string[]>(2).ToHashSet(StringComparer.Ordinal))
        {
            Claims = GrantJson.Claims(reader.GetString(3)),
            Grants = System.Text.Json.JsonSerializer.Deserialize(reader.GetString(4), GrantJson.Default.GrantArray)!,
        };
    }
}
