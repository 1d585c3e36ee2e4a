using Npgsql;

namespace Marketing.Identity;

/// <summary>Makes an API key.</summary>
public static class CreateApiClient
{
    /// <summary>Longest name.</summary>
    public const int MaxNameLength = 100;

    /// <summary>Stores a new client.</summary>
    /// <param name="database">The database.</param>
    /// <param name="name">Name for audit rows, 1 to <see cref="MaxNameLength"/> characters.</param>
    /// <param name="scopes">Some of <see cref="Scopes.All"/>.</param>
    /// <param name="createdBy">Who makes it.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The id and the key, which cannot be read again.</returns>
    /// <exception cref="PostgresException">Unique violation: an unrevoked client has the name.</exception>
    public static async Task<(Guid Id, ApiKey Key)> RunAsync(
        NpgsqlDataSource database, string name, IReadOnlyCollection<string> scopes, string createdBy, CancellationToken cancellationToken)
    {
        var key = ApiKey.Create();
        var id = UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql);
        await using var command = database.CreateCommand("""
            insert into marketing_ops.api_clients (id, name, key_prefix, key_hash, scopes, created_by) values ($1, $2, $3, $4, $5, $6)
            """);
        foreach (var value in new object[] { id, name, key.Shown, key.Hash, scopes.ToArray(), createdBy }) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return (id, key);
    }
}
