using Marketing.Data;
using Marketing.DevHost.ExternalTables;
using Marketing.DevHost.Servers;
using Marketing.IntegrationTests.Support;

[assembly: AssemblyFixture(typeof(TestServers))]

namespace Marketing.IntegrationTests.Support;

/// <summary>
/// One PostgreSQL and one Azurite for the whole run, on fresh ports, in a fresh folder, stopped and removed at its end. Each test class
/// takes a database and a storage account of its own from them.
/// </summary>
public sealed class TestServers : IAsyncLifetime
{
    private const string Template = "marketing_template";
    private const int StorageAccounts = 100;
    private const int StandInSeed = 1;

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"marketing-tests-{Guid.NewGuid():N}");
    private PostgresServer? postgres;
    private AzuriteServer? azurite;
    private int databases;
    private int accounts;

    /// <summary>Where this run may write.</summary>
    public string Folder => folder;

    public ServerPackages Packages { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(folder);
        Packages = await ServerPackages.InstallAsync(TestContext.Current.CancellationToken);
        postgres = await PostgresServer.StartAsync(Packages.PostgresBin, Path.Combine(folder, "postgres"), durable: false, TestContext.Current.CancellationToken);
        azurite = await AzuriteServer.StartAsync(
            Packages, Path.Combine(folder, "azurite"), 0, Enumerable.Range(1, StorageAccounts).Select(Account), TestContext.Current.CancellationToken);
        await postgres.CreateDatabaseAsync(Template, "template0", TestContext.Current.CancellationToken);
        await StandInTables.CreateAsync(postgres.ConnectionString(Template) + ";Pooling=false", StandInSeed, TestContext.Current.CancellationToken);
        await DatabaseMigrator.MigrateAsync(postgres.ConnectionString(Template) + ";Pooling=false", TestContext.Current.CancellationToken);
    }

    /// <summary>A new database with the newest schema, the reference rows and the stand-ins of the external tables.</summary>
    /// <returns>Its Npgsql connection string.</returns>
    public Task<string> CreateDatabaseAsync() => CreateDatabaseAsync(Template);

    /// <summary>A new database with nothing in it.</summary>
    public Task<string> CreateEmptyDatabaseAsync() => CreateDatabaseAsync("template0");

    /// <summary>A storage account that nobody else uses.</summary>
    /// <returns>Its connection string.</returns>
    public string NextStorageAccount() => azurite!.ConnectionString(Account(Interlocked.Increment(ref accounts)));

    public async ValueTask DisposeAsync()
    {
        Npgsql.NpgsqlConnection.ClearAllPools();
        if (postgres is not null) await postgres.DisposeAsync();
        if (azurite is not null) await azurite.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static string Account(int number) => $"testaccount{number}";

    private async Task<string> CreateDatabaseAsync(string template)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await postgres!.CreateDatabaseAsync(name, template, TestContext.Current.CancellationToken);
        return postgres.ConnectionString(name);
    }
}
