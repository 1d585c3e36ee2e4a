using Azure.Storage.Blobs;
using Marketing.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Operations.Fence;

/// <summary>
/// Keeps a copy of the database from acting on the world: nothing is published or sent unless the database belongs to this environment.
/// It belongs to the first environment that asks. A copy is told by its server's identity or by the environment's name, and stays
/// behind the fence until an administrator releases it.
/// </summary>
/// <remarks>
/// In SQL: <c>where marketing_ops.is_released($1)</c> with <see cref="Name"/>. A database that nobody has asked about yet is not released there.
/// </remarks>
public sealed class EnvironmentFence(NpgsqlDataSource database, IServiceProvider services, IOptions<EnvironmentOptions> options)
{
    private string? name;

    /// <summary>Name of this environment: the setting <c>Environment:Name</c>, or the storage account's name.</summary>
    public string Name => name ??= options.Value.Name is { Length: > 0 } set ? set : ((BlobServiceClient)services.GetService(typeof(BlobServiceClient))!).AccountName;

    /// <summary>True when this environment may publish and send from this database.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<bool> IsReleasedAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select marketing_ops.ask_fence($1)");
        command.Parameters.AddWithValue(Name);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How things stand.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<FenceState> ReadAsync(CancellationToken cancellationToken)
    {
        var isReleased = await IsReleasedAsync(cancellationToken);
        await using var command = database.CreateCommand("select id, name, server = marketing_ops.server_identity(), claimed_at, released_at, released_by from marketing_ops.environment");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new FenceState(
            reader.GetGuid(0), isReleased, Name, reader.GetString(1), reader.GetBoolean(2), reader.GetFieldValue<DateTimeOffset>(3),
            reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4), reader.IsDBNull(5) ? null : reader.GetString(5));
    }

    /// <summary>Makes the database this environment's. The one that it was copied from goes on with its own.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task ReleaseAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with released as (
                update marketing_ops.environment set id = gen_random_uuid(), name = $1, server = marketing_ops.server_identity(), released_at = now(), released_by = $2
                where  not marketing_ops.is_released($1)
                returning id, name)
            insert into marketing_ops.audit_log (actor, client_id, action, table_name, row_id, changes)
            select $2, $3, 'release', 'environment', id, jsonb_build_object('name', jsonb_build_object('to', name)) from released
            """);
        command.Parameters.AddWithValue(Name);
        command.Parameters.AddWithValue(caller.Name);
        command.Parameters.Add(new() { Value = (object?)caller.ClientId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>How an environment and a database stand to each other.</summary>
/// <param name="Id">Changes with each release.</param>
/// <param name="IsReleased">This environment may act from this database.</param>
/// <param name="Environment">Name of this environment.</param>
/// <param name="Owner">Name of the environment that the database belongs to.</param>
/// <param name="IsSameServer">The database is where its owner left it.</param>
/// <param name="ClaimedAt">When it was first used.</param>
/// <param name="ReleasedAt">When it was last released to another environment; null when never.</param>
/// <param name="ReleasedBy">By whom.</param>
public sealed record FenceState(Guid Id, bool IsReleased, string Environment, string Owner, bool IsSameServer, DateTimeOffset ClaimedAt, DateTimeOffset? ReleasedAt, string? ReleasedBy)
{
    /// <summary>One sentence for a health answer.</summary>
    public string Sentence => IsReleased
        ? "The database belongs to this environment."
        : $"The database belongs to the environment '{Owner}'{(IsSameServer ? "" : " on another server")}, this one is '{Environment}': nothing is published or sent. If that is meant, POST /api/operations/fence/release.";
}
