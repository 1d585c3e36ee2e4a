using System.Security.Cryptography;
using Marketing.Identity;
using Marketing.Operations.Outbound;
using Marketing.Social.Accounts.Connectors;
using Marketing.Social.Accounts.Refreshing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Insights;

/// <summary>
/// Reads what is due of one account and stores it as it comes: a time-out or a killed worker leaves what was read, and the rest stays due.
/// </summary>
public sealed partial class PullInsights
{
    private readonly InsightRows rows;
    private readonly StoreReadings store;
    private readonly InsightBudgets budgets;
    private readonly OAuthApps apps;
    private readonly JsonHttp http;
    private readonly TokenVault vault;
    private readonly RefreshAccountToken refresh;
    private readonly Dictionary<string, IInsightsReader> readers;
    private readonly InsightsOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<PullInsights> logger;

    internal PullInsights(
        InsightRows rows, StoreReadings store, InsightBudgets budgets, OAuthApps apps, JsonHttp http, TokenVault vault, RefreshAccountToken refresh, IEnumerable<IInsightsReader> readers,
        IOptions<InsightsOptions> options, TimeProvider clock, ILogger<PullInsights> logger)
    {
        (this.rows, this.store, this.budgets, this.apps, this.http, this.vault, this.refresh) = (rows, store, budgets, apps, http, vault, refresh);
        (this.readers, this.options, this.clock, this.logger) = (readers.ToDictionary(reader => reader.Platform), options.Value, clock, logger);
    }

    /// <summary>Reads the account unless another worker does.</summary>
    /// <returns>The number of readings stored.</returns>
    public async Task<int> RunAsync(Guid accountId, CancellationToken cancellationToken)
    {
        if (await rows.LeaseAsync(accountId, cancellationToken) is not { } leased) return 0;
        if (Token(leased) is not { } token || !readers.TryGetValue(leased.Platform, out var reader))
        {
            await rows.ReleaseAsync(leased, TimeSpan.FromHours(1), TimeSpan.FromHours(1), "The token cannot be opened. Check the key ring.", isAccountRead: false, cancellationToken);
            return 0;
        }
        var profile = OAuthApps.Profile(leased.Platform, leased.Login) ?? OAuthProfiles.Find(leased.Platform)!;
        var account = new AccountToRead(leased.AccountId, leased.Platform, leased.ExternalId, await rows.DuePostsAsync(accountId, cancellationToken), leased.Today)
        {
            WantsAccount = leased.WantsAccount,
            Days = leased.IsNew ? options.BackfillDays : 7,
        };
        var began = clock.GetUtcNow();
        var turn = new Turn();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Lease * 0.7);
        try
        {
            await foreach (var reading in reader.ReadAsync(account, new InsightsCalls(http, budgets, account, token, apps.ApiUrl(profile)), limit.Token))
                if (!await TakeAsync(account, reading, turn, limit.Token)) break;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            (turn.Error, turn.Hold) = ("The turn took too long; the rest follows.", TimeSpan.FromMinutes(1));
        }
        await EndAsync(leased, turn, began, cancellationToken);
        InsightsRead(logger, leased.AccountId, leased.Platform, turn.Stored, account.Posts.Count, turn.Error ?? "all read");
        return turn.Stored;
    }

    private async Task<bool> TakeAsync(AccountToRead account, Reading reading, Turn turn, CancellationToken cancellationToken)
    {
        switch (reading)
        {
            case Reading.Post post:
                await store.PostAsync(post, cancellationToken);
                turn.Stored++;
                return true;
            case Reading.PostDone(var id):
                await ReadAgainAsync(account, id, cancellationToken);
                return true;
            case Reading.NothingYet(var id, _):
                await ReadAgainAsync(account, id, cancellationToken);
                return true;
            case Reading.Missing(var id, var reason):
                await rows.PostFailedAsync(id, reason, isMissing: true, IsLast(account, id), cancellationToken);
                return true;
            case Reading.Failed(var id, var reason):
                await rows.PostFailedAsync(id, reason, isMissing: false, IsLast(account, id), cancellationToken);
                return true;
            case Reading.Account day:
                await store.AccountAsync(account.AccountId, day, account.Today, cancellationToken);
                turn.Stored++;
                return true;
            case Reading.AccountFailed(var reason):
                turn.Error ??= reason;
                return true;
            case Reading.Stop stop:
                (turn.Error, turn.Hold, turn.IsTokenRefused) = (stop.Reason, stop.After, stop.IsTokenRefused);
                turn.IsStopped = true;
                if (stop.After is { } pause && !stop.IsTokenRefused)
                    await budgets.PauseAsync(stop.IsForWholeApp ? $"app:{account.Platform}" : $"account:{account.AccountId}", pause, stop.Reason, cancellationToken);
                return false;
            default:
                throw new System.Diagnostics.UnreachableException($"{reading}");
        }
    }

    private Task ReadAgainAsync(AccountToRead account, Guid postId, CancellationToken cancellationToken) => rows.PostReadAsync(postId, Next(account, postId), cancellationToken);

    private bool IsLast(AccountToRead account, Guid postId) => Next(account, postId) is null;

    private DateTimeOffset? Next(AccountToRead account, Guid postId)
    {
        var post = account.Posts.First(known => known.PostId == postId);
        return ReadSchedule.Next(account.Platform, post.PostType, post.PublishedAt, clock.GetUtcNow(), RandomNumberGenerator.GetInt32(1000) / 1000d);
    }

    // What stopped the turn holds the posts too; when only the account's own figures could not be read, its posts stay due by their age.
    private async Task EndAsync(LeasedAccount leased, Turn turn, DateTimeOffset began, CancellationToken cancellationToken)
    {
        var isRead = turn.Error is null && leased.WantsAccount;
        TimeSpan? next = isRead ? options.AccountEvery * (0.95 + (RandomNumberGenerator.GetInt32(100) / 1000d)) : null;
        if (turn.IsStopped)
        {
            // A dead token disconnects the account there; here the account then rests until it is connected again.
            if (turn.IsTokenRefused && await refresh.RefusedAsync(leased.AccountId, began, cancellationToken) is RefreshOutcome.Renewed) turn.Hold = TimeSpan.FromSeconds(30);
            turn.Hold ??= ReadSchedule.AfterFailure(leased.Failures + 1);
        }
        else if (turn.Error is not null && turn.Hold is null) next = ReadSchedule.AfterFailure(leased.Failures + 1);
        await rows.ReleaseAsync(leased, next, turn.Hold, turn.Error, isRead, cancellationToken);
    }

    private string? Token(LeasedAccount account)
    {
        try
        {
            return vault.Open(account.SealedToken, "social_accounts", "access_token", account.AccountId);
        }
        catch (Exception failure) when (failure is CryptographicException or InvalidOperationException)
        {
            CannotOpen(logger, account.AccountId, failure.GetType().Name);
            return null;
        }
    }

    private sealed class Turn
    {
        public int Stored { get; set; }

        public string? Error { get; set; }

        public TimeSpan? Hold { get; set; }

        public bool IsStopped { get; set; }

        public bool IsTokenRefused { get; set; }
    }

    [LoggerMessage(4401, LogLevel.Information, "Figures of {Platform} account {AccountId}: {Stored} readings of {Posts} due posts; {Outcome}")]
    private static partial void InsightsRead(ILogger logger, Guid accountId, string platform, int stored, int posts, string outcome);

    [LoggerMessage(4402, LogLevel.Error, "The token of account {AccountId} cannot be opened ({Error})")]
    private static partial void CannotOpen(ILogger logger, Guid accountId, string error);
}
