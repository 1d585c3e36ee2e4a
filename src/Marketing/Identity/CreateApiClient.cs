using Npgsql;

namespace Marketing.Identity;

/// <summary>Makes an API key.</summary>
public static class CreateApiClient
{
    /// <summary>Longest name.</summary>
    public const int MaxNameLength = 100;

    /// <summary>Stores a new client.</summary>
    /// <param name="database">The database.</param>
    /// <param name="request">What the client is to be.</param>
    /// <param name="createdBy">Who makes it.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The id and the key, which cannot be read again.</returns>
    /// <exception cref="PostgresException">Unique violation: an unrevoked client has the name.</exception>
    public static async Task<(Guid Id, ApiKey Key)> RunAsync(NpgsqlDataSource database, ApiClientRequest request, string createdBy, CancellationToken cancellationToken)
    {
        var key = ApiKey.Create();
        var id = UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql);
        await using var command = database.CreateCommand("""
            insert into marketing_ops.api_clients (id, name, key_prefix, key_hash, scopes, created_by, roles, claims, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)
            """);
        foreach (var value in new object[] { id, request.Name, key.Shown, key.Hash, request.Scopes.ToArray(), createdBy, request.Roles.ToArray(), request.Claims }) command.Parameters.AddWithValue(value);
        command.Parameters.Add(new() { Value = (object?)request.ExpiresAt ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return (id, key);
    }
}

/// <summary>What a new API client is to be.</summary>
/// <param name="Name">Name for audit rows, 1 to <see cref="CreateApiClient.MaxNameLength"/> characters.</param>
/// <param name="Scopes">Some of <see cref="Identity.Scopes.All"/>.</param>
public sealed record ApiClientRequest(string Name, IReadOnlyCollection<string> Scopes)
{
    /// <summary>Names of roles.</summary>
    public IReadOnlyCollection<string> Roles { get; init; } = ["member"];

    /// <summary>Claims as a JSON object.</summary>
    public string Claims { get; init; } = "{}";

    /// <summary>When the key stops being valid; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
