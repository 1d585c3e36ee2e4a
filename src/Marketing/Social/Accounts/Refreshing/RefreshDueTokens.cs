using Npgsql;

namespace Marketing.Social.Accounts.Refreshing;

/// <summary>Renews the tokens whose time has come, a few at a time. Any number of runs may overlap: each account's refresh is leased.</summary>
public sealed class RefreshDueTokens
{
    private const int AtOnce = 4;

    private readonly AccountTokenRows rows;
    private readonly RefreshAccountToken refresh;
    private readonly NpgsqlDataSource database;

    internal RefreshDueTokens(AccountTokenRows rows, RefreshAccountToken refresh, NpgsqlDataSource database) => (this.rows, this.refresh, this.database) = (rows, refresh, database);

    /// <summary>Renews what is due, and forgets consents that nobody finished.</summary>
    /// <returns>The number of accounts looked at.</returns>
    /// <exception cref="NpgsqlException">The database failed; the next run goes on.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var due = await rows.DueAsync(cancellationToken);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (account, stop) => await refresh.DueAsync(account, stop));
        // The tokens of a choice never made go first; the row stays a day for whoever asks what became of it.
        await using var forget = database.CreateCommand("update marketing_ops.account_connections set sealed_choices = null, code_verifier = null, state = 'failed', reason = 'The time for this consent is over. Start again.' where expires_at < now() and state in ('started', 'exchanging', 'choose')");
        await forget.ExecuteNonQueryAsync(cancellationToken);
        await using var remove = database.CreateCommand("delete from marketing_ops.account_connections where expires_at < now() - interval '1 day'");
        await remove.ExecuteNonQueryAsync(cancellationToken);
        return due.Count;
    }
}
