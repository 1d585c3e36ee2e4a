using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Social.Accounts.Connectors;
using Npgsql;

namespace Marketing.Social.Accounts.Health;

/// <summary>Tells whether an account can be published to and read from, until when, and what to do when it cannot. No platform is asked.</summary>
internal sealed class AccountHealth(NpgsqlDataSource database, OAuthApps apps, TokenVault vault)
{
    // An end that is nearer than this, and that no refresh will move, needs a person.
    private static readonly TimeSpan WarnAhead = TimeSpan.FromDays(14);

    /// <summary>Reads it.</summary>
    /// <exception cref="ProblemException">404: the account was removed meanwhile.</exception>
    public async Task<JsonObject> RunAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var row = await ReadAsync(accountId, cancellationToken) ?? throw new ProblemException(Problem.NotFound("social_accounts", accountId.ToString()));
        var profile = row.Login is { } login ? OAuthApps.Profile(row.Platform, login) : null;
        var wanted = profile is null ? [] : apps.Scopes(profile);
        // A platform that does not say what it granted leaves nothing to compare.
        var missing = row.Scopes.Length == 0 ? [] : wanted.Except(row.Scopes).ToArray();
        var state = State(row);
        return new JsonObject
        {
            ["account_id"] = accountId,
            ["social_account_id"] = row.BusinessId,
            ["platform"] = row.Platform,
            ["status"] = row.Status,
            ["is_healthy"] = state is "valid" && row.Status != AccountStatus.Disconnected && missing.Length == 0,
            ["token"] = new JsonObject
            {
                ["state"] = state,
                ["expires_at"] = row.ExpiresAt,
                ["renews_itself"] = row.CanRenew,
                ["next_refresh_at"] = row.RefreshDueAt,
                ["refreshed_at"] = row.RefreshedAt,
                ["consent_expires_at"] = row.RefreshExpiresAt,
                ["data_access_expires_at"] = row.DataAccessExpiresAt,
                ["failures"] = row.Failures,
                ["last_error"] = row.LastError,
                ["last_failed_at"] = row.LastFailedAt,
            },
            ["scopes"] = new JsonObject { ["granted"] = List(row.Scopes), ["missing"] = List(missing) },
            ["limits"] = row.PostsPerDay is { } limit
                ? new JsonArray(new JsonObject { ["name"] = "posts_per_24_hours", ["limit"] = limit, ["used"] = row.PostsLastDay, ["left"] = Math.Max(0, limit - row.PostsLastDay), ["source"] = "ref_social_platforms, counted from our own posts" })
                : [],
            ["last_success"] = new JsonObject { ["published_at"] = row.PublishedAt, ["refreshed_at"] = row.RefreshedAt, ["insights_read_at"] = row.SyncedAt },
            ["disconnected"] = row.Status == AccountStatus.Disconnected ? new JsonObject { ["at"] = row.DisconnectedAt, ["reason"] = row.DisconnectedReason, ["tell"] = row.Notify } : null,
            ["connected_by"] = row.ConnectedBy,
            ["what_to_do"] = List(WhatToDo(row, state, missing)),
        };
    }

    private string State(AccountRow row)
    {
        if (row.SealedToken is not { } stored) return "missing";
        if (row.Status == AccountStatus.Disconnected) return "refused";
        try
        {
            _ = vault.Open(stored, "social_accounts", "access_token", row.Id);
        }
        catch (Exception failure) when (failure is System.Security.Cryptography.CryptographicException or InvalidOperationException)
        {
            return "unreadable";
        }
        if (row.ExpiresAt <= row.Now) return "expired";
        return !row.CanRenew && row.ExpiresAt - row.Now < WarnAhead ? "expiring" : "valid";
    }

    private static IEnumerable<string> WhatToDo(AccountRow row, string state, string[] missing)
    {
        var again = $"POST /api/social_accounts/{row.BusinessId}/connect and let the person consent again.";
        switch (state)
        {
            case "missing":
                yield return $"There is no token: {again}";
                break;
            case "refused":
                yield return $"The account is disconnected: {again}";
                break;
            case "unreadable":
                yield return "The token cannot be opened: put the key that encrypted it back into KeyRing:Keys, or connect the account again.";
                break;
            case "expired" when row.CanRenew:
                yield return "The token has ended and will be renewed with the next run of refresh_tokens; see token.last_error if it is not.";
                break;
            case "expired" or "expiring":
                yield return $"The token ends at {row.ExpiresAt:yyyy-MM-dd} and cannot renew itself: {again}";
                break;
        }
        if (missing.Length > 0) yield return $"The consent lacks {string.Join(", ", missing)}: connect the account again and leave everything ticked.";
        if (row.RefreshExpiresAt - row.Now < WarnAhead && row.Status != AccountStatus.Disconnected) yield return $"The consent ends at {row.RefreshExpiresAt:yyyy-MM-dd} unless it is prolonged before: {again}";
        if (row.DataAccessExpiresAt - row.Now < WarnAhead) yield return $"Reading figures ends at {row.DataAccessExpiresAt:yyyy-MM-dd}: {again}";
        if (row.Failures > 2) yield return "Renewing the token has failed several times: read token.last_error.";
        if (row.ExternalId is null) yield return "external_account_id is not set: write it, or connect the account by consent.";
    }

    private async Task<AccountRow?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select json_build_object('id', a.id, 'business_id', a.social_account_id, 'platform', a.platform, 'status', a.status, 'sealed_token', a.access_token, 'external_id', a.external_account_id,
                'login', t.login, 'scopes', coalesce(t.scopes, '{}'), 'expires_at', coalesce(t.access_expires_at, a.token_expires_at), 'refresh_expires_at', t.refresh_expires_at,
                'data_access_expires_at', t.data_access_expires_at, 'can_renew', coalesce(t.refresh_token is not null or t.login = 'instagram', false), 'refresh_due_at', t.refresh_due_at,
                'refreshed_at', coalesce(t.refreshed_at, t.connected_at), 'failures', coalesce(t.failures, 0), 'last_error', t.last_error, 'last_failed_at', t.last_failed_at,
                'connected_by', t.connected_by, 'notify', coalesce(t.notify, t.connected_by), 'synced_at', a.last_synced_at, 'now', now(),
                'disconnected_at', coalesce(t.disconnected_at, lost.at), 'disconnected_reason', coalesce(t.disconnected_reason, lost.changes #>> '{status,reason}'),
                'published_at', (select max(p.published_at) from marketing.social_posts p where p.account_id = a.id),
                'posts_last_day', (select count(*) from marketing.social_posts p where p.account_id = a.id and p.published_at > now() - interval '24 hours'),
                'posts_per_day', (select (r.rate_limits #>> '{posts_per_account,count}')::integer from marketing.ref_social_platforms r where r.code = a.platform and r.rate_limits #>> '{posts_per_account,count}' ~ '^\d{1,6}$'))::text
            from marketing.social_accounts a
            left join marketing_ops.account_tokens t on t.account_id = a.id
            left join lateral (select at, changes from marketing_ops.audit_log where table_name = 'social_accounts' and row_id = a.id and action = 'disconnect' order by id desc limit 1) lost on true
            where a.id = $1
            """);
        command.Parameters.AddWithValue(id);
        return await command.ExecuteScalarAsync(cancellationToken) is string json ? JsonSerializer.Deserialize<AccountRow>(json, SnakeCase) : null;
    }

    private static JsonSerializerOptions SnakeCase { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static JsonArray List(IEnumerable<string> items) => [.. items.Select(item => (JsonNode)item)];

    private sealed record AccountRow(Guid Id, string BusinessId, string Platform, string? Status, string? SealedToken, string? ExternalId, string? Login, string[] Scopes)
    {
        public DateTimeOffset? ExpiresAt { get; init; }

        public DateTimeOffset? RefreshExpiresAt { get; init; }

        public DateTimeOffset? DataAccessExpiresAt { get; init; }

        public bool CanRenew { get; init; }

        public DateTimeOffset? RefreshDueAt { get; init; }

        public DateTimeOffset? RefreshedAt { get; init; }

        public int Failures { get; init; }

        public string? LastError { get; init; }

        public DateTimeOffset? LastFailedAt { get; init; }

        public string? ConnectedBy { get; init; }

        public string? Notify { get; init; }

        public DateTimeOffset? SyncedAt { get; init; }

        public DateTimeOffset Now { get; init; }

        public DateTimeOffset? DisconnectedAt { get; init; }

        public string? DisconnectedReason { get; init; }

        public DateTimeOffset? PublishedAt { get; init; }

        public long PostsLastDay { get; init; }

        public int? PostsPerDay { get; init; }
    }
}
