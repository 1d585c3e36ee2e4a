using System.Text.Json;
using Marketing.Identity;
using Marketing.Social.Accounts.Connectors;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Accounts.Connecting;

/// <summary>
/// Ends a consent: the platform has sent the browser back with a code. The row lets each state through once; a process that dies on the way
/// leaves a consent that its time ends, and the person starts again.
/// </summary>
internal sealed class CompleteConnection(NpgsqlDataSource database, ConnectionState states, TokenVault vault, IEnumerable<IAccountConnector> connectors, StoreConnectedAccount store)
{
    /// <summary>Takes the browser's query.</summary>
    /// <param name="state">Our state.</param>
    /// <param name="code">The code; null when the person declined.</param>
    /// <param name="error">The platform's error; null without one.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<CompletedConnection> RunAsync(string state, string? code, string? error, CancellationToken cancellationToken)
    {
        if (states.Read(state) is not { } id) return new CompletedConnection(null, "failed", "This consent was not started here.");
        if (await TakeAsync(id, cancellationToken) is not var (consent, profile, verifier)) return new CompletedConnection(id, "failed", "This consent was used before, or its time is over. Start again.");
        try
        {
            if (error is not null || string.IsNullOrEmpty(code))
                throw new ConnectionRefusedException(error is "access_denied" or "user_cancelled_login" or "user_cancelled_authorize" ? "The person declined." : $"The platform sent no code: {PlatformWords.Clean(error, "no reason given")}.");
            var connector = connectors.Single(known => known.Serves(profile));
            var grant = await connector.ExchangeAsync(profile, code, verifier, cancellationToken) switch
            {
                TokenAnswer.Granted(var given) => given,
                var refused => throw new ConnectionRefusedException($"The platform gave no token: {Words(refused)} Start again."),
            };
            var found = await connector.AccountsAsync(profile, grant, cancellationToken) switch
            {
                AccountsAnswer.Found(var accounts) => accounts,
                AccountsAnswer.Failed(var reason) => throw new ConnectionRefusedException(reason),
                var other => throw new System.Diagnostics.UnreachableException($"{other.GetType().Name}"),
            };
            return await SettleAsync(consent, grant, await FittingAsync(consent, found, cancellationToken), cancellationToken);
        }
        catch (ConnectionRefusedException refused)
        {
            await FailAsync(id, refused.Message, cancellationToken);
            return new CompletedConnection(id, "failed", refused.Message);
        }
    }

    private async Task<(OpenConnection Consent, OAuthProfile Profile, string? Verifier)?> TakeAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update marketing_ops.account_connections set state = 'exchanging' where id = $1 and state = 'started' and expires_at > now()
            returning platform, account_id, property_id, requested_by, code_verifier
            """);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        Guid? Id(int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);
        var consent = new OpenConnection(id, reader.GetString(0), Id(1), Id(2), reader.GetString(3));
        return (consent, store.Profile(consent.Platform), reader.IsDBNull(4) ? null : vault.Open(reader.GetString(4), "account_connections", "code_verifier", id));
    }

    // Of an account that is connected again only that one is offered.
    private async Task<IReadOnlyList<AccountCandidate>> FittingAsync(OpenConnection consent, IReadOnlyList<AccountCandidate> found, CancellationToken cancellationToken)
    {
        if (found.Count == 0) throw new ConnectionRefusedException($"The consent opens no {consent.Platform} account. {Hint(consent.Platform)}");
        if (consent.AccountId is not { } account) return found;
        await using var command = database.CreateCommand("select external_account_id from marketing.social_accounts where id = $1");
        command.Parameters.AddWithValue(account);
        if (await command.ExecuteScalarAsync(cancellationToken) is not string wanted) return found;
        return found.Where(candidate => candidate.ExternalId == wanted).ToList() is { Count: > 0 } fitting ? fitting
            : throw new ConnectionRefusedException($"The consent does not open the account {wanted}. Sign in as somebody who has it, and tick it in the consent.");
    }

    private async Task<CompletedConnection> SettleAsync(OpenConnection consent, TokenGrant grant, IReadOnlyList<AccountCandidate> found, CancellationToken cancellationToken)
    {
        if (found is [var only])
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await store.RunAsync(connection, consent, grant, only, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new CompletedConnection(consent.Id, "connected", $"Connected: {only.Name} ({consent.Platform}).");
        }
        await using var command = database.CreateCommand("update marketing_ops.account_connections set state = 'choose', sealed_choices = $2, choices = $3, code_verifier = null where id = $1");
        command.Parameters.AddWithValue(consent.Id);
        command.Parameters.AddWithValue(vault.Seal(JsonSerializer.Serialize(new Choices(grant, found)), "account_connections", "sealed_choices", consent.Id));
        command.Parameters.Add(new()
        {
            Value = JsonSerializer.Serialize(found.Select(candidate => new Dictionary<string, string?> { ["external_account_id"] = candidate.ExternalId, ["name"] = candidate.Name, ["handle"] = candidate.Handle, ["profile_url"] = candidate.ProfileUrl })),
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new CompletedConnection(consent.Id, "choose", $"Choose one of {found.Count} accounts to finish.");
    }

    private async Task FailAsync(Guid id, string reason, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update marketing_ops.account_connections set state = 'failed', reason = $2, sealed_choices = null, code_verifier = null where id = $1");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(reason);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Hint(string platform) => platform switch
    {
        "instagram" => "It must be a professional account that is linked to a Page of the person.",
        "facebook" => "The person needs a role on a Page, and must tick it in the consent.",
        "linkedin" => "The person must be an administrator of a page.",
        "youtube" => "The Google account has no channel.",
        _ => "",
    };

    private static string Words(TokenAnswer answer) => answer switch
    {
        TokenAnswer.Revoked(var reason) => reason,
        TokenAnswer.TryLater(var reason, _) => reason,
        TokenAnswer.Misconfigured(var reason) => reason,
        TokenAnswer.Lost(var reason) => reason,
        _ => "",
    };
}

/// <summary>What a consent came to.</summary>
/// <param name="Id">The connection; null when the state was not ours.</param>
/// <param name="State">connected, choose or failed.</param>
/// <param name="Words">A sentence for the person.</param>
internal sealed record CompletedConnection(Guid? Id, string State, string Words);

/// <summary>Tokens and accounts between the consent and the choice; stored encrypted.</summary>
internal sealed record Choices(TokenGrant Grant, IReadOnlyList<AccountCandidate> Accounts)
{
    /// <summary>Never the tokens.</summary>
    public override string ToString() => $"{Accounts.Count} accounts";
}
