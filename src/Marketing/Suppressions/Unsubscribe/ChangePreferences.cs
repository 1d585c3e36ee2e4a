using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Suppressions.Unsubscribe;

/// <summary>What a person says about being written to, from a link in a message of ours.</summary>
/// <param name="Leave">What they leave, as scope and name: (<c>all</c>, ""), (<c>channel</c>, <c>email</c>) or (<c>list</c>, its name).</param>
/// <param name="Join">What they come back to.</param>
internal sealed record Wish(IReadOnlyList<(string Scope, string Value)> Leave, IReadOnlyList<(string Scope, string Value)> Join);

/// <summary>
/// Does what a person says, in one transaction with the event <c>unsubscribed</c> of the campaign that led them here: once for each time they leave, by the
/// lock on their address. Coming back lifts only what they had set themselves: complaints, bounces and what an operator wrote stay.
/// </summary>
internal sealed class ChangePreferences(NpgsqlDataSource database, IOptions<ExternalTables> external)
{
    /// <summary>Source of what was said by the header of a message.</summary>
    public const string OneClick = "one_click";

    /// <summary>Source of what was said on the preference page.</summary>
    public const string Page = "preferences";

    /// <summary>Does it. Saying it again changes nothing.</summary>
    /// <param name="who">The person, from the token.</param>
    /// <param name="wish">What they want.</param>
    /// <param name="source"><see cref="OneClick"/> or <see cref="Page"/>.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>True when something changed.</returns>
    public async Task<bool> RunAsync(Unsubscriber who, Wish wish, string source, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var hashes = await AddressesAsync(connection, who, cancellationToken);
        var joined = await LiftAsync(connection, hashes, wish.Join, cancellationToken);
        var left = await MissingAsync(connection, hashes, wish.Leave, cancellationToken);
        if (left)
        {
            await SuppressContact.RunAsync(connection, [.. from hash in hashes from scope in wish.Leave select new Suppression("", who.ContactId, "unsubscribe", source) { Hash = hash, Scope = scope.Scope, ScopeValue = scope.Value }], cancellationToken);
            await RecordAsync(connection, who, source, wish, cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return left || joined;
    }

    // The address that was written to, and the one that the contact has now. The lock makes two clicks one after the other.
    private async Task<byte[][]> AddressesAsync(NpgsqlConnection connection, Unsubscriber who, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        await using (var turn = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = BitConverter.ToInt64(who.AddressHash) } } }) await turn.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"select {tables.ContactEmail} from {tables.Contacts} where {tables.ContactId} = $1 and {tables.ContactEmail} is not null", connection) { Parameters = { new() { Value = who.ContactId } } };
        return await command.ExecuteScalarAsync(cancellationToken) is string email && !SuppressContact.HashOf(email).AsSpan().SequenceEqual(who.AddressHash)
            ? [who.AddressHash, SuppressContact.HashOf(email)]
            : [who.AddressHash];
    }

    private static async Task<bool> MissingAsync(NpgsqlConnection connection, byte[][] hashes, IReadOnlyList<(string Scope, string Value)> scopes, CancellationToken cancellationToken)
    {
        if (scopes.Count == 0) return false;
        await using var command = new NpgsqlCommand("""
            select exists (select from unnest($1::bytea[]) as address (hash), unnest($2::text[], $3::text[]) as wanted (scope, value)
                where not exists (select from marketing_ops.suppressions s where s.address_hash = hash and s.scope = wanted.scope and s.scope_value = value
                                  and reason = 'unsubscribe' and lifted_at is null and expires_at is null))
            """, connection);
        command.Parameters.AddWithValue(hashes);
        command.Parameters.AddWithValue(scopes.Select(scope => scope.Scope).ToArray());
        command.Parameters.AddWithValue(scopes.Select(scope => scope.Value).ToArray());
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<bool> LiftAsync(NpgsqlConnection connection, byte[][] hashes, IReadOnlyList<(string Scope, string Value)> scopes, CancellationToken cancellationToken)
    {
        if (scopes.Count == 0) return false;
        await using var command = new NpgsqlCommand("""
            update marketing_ops.suppressions set lifted_at = now()
            from   unnest($2::text[], $3::text[]) as wanted (scope, value)
            where  address_hash = any($1) and suppressions.scope = wanted.scope and scope_value = value and lifted_at is null
            and    reason = 'unsubscribe' and (source in ('one_click', 'preferences') or source like 'webhook:%')
            """, connection);
        command.Parameters.AddWithValue(hashes);
        command.Parameters.AddWithValue(scopes.Select(scope => scope.Scope).ToArray());
        command.Parameters.AddWithValue(scopes.Select(scope => scope.Value).ToArray());
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    // Campaign or contact may be gone; then the suppression alone remains.
    private async Task RecordAsync(NpgsqlConnection connection, Unsubscriber who, string source, Wish wish, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        await using var command = new NpgsqlCommand($"""
            insert into marketing.campaign_events (campaign_id, contact_id, event_type, event_timestamp, event_data, channel)
            select m.id, c.{tables.ContactId}, 'unsubscribed', now(), jsonb_build_object('source', $3::text, 'scopes', $4::text[]), 'email'
            from   marketing.campaigns m, {tables.Contacts} c where m.id = $1 and c.{tables.ContactId} = $2
            """, connection);
        command.Parameters.AddWithValue(who.Campaign);
        command.Parameters.AddWithValue(who.ContactId);
        command.Parameters.AddWithValue(source);
        command.Parameters.AddWithValue(wish.Leave.Select(scope => scope.Value.Length == 0 ? scope.Scope : $"{scope.Scope}:{scope.Value}").ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
