using System.Security.Cryptography;
using Marketing.Identity;
using Marketing.Social.Accounts.Connectors;
using Marketing.Social.Accounts.Revocation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Social.Accounts.Refreshing;

/// <summary>
/// Renews one account's token. However many ask at once, one calls the platform: a lease in the row lets one through, and the others
/// wait for what it stores. A refresh that brings nothing changes nothing; only an answer that means revoked disconnects.
/// </summary>
/// <remarks>
/// Platforms whose refresh token works once leave a gap between their answer and our commit. It is made as small as it can be: the
/// attempt is recorded before the call, the answer is stored in one statement before anybody uses it, and storing is tried again for
/// half a minute when the database is away. A process that dies inside the gap leaves the attempt open; whoever comes next uses
/// the access token to its end, then tries the refresh token that it has once: it works where the call never arrived, and what it
/// refuses is told as such.
/// </remarks>
public sealed partial class RefreshAccountToken
{
    private const int StoreAttempts = 8;

    // How much of an access token's life is left when an open attempt is settled by trying the old refresh token.
    private static readonly TimeSpan LastMinutes = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(150);

    // LinkedIn refuses a new token for some seconds (unverified how long).
    private static readonly TimeSpan NewTokenSettles = TimeSpan.FromSeconds(5);

    // For how long the refusal of a token that replaced a refused one is final.
    private static readonly TimeSpan RenewalFor = TimeSpan.FromHours(1);

    private readonly AccountTokenRows rows;
    private readonly NpgsqlDataSource database;
    private readonly TokenVault vault;
    private readonly IAccountConnector[] connectors;
    private readonly AccountsOptions options;
    private readonly ILogger<RefreshAccountToken> logger;

    internal RefreshAccountToken(
        AccountTokenRows rows, NpgsqlDataSource database, TokenVault vault, IEnumerable<IAccountConnector> connectors, IOptions<AccountsOptions> options, ILogger<RefreshAccountToken> logger) =>
        (this.rows, this.database, this.vault, this.connectors, this.options, this.logger) = (rows, database, vault, [.. connectors], options.Value, logger);

    /// <summary>Renews the token when its time has come.</summary>
    public Task<RefreshOutcome> DueAsync(Guid accountId, CancellationToken cancellationToken) =>
        RunAsync(accountId, usedAt: null, cancellationToken);

    /// <summary>Renews the token after the platform refused it.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="usedAt">When the refused call began: a token stored since then is a newer one and needs no refresh.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<RefreshOutcome> RefusedAsync(Guid accountId, DateTimeOffset usedAt, CancellationToken cancellationToken) =>
        RunAsync(accountId, usedAt, cancellationToken);

    private async Task<RefreshOutcome> RunAsync(Guid accountId, DateTimeOffset? usedAt, CancellationToken cancellationToken)
    {
        var waited = TimeSpan.Zero;
        while (true)
        {
            if (await rows.ReadAsync(accountId, cancellationToken) is not { } seen) return new RefreshOutcome.Impossible();
            if (seen.IsDisconnected) return new RefreshOutcome.Dead("The account is disconnected.");
            if (!Needs(seen, usedAt)) return new RefreshOutcome.Renewed();
            if (usedAt is { } refused && seen.CameAfterRefusal && refused - seen.RefreshedAt < RenewalFor)
                return await DisconnectAsync(seen, "The platform refuses the renewed token too. Connect the account again.", cancellationToken);
            if (Profile(seen) is not { } profile || !CanRenew(seen, profile)) return await WithoutRenewalAsync(seen, cancellationToken);
            if (await rows.LeaseAsync(seen, cancellationToken) is { } leased) return await RenewAsync(leased, profile, usedAt is not null, cancellationToken);
            if (waited > options.Lease) return new RefreshOutcome.Later("Another worker holds the refresh of this account.", options.FirstRetryAfter);
            waited += AskAgain;
            await Task.Delay(AskAgain, cancellationToken);
        }
    }

    // A token that was stored a moment ago may not be known everywhere at the platform yet.
    private static bool Needs(AccountToken account, DateTimeOffset? usedAt) =>
        usedAt is { } refused ? account.RefreshedAt + NewTokenSettles <= refused : account.RefreshDueAt is { } due && due <= account.Now;

    private static OAuthProfile? Profile(AccountToken account) => OAuthApps.Profile(account.Platform, account.Login);

    private static bool CanRenew(AccountToken account, OAuthProfile profile) => account.SealedRefreshToken is not null || profile.Login == "instagram";

    // A token that nothing renews is good until its end; then a person must act.
    private async Task<RefreshOutcome> WithoutRenewalAsync(AccountToken account, CancellationToken cancellationToken) => account.AccessExpiresAt <= account.Now
        ? await DisconnectAsync(account, "The token has ended, and the platform gave none to renew it with. Connect the account again.", cancellationToken)
        : new RefreshOutcome.Impossible();

    private async Task<RefreshOutcome> RenewAsync(AccountToken account, OAuthProfile profile, bool wasRefused, CancellationToken cancellationToken)
    {
        if (account.RefreshExpiresAt <= account.Now) return await DisconnectAsync(account, $"The consent ended on {account.RefreshExpiresAt:yyyy-MM-dd}. Connect the account again.", cancellationToken);
        var answerWasLost = account.AttemptStartedAt is not null && profile.RotatesRefreshToken;
        if (answerWasLost && !wasRefused && account.AccessExpiresAt - account.Now > LastMinutes)
        {
            var rest = account.AccessExpiresAt!.Value - account.Now - LastMinutes;
            await rows.FailedAsync(account, "The answer to a refresh was lost; the token is used to its end before the old refresh token is tried.", rest, answerIsOpen: true, cancellationToken);
            return new RefreshOutcome.Later("The answer to a refresh was lost.", rest);
        }

        RefreshRequest request;
        try
        {
            var renewing = account.SealedRefreshToken is { } stored ? vault.Open(stored, "account_tokens", "refresh_token", account.AccountId) : null;
            request = new RefreshRequest(account.ExternalAccountId, vault.Open(account.SealedAccessToken, "social_accounts", "access_token", account.AccountId), renewing, account.ParentId);
        }
        catch (Exception failure) when (failure is CryptographicException or InvalidOperationException)
        {
            return await LaterAsync(account, $"The tokens cannot be opened ({failure.GetType().Name}). Check the key ring.", null, answerIsOpen: false, cancellationToken);
        }

        var answer = await connectors.Single(connector => connector.Serves(profile)).RefreshAsync(profile, request, cancellationToken);
        return answer switch
        {
            TokenAnswer.Granted(var grant) => await StoreAsync(account, profile, grant, wasRefused),
            TokenAnswer.Revoked(var reason) when answerWasLost => await DisconnectAsync(account, $"The answer to a refresh was lost, and the refresh token works once: {reason} Connect the account again.", cancellationToken),
            TokenAnswer.Revoked(var reason) => await DisconnectAsync(account, $"{reason} Connect the account again.", cancellationToken),
            TokenAnswer.TryLater(var reason, var after) => await LaterAsync(account, reason, after, answerIsOpen: false, cancellationToken),
            TokenAnswer.Misconfigured(var reason) => await MisconfiguredAsync(account, reason, cancellationToken),
            TokenAnswer.Lost(var reason) => await LaterAsync(account, reason, null, answerIsOpen: profile.RotatesRefreshToken, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException($"{answer.GetType().Name}"),
        };
    }

    // Not stopped by the caller's token: what is not stored now is lost for good where the refresh token works once.
    private async Task<RefreshOutcome> StoreAsync(AccountToken account, OAuthProfile profile, TokenGrant grant, bool wasRefused)
    {
        var due = profile.RefreshDue(account.Now, grant.ExpiresAt, RandomNumberGenerator.GetInt32(1000) / 1000d);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // False: a person connected the account again meanwhile, and theirs are the newer tokens.
                var isStored = await rows.StoreAsync(account, grant, due, wasRefused, CancellationToken.None);
                TokenRenewed(logger, account.AccountId, account.Platform, isStored);
                return new RefreshOutcome.Renewed();
            }
            catch (NpgsqlException failure) when (attempt < StoreAttempts && (failure.IsTransient || failure is not PostgresException))
            {
                StoreFailed(logger, account.AccountId, attempt, failure.GetType().Name);
                await Task.Delay(TimeSpan.FromMilliseconds(250 * Math.Pow(2, attempt - 1)), CancellationToken.None);
            }
        }
    }

    private async Task<RefreshOutcome> LaterAsync(AccountToken account, string reason, TimeSpan? after, bool answerIsOpen, CancellationToken cancellationToken)
    {
        var wait = (after ?? options.RetryDelay(account.Failures + 1)) * (1 + (RandomNumberGenerator.GetInt32(200) / 1000d));
        await rows.FailedAsync(account, reason, wait, answerIsOpen, cancellationToken);
        RefreshFailed(logger, account.AccountId, account.Platform, reason);
        return new RefreshOutcome.Later(reason, wait);
    }

    private async Task<RefreshOutcome> MisconfiguredAsync(AccountToken account, string reason, CancellationToken cancellationToken)
    {
        AppRefused(logger, account.Platform, reason);
        return await LaterAsync(account, $"The platform refuses our app, not the account: {reason}", options.MaxRetryAfter, answerIsOpen: false, cancellationToken);
    }

    private async Task<RefreshOutcome> DisconnectAsync(AccountToken account, string reason, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // A person may have connected the account again since the refused token was read.
        await using (var same = new NpgsqlCommand("select 1 from marketing_ops.account_tokens where account_id = $1 and generation = $2 for update", connection))
        {
            same.Parameters.AddWithValue(account.AccountId);
            same.Parameters.AddWithValue(account.Generation);
            if (await same.ExecuteScalarAsync(cancellationToken) is null) return new RefreshOutcome.Renewed();
        }
        await DisconnectAccounts.RunAsync(connection, [account.AccountId], reason, Caller.Job("refresh_tokens"), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Disconnected(logger, account.AccountId, account.Platform, reason);
        return new RefreshOutcome.Dead(reason);
    }

    [LoggerMessage(4301, LogLevel.Information, "Token of {Platform} account {AccountId} renewed (stored: {IsStored})")]
    private static partial void TokenRenewed(ILogger logger, Guid accountId, string platform, bool isStored);

    [LoggerMessage(4302, LogLevel.Warning, "Token of {Platform} account {AccountId} not renewed: {Reason}")]
    private static partial void RefreshFailed(ILogger logger, Guid accountId, string platform, string reason);

    [LoggerMessage(4303, LogLevel.Error, "{Platform} refuses our app: {Reason}. Check Social:Accounts:Apps")]
    private static partial void AppRefused(ILogger logger, string platform, string reason);

    [LoggerMessage(4304, LogLevel.Error, "Renewed token of account {AccountId} not stored, attempt {Attempt} ({Error})")]
    private static partial void StoreFailed(ILogger logger, Guid accountId, int attempt, string error);

    [LoggerMessage(4305, LogLevel.Warning, "{Platform} account {AccountId} is disconnected: {Reason}")]
    private static partial void Disconnected(ILogger logger, Guid accountId, string platform, string reason);
}
