using Marketing.Identity;
using Marketing.Social.Accounts.Connectors;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Accounts.Refreshing;

/// <summary>Reads and writes an account's tokens. Due times and leases are judged by the database's clock alone, since workers' clocks differ.</summary>
internal sealed class AccountTokenRows(NpgsqlDataSource database, TokenVault vault, IOptions<AccountsOptions> options)
{
    private const string Columns = """
        a.id, a.platform, t.login, a.external_account_id, a.access_token, t.refresh_token, t.external_parent_id, t.access_expires_at, t.refresh_expires_at,
        t.generation, t.failures, coalesce(t.refreshed_at, t.connected_at), t.refresh_due_at, t.attempt_started_at, a.status = 'disconnected', now(), t.came_after_refusal
        """;

    /// <summary>The account; null when it is unknown, or was never connected by consent.</summary>
    public async Task<AccountToken?> ReadAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select {Columns}, gen_random_uuid() from marketing_ops.account_tokens t join marketing.social_accounts a on a.id = t.account_id
            where a.id = $1 and a.access_token is not null and a.external_account_id is not null
            """);
        command.Parameters.AddWithValue(accountId);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Takes the account's refresh unless somebody holds it, and records that an attempt begins.</summary>
    /// <returns>The account as it is now, with the attempt that was open before; null when it is held or changed since it was read.</returns>
    public async Task<AccountToken?> LeaseAsync(AccountToken seen, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            with before as (
                select account_id, attempt_started_at from marketing_ops.account_tokens
                where  account_id = $1 and generation = $2 and (leased_until is null or leased_until < now())
                for    update skip locked),
            taken as (
                update marketing_ops.account_tokens token set leased_until = now() + $3, lease_token = gen_random_uuid(), attempt_started_at = now()
                from   before where token.account_id = before.account_id
                returning token.account_id, token.lease_token)
            select {Columns.Replace("t.attempt_started_at", "before.attempt_started_at", StringComparison.Ordinal)}, taken.lease_token
            from   taken join before using (account_id) join marketing_ops.account_tokens t using (account_id) join marketing.social_accounts a on a.id = t.account_id
            where  a.access_token is not null and a.external_account_id is not null
            """);
        foreach (var value in new object[] { seen.AccountId, seen.Generation, options.Value.Lease }) command.Parameters.AddWithValue(value);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Stores new tokens over the ones that the refresh began with, in one statement; the column that calls read and what renews it change together.</summary>
    /// <param name="account">The account as the refresh read it.</param>
    /// <param name="grant">The new tokens.</param>
    /// <param name="dueAt">When they are to be refreshed.</param>
    /// <param name="wasRefused">True when the token before was refused.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>False when other tokens were stored meanwhile, by a person who connected the account again.</returns>
    public async Task<bool> StoreAsync(AccountToken account, TokenGrant grant, DateTimeOffset? dueAt, bool wasRefused, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with stored as (
                update marketing_ops.account_tokens
                set    refresh_token = coalesce($3, refresh_token), access_expires_at = $4, refresh_expires_at = coalesce($5, refresh_expires_at), data_access_expires_at = coalesce($6, data_access_expires_at),
                       scopes = case when cardinality($7::text[]) > 0 then $7 else scopes end, generation = generation + 1, refreshed_at = now(), refresh_due_at = $8,
                       attempt_started_at = null, leased_until = null, lease_token = null, failures = 0, last_error = null, came_after_refusal = $10
                where  account_id = $1 and generation = $2
                returning account_id)
            update marketing.social_accounts account set access_token = $9, token_expires_at = $4
            from   stored where account.id = stored.account_id
            """);
        var parameters = command.Parameters;
        parameters.AddWithValue(account.AccountId);
        parameters.AddWithValue(account.Generation);
        parameters.Add(Text(grant.RefreshToken is { } renewing ? vault.Seal(renewing, "account_tokens", "refresh_token", account.AccountId) : null));
        parameters.Add(Time(grant.ExpiresAt));
        parameters.Add(Time(grant.RefreshExpiresAt));
        parameters.Add(Time(grant.DataAccessExpiresAt));
        parameters.AddWithValue(grant.Scopes.ToArray());
        parameters.Add(Time(dueAt));
        parameters.AddWithValue(vault.Seal(grant.AccessToken, "social_accounts", "access_token", account.AccountId));
        parameters.AddWithValue(wasRefused);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Records that a refresh failed and when it is tried again. The tokens stay as they are.</summary>
    /// <param name="account">The leased account.</param>
    /// <param name="reason">In words.</param>
    /// <param name="after">How long to wait.</param>
    /// <param name="answerIsOpen">True when the platform may have answered with tokens that nobody holds.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task FailedAsync(AccountToken account, string reason, TimeSpan after, bool answerIsOpen, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update marketing_ops.account_tokens
            set    failures = failures + 1, last_error = $3, last_failed_at = now(), refresh_due_at = now() + $4, leased_until = null, lease_token = null,
                   attempt_started_at = case when $5 then attempt_started_at end
            where  account_id = $1 and lease_token = $2
            """);
        foreach (var value in new object[] { account.AccountId, account.LeaseToken, reason, after, answerIsOpen }) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Accounts whose refresh is due and that nobody holds, the longest due first.</summary>
    public async Task<List<Guid>> DueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select t.account_id from marketing_ops.account_tokens t join marketing.social_accounts a on a.id = t.account_id
            where  t.refresh_due_at <= now() and (t.leased_until is null or t.leased_until < now()) and a.status is distinct from 'disconnected'
            order by t.refresh_due_at limit $1
            """);
        command.Parameters.AddWithValue(options.Value.RefreshBatch);
        var due = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) due.Add(reader.GetGuid(0));
        return due;
    }

    /// <summary>A text parameter that may be null.</summary>
    internal static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    /// <summary>A time parameter that may be null.</summary>
    internal static NpgsqlParameter Time(DateTimeOffset? value) => new() { Value = value is { } at ? at.ToUniversalTime() : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static async Task<AccountToken?> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        DateTimeOffset? At(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
        string? Words(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        return new AccountToken(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), Words(5))
        {
            ParentId = Words(6),
            AccessExpiresAt = At(7),
            RefreshExpiresAt = At(8),
            Generation = reader.GetInt32(9),
            Failures = reader.GetInt32(10),
            RefreshedAt = At(11)!.Value,
            RefreshDueAt = At(12),
            AttemptStartedAt = At(13),
            IsDisconnected = !reader.IsDBNull(14) && reader.GetBoolean(14),
            Now = At(15)!.Value,
            CameAfterRefusal = reader.GetBoolean(16),
            LeaseToken = reader.GetGuid(17),
        };
    }
}
