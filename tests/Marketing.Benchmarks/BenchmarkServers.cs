using Marketing.Data;
using Marketing.DevHost.ExternalTables;
using Marketing.DevHost.Servers;
using Marketing.Identity;
using Npgsql;

namespace Marketing.Benchmarks;

/// <summary>A PostgreSQL and an Azurite of one benchmark, with every table and the stand-ins of other teams' tables; all of it goes when this is disposed.</summary>
internal sealed class BenchmarkServers : IAsyncDisposable
{
    private readonly string folder;
    private readonly PostgresServer postgres;
    private readonly AzuriteServer azurite;

    private BenchmarkServers(string folder, PostgresServer postgres, AzuriteServer azurite)
    {
        (this.folder, this.postgres, this.azurite) = (folder, postgres, azurite);
        ConnectionString = postgres.ConnectionString("bench");
        Database = NpgsqlDataSource.Create(ConnectionString + ";Command Timeout=900");
    }

    /// <summary>Of the database, for Npgsql.</summary>
    public string ConnectionString { get; }

    /// <summary>Of the storage.</summary>
    public string Storage => azurite.ConnectionString();

    /// <summary>Connections for filling and for the ceilings that the product is compared with.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>Settings that the function app needs, as environment variables; without a limit of requests.</summary>
    public Dictionary<string, string> Settings => new()
    {
        [DatabaseConnection.Setting] = ConnectionString,
        ["AzureWebJobsStorage"] = Storage,
        ["KeyRing__ActiveKeyId"] = "bench",
        ["KeyRing__Keys__bench"] = Convert.ToBase64String(new byte[KeyRing.KeyBytes]),
        ["RateLimit__RequestsPerSecond"] = "0",
    };

    /// <summary>Starts them.</summary>
    /// <param name="durable">True for a PostgreSQL that waits for its disk.</param>
    public static async Task<BenchmarkServers> StartAsync(bool durable = true)
    {
        var folder = Directory.CreateTempSubdirectory("marketing-benchmarks-").FullName;
        // PostgreSQL runs without root's rights and must find its folder.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var packages = await ServerPackages.InstallAsync(CancellationToken.None);
        var postgres = await PostgresServer.StartAsync(packages.PostgresBin, Path.Combine(folder, "postgres"), durable, CancellationToken.None);
        var azurite = await AzuriteServer.StartAsync(packages, Path.Combine(folder, "azurite"), 0, accounts: null, CancellationToken.None);
        await postgres.CreateDatabaseAsync("bench", "template0", CancellationToken.None);
        var servers = new BenchmarkServers(folder, postgres, azurite);
        await StandInTables.CreateAsync(servers.ConnectionString + ";Pooling=false", 1, CancellationToken.None);
        await DatabaseMigrator.MigrateAsync(servers.ConnectionString + ";Pooling=false", CancellationToken.None);
        return servers;
    }

    /// <summary>A key of a new client.</summary>
    public async Task<string> KeyAsync(ApiClientRequest request) => (await CreateApiClient.RunAsync(Database, request, "benchmark", CancellationToken.None)).Key.Text;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await azurite.DisposeAsync();
        await postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
