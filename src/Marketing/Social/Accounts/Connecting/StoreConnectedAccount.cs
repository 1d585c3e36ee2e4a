using System.Security.Cryptography;
using System.Text.Json;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Social.Accounts.Connectors;
using Marketing.Social.Accounts.Refreshing;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Accounts.Connecting;

/// <summary>
/// Writes a connected account: its row, its tokens, the end of the consent and the audit entry, in the caller's transaction. An account that
/// is known by its id at the platform keeps its row, so posts and figures stay with it.
/// </summary>
internal sealed class StoreConnectedAccount(TokenVault vault, OAuthApps apps, TimeProvider clock)
{
    /// <summary>The profile that a platform is connected by.</summary>
    public OAuthProfile Profile(string platform) => apps.Profile(platform)!;

    /// <summary>Writes it.</summary>
    /// <returns>The account's id.</returns>
    /// <exception cref="ConnectionRefusedException">The property has another account of the platform, or does not exist, or the account to connect again is another one.</exception>
    public async Task<Guid> RunAsync(NpgsqlConnection connection, OpenConnection consent, TokenGrant grant, AccountCandidate chosen, CancellationToken cancellationToken)
    {
        // No unique key of the schema says that an account of a platform has one row, so two consents for the same one go one after the other.
        await using (var one = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended($1, 7))", connection))
        {
            one.Parameters.AddWithValue($"{consent.Platform}:{chosen.ExternalId}");
            await one.ExecuteNonQueryAsync(cancellationToken);
        }
        var known = await FindAsync(connection, consent, chosen, cancellationToken);
        var id = known ?? Guid.CreateVersion7();
        try
        {
            await WriteAccountAsync(connection, id, known is not null, consent, grant, chosen, cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConnectionRefusedException($"The property has another {consent.Platform} account. Connect that one again, or remove it first.");
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new ConnectionRefusedException($"There is no property {consent.PropertyId}.");
        }
        await WriteTokensAsync(connection, id, consent, grant, chosen, cancellationToken);
        await using var done = new NpgsqlCommand("update marketing_ops.account_connections set state = 'connected', account_id = $2, sealed_choices = null, code_verifier = null, choices = '[]', reason = null where id = $1", connection);
        done.Parameters.AddWithValue(consent.Id);
        done.Parameters.AddWithValue(id);
        await done.ExecuteNonQueryAsync(cancellationToken);

        var changes = JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, string?>> { ["external_account_id"] = new() { ["to"] = chosen.ExternalId }, ["access_token"] = new() { ["to"] = "redacted" } });
        var caller = new Caller(null, consent.RequestedBy, new HashSet<string>());
        await using var audit = new NpgsqlBatch(connection) { BatchCommands = { AuditLog.Command(caller, null, "social_accounts", [new AuditLine(known is null ? "connect" : "reconnect", id, changes)]) } };
        await audit.ExecuteNonQueryAsync(cancellationToken);
        return id;
    }

    // The row to connect again; else the row that has the account; else a row that was written for it by hand and has none yet.
    private static async Task<Guid?> FindAsync(NpgsqlConnection connection, OpenConnection consent, AccountCandidate chosen, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select id, external_account_id from marketing.social_accounts
            where  platform = $1 and case when $3::uuid is not null then id = $3 else external_account_id = $2 or (external_account_id is null and property_id = $4) end
            order by (external_account_id is null), created_at limit 1 for update
            """, connection);
        command.Parameters.AddWithValue(consent.Platform);
        command.Parameters.AddWithValue(chosen.ExternalId);
        command.Parameters.Add(new() { Value = (object?)consent.AccountId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)consent.PropertyId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return consent.AccountId is null ? null : throw new ConnectionRefusedException("The account to connect again is not there any more.");
        if (!reader.IsDBNull(1) && reader.GetString(1) != chosen.ExternalId) throw new ConnectionRefusedException($"That is another account: this row is {reader.GetString(1)}, the consent is for {chosen.ExternalId}. Sign in to the right one, or connect it as a new account.");
        return reader.GetGuid(0);
    }

    private async Task WriteAccountAsync(NpgsqlConnection connection, Guid id, bool isKnown, OpenConnection consent, TokenGrant grant, AccountCandidate chosen, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(isKnown
            ? """
              update marketing.social_accounts
              set    external_account_id = $3, handle = coalesce($5, handle), profile_url = coalesce($6, profile_url), access_token = $7, token_expires_at = $8, status = 'active',
                     property_id = coalesce(property_id, $9), account_name = coalesce(account_name, $4), platform = $2
              where  id = $1
              """
            : """
              insert into marketing.social_accounts (id, platform, external_account_id, account_name, handle, profile_url, access_token, token_expires_at, status, property_id)
              values ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9)
              """, connection);
        var parameters = command.Parameters;
        parameters.AddWithValue(id);
        parameters.AddWithValue(consent.Platform);
        parameters.AddWithValue(chosen.ExternalId);
        parameters.AddWithValue(chosen.Name);
        parameters.Add(AccountTokenRows.Text(chosen.Handle));
        parameters.Add(AccountTokenRows.Text(chosen.ProfileUrl));
        parameters.AddWithValue(vault.Seal(chosen.AccessToken ?? grant.AccessToken, "social_accounts", "access_token", id));
        parameters.Add(AccountTokenRows.Time(chosen.AccessToken is null ? grant.ExpiresAt : null));
        parameters.Add(new() { Value = (object?)consent.PropertyId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task WriteTokensAsync(NpgsqlConnection connection, Guid id, OpenConnection consent, TokenGrant grant, AccountCandidate chosen, CancellationToken cancellationToken)
    {
        var profile = Profile(consent.Platform);
        var ends = chosen.AccessToken is null ? grant.ExpiresAt : null;
        await using var command = new NpgsqlCommand("""
            insert into marketing_ops.account_tokens (account_id, login, external_user_id, external_parent_id, refresh_token, access_expires_at, refresh_expires_at, data_access_expires_at, scopes, connected_by, refresh_due_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            on conflict (account_id) do update set
                login = excluded.login, external_user_id = excluded.external_user_id, external_parent_id = excluded.external_parent_id, refresh_token = excluded.refresh_token,
                access_expires_at = excluded.access_expires_at, refresh_expires_at = excluded.refresh_expires_at, data_access_expires_at = excluded.data_access_expires_at, scopes = excluded.scopes,
                connected_by = excluded.connected_by, connected_at = now(), refreshed_at = null, refresh_due_at = excluded.refresh_due_at, generation = account_tokens.generation + 1, came_after_refusal = false,
                attempt_started_at = null, leased_until = null, lease_token = null, failures = 0, last_error = null, disconnected_at = null, disconnected_reason = null
            """, connection);
        var parameters = command.Parameters;
        parameters.AddWithValue(id);
        parameters.AddWithValue(profile.Login);
        parameters.Add(AccountTokenRows.Text(grant.UserId));
        parameters.Add(AccountTokenRows.Text(chosen.ParentId));
        parameters.Add(AccountTokenRows.Text(grant.RefreshToken is { } token ? vault.Seal(token, "account_tokens", "refresh_token", id) : null));
        parameters.Add(AccountTokenRows.Time(ends));
        parameters.Add(AccountTokenRows.Time(grant.RefreshExpiresAt));
        parameters.Add(AccountTokenRows.Time(grant.DataAccessExpiresAt));
        parameters.AddWithValue(grant.Scopes.ToArray());
        parameters.AddWithValue(consent.RequestedBy);
        parameters.Add(AccountTokenRows.Time(profile.RefreshDue(clock.GetUtcNow(), ends, RandomNumberGenerator.GetInt32(1000) / 1000d)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
