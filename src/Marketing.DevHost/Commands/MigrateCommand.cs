using Marketing.Data;
using Marketing.DevHost.ExternalTables;
using Marketing.DevHost.Servers;

namespace Marketing.DevHost.Commands;

/// <summary>Migrates a database, or writes the SQL that does.</summary>
internal static class MigrateCommand
{
    private const int ExternalTablesSeed = 1;

    /// <summary>Migrates or writes.</summary>
    /// <exception cref="DevHostException">Neither was asked for.</exception>
    public static async Task<int> RunAsync(string? connection, string? script, bool withExternalTables, CancellationToken cancellationToken)
    {
        if (script is not null)
        {
            await File.WriteAllTextAsync(script, DatabaseMigrator.WriteScript(), cancellationToken);
            await Console.Out.WriteLineAsync($"Written to {script}. It may be run on any earlier version, any number of times.");
            return 0;
        }
        if ((connection ?? Environment.GetEnvironmentVariable(DatabaseConnection.Setting)) is not { Length: > 0 } address)
            throw new DevHostException("Name the database: migrate --connection postgres://user:password@host:5432/database, or write the SQL with --script FILE.");

        var connectionString = DatabaseConnection.Parse(address);
        if (withExternalTables) await StandInTables.CreateAsync(connectionString, ExternalTablesSeed, cancellationToken);
        var result = await DatabaseMigrator.MigrateAsync(connectionString, cancellationToken);
        await Console.Out.WriteLineAsync(result.Applied.Count == 0 ? "The database was up to date." : $"Applied {string.Join(", ", result.Applied)}.");
        if (result.AbsentExternalTables.Count > 0)
            await Console.Out.WriteLineAsync($"These tables of other teams do not exist yet: {string.Join(", ", result.AbsentExternalTables)}. Run this again when they do, to create the foreign keys.");
        return 0;
    }
}
