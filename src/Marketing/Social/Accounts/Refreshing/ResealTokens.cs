using System.Security.Cryptography;
using Marketing.Identity;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Social.Accounts.Refreshing;

/// <summary>
/// Encrypts stored tokens with the active key of the ring, so that a key that was replaced can be taken off it. A token that changes
/// meanwhile is left alone: it carries the active key already. Killed anywhere, the next run goes on.
/// </summary>
public sealed partial class ResealTokens
{
    private const int Batch = 200;

    private readonly NpgsqlDataSource database;
    private readonly TokenVault vault;
    private readonly Lazy<KeyRing> ring;
    private readonly ILogger<ResealTokens> logger;

    internal ResealTokens(NpgsqlDataSource database, TokenVault vault, Lazy<KeyRing> ring, ILogger<ResealTokens> logger) =>
        (this.database, this.vault, this.ring, this.logger) = (database, vault, ring, logger);

    /// <summary>Encrypts what carries another key.</summary>
    /// <returns>The number of tokens encrypted anew.</returns>
    /// <exception cref="NpgsqlException">The database failed; the next run goes on.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken) =>
        await RunAsync("marketing.social_accounts", "id", "social_accounts", "access_token", cancellationToken)
        + await RunAsync("marketing_ops.account_tokens", "account_id", "account_tokens", "refresh_token", cancellationToken);

    private async Task<int> RunAsync(string table, string key, string context, string column, CancellationToken cancellationToken)
    {
        var (resealed, last) = (0, Guid.Empty);
        while (true)
        {
            var rows = await ReadAsync(table, key, column, last, cancellationToken);
            foreach (var (id, stored) in rows)
            {
                last = id;
                if (Reseal(stored, context, column, id) is not { } sealedAnew) continue;
                await using var write = database.CreateCommand($"update {table} set {column} = $3 where {key} = $1 and {column} = $2");
                foreach (var value in new object[] { id, stored, sealedAnew }) write.Parameters.AddWithValue(value);
                resealed += await write.ExecuteNonQueryAsync(cancellationToken);
            }
            if (rows.Count < Batch) return resealed;
        }
    }

    private async Task<List<(Guid Id, string Stored)>> ReadAsync(string table, string key, string column, Guid after, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {key}, {column} from {table} where {key} > $1 and {column} is not null and not starts_with({column}, $2) order by {key} limit {Batch}");
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue($"v1.{ring.Value.ActiveKeyId}.");
        var rows = new List<(Guid, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rows.Add((reader.GetGuid(0), reader.GetString(1)));
        return rows;
    }

    private string? Reseal(string stored, string context, string column, Guid id)
    {
        try
        {
            return vault.Seal(vault.Open(stored, context, column, id), context, column, id);
        }
        catch (CryptographicException failure)
        {
            // Its key is gone or it was written past the API: a person must write it again, the others go on.
            CannotOpen(logger, context, column, id, failure.GetType().Name);
            return null;
        }
    }

    [LoggerMessage(4311, LogLevel.Error, "{Table}.{Column} of row {RowId} cannot be encrypted anew ({Error}): connect the account again, or put its key back on the ring")]
    private static partial void CannotOpen(ILogger logger, string table, string column, Guid rowId, string error);
}
