using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Marketing.Data;

/// <summary>Brings a database to the newest schema. Any number of processes may run it at once; a killed run is resumed by the next.</summary>
public static class DatabaseMigrator
{
    // Any constant will do, as long as every migrator takes the same.
    private const long AdvisoryLock = 0x6D61726B6574696E;

    /// <summary>Applies what is missing, each migration in its own transaction, then connects foreign keys to the external tables that exist.</summary>
    /// <param name="connectionString">Npgsql connection string of a role that may create schemas; use the direct port, not a pooler's.</param>
    /// <param name="cancellationToken">Stops between migrations.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached, or a statement failed.</exception>
    public static async Task<MigrationResult> MigrateAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var turn = await dataSource.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(turn, $"select pg_advisory_lock({AdvisoryLock})", cancellationToken);
        try
        {
            await using var context = CreateContext(dataSource);
            var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
            await context.Database.MigrateAsync(cancellationToken);
            return new MigrationResult(pending, await ConnectExternalTablesAsync(dataSource, cancellationToken));
        }
        finally
        {
            await ExecuteAsync(turn, $"select pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    /// <summary>The same migrations as one SQL script that may be run on any earlier version, any number of times.</summary>
    public static string WriteScript()
    {
        using var dataSource = NpgsqlDataSource.Create("Host=localhost;Database=script");
        using var context = CreateContext(dataSource);
        var script = context.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        return $"create schema if not exists {MarketingDbContext.OperationsSchema};\n{script}\nselect marketing_ops.connect_external_tables();\n";
    }

    private static MarketingDbContext CreateContext(NpgsqlDataSource dataSource)
    {
        var options = new DbContextOptionsBuilder<MarketingDbContext>();
        options.UseMarketing(dataSource);
        return new MarketingDbContext(options.Options);
    }

    private static async Task<IReadOnlyList<string>> ConnectExternalTablesAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select * from marketing_ops.connect_external_tables()");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var absent = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) absent.Add(reader.GetString(0));
        return absent.Distinct().ToList();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>What a migration run did.</summary>
/// <param name="Applied">Migrations applied by this run, oldest first.</param>
/// <param name="AbsentExternalTables">Tables of other teams that do not exist yet; run the migration again when they do, to create the foreign keys.</param>
public sealed record MigrationResult(IReadOnlyList<string> Applied, IReadOnlyList<string> AbsentExternalTables);
