using Marketing.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.IntegrationTests.Support;

/// <summary>The product's services in this process, over a database and a storage account of the test class's own.</summary>
public sealed class ProductFixture(TestServers servers) : IAsyncLifetime
{
    /// <summary>Settings of the product; a test class may make further service providers from them.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    /// <summary>The services, as the function app registers them.</summary>
    public ServiceProvider Services { get; private set; } = null!;

    /// <summary>Raw SQL against the same database.</summary>
    public NpgsqlDataSource Database { get; private set; } = null!;

    public TestServers Servers => servers;

    public async ValueTask InitializeAsync()
    {
        var connectionString = await servers.CreateDatabaseAsync();
        Database = NpgsqlDataSource.Create(connectionString);
        Settings[DatabaseConnection.Setting] = connectionString;
        Settings["AzureWebJobsStorage"] = servers.NextStorageAccount();
        Settings["KeyRing:ActiveKeyId"] = "test";
        Settings["KeyRing:Keys:test"] = Convert.ToBase64String(new byte[32]);
        Services = Build();
    }

    /// <summary>Another set of services over the same database and storage, as a second process would have.</summary>
    /// <param name="settings">Settings added to <see cref="Settings"/>.</param>
    /// <param name="register">Registrations added to the product's.</param>
    public ServiceProvider Build(IEnumerable<KeyValuePair<string, string?>>? settings = null, Action<IServiceCollection>? register = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings).AddInMemoryCollection(settings ?? []).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddMarketing(configuration);
        register?.Invoke(services);
        return services.BuildServiceProvider(validateScopes: true);
    }

    /// <summary>The first column of the first row of a query.</summary>
    /// <param name="sql">The query, with <c>$1</c>, <c>$2</c> for the values.</param>
    /// <param name="values">The values.</param>
    public async Task<T> QueryAsync<T>(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Runs a statement.</summary>
    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await Database.DisposeAsync();
    }
}
