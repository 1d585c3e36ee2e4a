using System.Security.Cryptography;
using Marketing.Identity;
using Npgsql;

namespace Marketing.Social.Accounts.Revocation;

/// <summary>
/// What a platform tells of a person who took their consent back: their accounts are disconnected, or their data deleted too. A call that is
/// older than the account's connection is about the consent before it and changes nothing.
/// </summary>
internal sealed class RevokedConsents(NpgsqlDataSource database)
{
    private static readonly string[] MetaLogins = ["facebook", "instagram"];

    /// <summary>Disconnects the accounts of a person at Meta.</summary>
    public async Task<int> MetaAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var accounts = await MetaAccountsAsync(connection, request, cancellationToken);
        var lost = await DisconnectAccounts.RunAsync(connection, accounts, "The person removed our app at Facebook or Instagram. Connect the account again.", Caller.Job("meta_deauthorize"), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return lost;
    }

    /// <summary>Deletes what is held of a person at Meta: the tokens that they gave and their id. Repeating it answers with the same code.</summary>
    /// <returns>The code by which the request can be looked up.</returns>
    public async Task<string> DeleteMetaAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var accounts = await MetaAccountsAsync(connection, request, cancellationToken);
        await DisconnectAccounts.RunAsync(connection, accounts, "The person asked Meta to delete their data. Connect the account again with another person's consent.", Caller.Job("meta_data_deletion"), cancellationToken);
        await using var command = new NpgsqlCommand("""
            with emptied as (
                update marketing.social_accounts set access_token = null, token_expires_at = null where id = any($1)),
            forgotten as (
                update marketing_ops.account_tokens set refresh_token = null, external_user_id = null, generation = generation + 1, refresh_due_at = null where account_id = any($1))
            insert into marketing_ops.data_deletions (code, provider, external_user_id, accounts, completed_at) values ($2, 'meta', $3, cardinality($1), now())
            on conflict (provider, external_user_id) do update set completed_at = now(), accounts = data_deletions.accounts + excluded.accounts
            returning code
            """, connection);
        command.Parameters.AddWithValue(accounts);
        command.Parameters.AddWithValue(RandomNumberGenerator.GetHexString(24, lowercase: true));
        // Only to tell a repeated request from a new one; the id itself is what is to be deleted.
        command.Parameters.AddWithValue(Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(request.UserId ?? request.ProfileId ?? ""))));
        var code = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return code;
    }

    /// <summary>Disconnects the account of a TikTok user.</summary>
    public async Task<int> TikTokAsync(string openId, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("""
            select coalesce(array_agg(a.id), '{}') from marketing.social_accounts a left join marketing_ops.account_tokens t on t.account_id = a.id
            where a.platform = 'tiktok' and a.external_account_id = $1 and (t.connected_at is null or t.connected_at <= $2)
            """, connection);
        command.Parameters.AddWithValue(openId);
        command.Parameters.AddWithValue(at.ToUniversalTime());
        var accounts = (Guid[])(await command.ExecuteScalarAsync(cancellationToken))!;
        var lost = await DisconnectAccounts.RunAsync(connection, accounts, reason, Caller.Job("tiktok_authorization"), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return lost;
    }

    private static async Task<Guid[]> MetaAccountsAsync(NpgsqlConnection connection, SignedRequest request, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select coalesce(array_agg(a.id), '{}') from marketing.social_accounts a join marketing_ops.account_tokens t on t.account_id = a.id
            where t.login = any($1) and (t.external_user_id = $2 or $3 in (t.external_parent_id, a.external_account_id)) and t.connected_at <= $4
            """, connection);
        command.Parameters.AddWithValue(MetaLogins);
        command.Parameters.Add(Refreshing.AccountTokenRows.Text(request.UserId));
        command.Parameters.Add(Refreshing.AccountTokenRows.Text(request.ProfileId));
        // Meta's time has whole seconds: a second is added, so that a removal right after the consent counts.
        command.Parameters.Add(Refreshing.AccountTokenRows.Time(request.IssuedAt?.AddSeconds(1) ?? DateTimeOffset.MaxValue));
        return (Guid[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
