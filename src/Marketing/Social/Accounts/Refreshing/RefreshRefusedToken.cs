using Marketing.Social.Platforms;
using Npgsql;

namespace Marketing.Social.Accounts.Refreshing;

/// <summary>What follows when a platform refuses the token of a post's account: the token is renewed and the step tried again, or the account is dead.</summary>
public sealed class RefreshRefusedToken
{
    // Long enough for a new token to be known everywhere at the platform.
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(6);

    private readonly NpgsqlDataSource database;
    private readonly RefreshAccountToken refresh;

    internal RefreshRefusedToken(NpgsqlDataSource database, RefreshAccountToken refresh) => (this.database, this.refresh) = (database, refresh);

    /// <summary>Renews the token and hands on what that means for the step.</summary>
    /// <param name="postId">The post.</param>
    /// <param name="usedAt">When the step began that used the refused token.</param>
    /// <param name="reason">What the platform said.</param>
    /// <param name="settle">Takes <see cref="Outcome.RetryLater"/> or <see cref="Outcome.Disconnect"/>.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task RunAsync(Guid postId, DateTimeOffset usedAt, string reason, Func<Outcome, Task> settle, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select account_id from marketing.social_posts where id = $1");
        command.Parameters.AddWithValue(postId);
        if (await command.ExecuteScalarAsync(cancellationToken) is not Guid account) return;
        await settle(await refresh.RefusedAsync(account, usedAt, cancellationToken) switch
        {
            RefreshOutcome.Renewed => new Outcome.RetryLater(TryAgainAfter, $"{reason} The token was renewed."),
            RefreshOutcome.Later(var why, var after) => new Outcome.RetryLater(after, $"{reason} The token is not renewed yet: {why}"),
            RefreshOutcome.Dead(var why) => new Outcome.Disconnect($"{reason} {why.Replace(" Connect the account again.", "", StringComparison.Ordinal)}"),
            RefreshOutcome.Impossible => new Outcome.Disconnect(reason),
            var other => throw new System.Diagnostics.UnreachableException($"{other}"),
        });
    }
}
