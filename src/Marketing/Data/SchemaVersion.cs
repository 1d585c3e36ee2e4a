using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Data;

/// <summary>Compares the database's migrations with those of this build. The function app never migrates by itself.</summary>
public sealed class SchemaVersion(IServiceScopeFactory scopes)
{
    /// <summary>What to run when the database is behind.</summary>
    public const string HowToMigrate = "Run: dotnet run --project src/Marketing.DevHost -- migrate --connection <postgres:// address>";

    /// <summary>Reads the applied migrations.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<SchemaState> ReadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<MarketingDbContext>().Database;
        var known = database.GetMigrations().ToList();
        var applied = (await database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        return new SchemaState(applied.LastOrDefault(), known[^1], known.Except(applied).ToList(), applied.Except(known).ToList());
    }
}

/// <summary>How the database's migrations compare with this build's.</summary>
/// <param name="Applied">Newest migration in the database; null when there is none.</param>
/// <param name="Expected">Newest migration of this build.</param>
/// <param name="Missing">Migrations to run, oldest first.</param>
/// <param name="Unknown">Migrations of a newer build that the database already has.</param>
public sealed record SchemaState(string? Applied, string Expected, IReadOnlyList<string> Missing, IReadOnlyList<string> Unknown)
{
    /// <summary>True when every migration of this build is applied. A newer database is served too: migrations only add.</summary>
    public bool IsCurrent => Missing.Count == 0;

    /// <summary>One sentence for a log or a health answer.</summary>
    public string Sentence => IsCurrent
        ? $"The database is migrated to {Applied}."
        : $"The database lacks {Missing.Count} migration(s), the first is {Missing[0]}. {SchemaVersion.HowToMigrate}";
}
