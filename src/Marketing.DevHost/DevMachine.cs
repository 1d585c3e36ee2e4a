using System.Globalization;
using System.Reflection;
using Azure.Storage.Blobs;
using Marketing.Data;
using Marketing.DevHost.Commands;
using Marketing.DevHost.ExternalTables;
using Marketing.DevHost.FunctionsHost;
using Marketing.DevHost.Models;
using Marketing.DevHost.Servers;
using Marketing.DevHost.Stubs;
using Npgsql;

namespace Marketing.DevHost;

/// <summary>The whole product on one machine: database, storage, third parties' stand-ins, function app, host.</summary>
public sealed class DevMachine : IAsyncDisposable
{
    private const int ExternalTablesSeed = 20261124;
    private const string UploadsContainer = "uploads";
    private const string RenditionsContainer = "renditions";

    private readonly Stack<IAsyncDisposable> started = new();
    private readonly Action<string> tell;

    private DevMachine(Action<string> tell) => this.tell = tell;

    /// <summary>Addresses and keys of the running machine.</summary>
    public ReadyFile Ready { get; private set; } = null!;

    /// <summary>Brings everything up.</summary>
    /// <param name="options">How.</param>
    /// <param name="tell">Receives one line per component as it becomes ready.</param>
    /// <param name="log">Receives the function app's own lines.</param>
    /// <param name="cancellationToken">Stops the start; what was started is stopped.</param>
    /// <exception cref="DevHostException">Something of this machine is in the way; the message says what to do.</exception>
    internal static async Task<DevMachine> StartAsync(UpOptions options, Action<string> tell, Action<string> log, CancellationToken cancellationToken)
    {
        var machine = new DevMachine(tell);
        try
        {
            await machine.StartPartsAsync(options, log, cancellationToken);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops everything, the last started first.</summary>
    public async ValueTask DisposeAsync()
    {
        while (started.TryPop(out var part)) await part.DisposeAsync();
    }

    private async Task StartPartsAsync(UpOptions options, Action<string> log, CancellationToken cancellationToken)
    {
        var port = FreePort.Claim(options.Port);
        Directory.CreateDirectory(options.DataFolder);
        var settings = await LocalSettings.LoadAsync(options.DataFolder, cancellationToken);
        var packages = await ServerPackages.InstallAsync(cancellationToken);

        var database = await StartDatabaseAsync(packages, options, settings, cancellationToken);
        var azurite = await AzuriteServer.StartAsync(packages, Path.Combine(options.DataFolder, "azurite"), settings.BlobPort, accounts: null, cancellationToken);
        started.Push(azurite);
        var storage = azurite.ConnectionString();
        var blobs = new BlobServiceClient(storage);
        await blobs.GetBlobContainerClient(UploadsContainer).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        // A browser shows thumbnails by their address.
        await blobs.GetBlobContainerClient(RenditionsContainer).CreateIfNotExistsAsync(Azure.Storage.Blobs.Models.PublicAccessType.Blob, cancellationToken: cancellationToken);
        tell($"storage    {blobs.Uri}");

        var stub = await PlatformStub.StartAsync(FreePort.Next(), cancellationToken);
        started.Push(stub);
        tell($"platforms  {stub.Address} (stand-ins for the seven platforms; {stub.Address}_stub/posts lists what is published)");

        var email = await EmailProviderStub.StartAsync(FreePort.Next(), cancellationToken);
        started.Push(email);
        tell($"email      {email.Address} (stand-in for SendGrid and Azure; {email.Address}_stub/emails lists what is sent)");

        var models = Path.Combine(ServerPackages.CacheFolder, "models");
        await OfflineModels.PrepareAsync(models, Path.Combine(ServerPackages.CacheFolder, "packages"), cancellationToken);
        tell($"models     {models}");

        var app = new Dictionary<string, string>(settings.ToEnvironment(), StringComparer.Ordinal)
        {
            [DatabaseConnection.Setting] = database,
            ["AzureWebJobsStorage"] = storage,
            ["Library__ModelFolder"] = models,
            ["Library__UploadsContainer"] = UploadsContainer,
            ["Library__RenditionsContainer"] = RenditionsContainer,
            ["Social__Instagram__GraphUrl"] = stub.Address.ToString(),
            ["Social__YouTube__ApiUrl"] = $"{stub.Address}youtube",
            ["Social__X__ApiUrl"] = $"{stub.Address}x/2",
            ["Social__LinkedIn__ApiUrl"] = $"{stub.Address}linkedin/rest",
            ["Social__Pinterest__ApiUrl"] = $"{stub.Address}pinterest/v5",
            ["Social__Facebook__GraphUrl"] = new Uri(stub.Address, "facebook").ToString(),
            ["Social__TikTok__ApiUrl"] = new Uri(stub.Address, "tiktok").ToString(),
            ["Sending__SendGrid__Address"] = email.Address.ToString(),
            ["Sending__SendGrid__ApiKey"] = email.SendGrid.ApiKey,
            ["Sending__Azure__Endpoint"] = email.Address.ToString(),
            ["Sending__Azure__AccessKey"] = email.Azure.AccessKey,
        };
        foreach (var (name, value) in OAuthStub.Settings(stub.Address, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api"))) app[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        var host = await StartHostAsync(port, app, log, cancellationToken);
        started.Push(host);
        var apiUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api");
        await WaitForHealthAsync(apiUrl, cancellationToken);
        tell($"api        {apiUrl}");

        Ready = new ReadyFile(
            apiUrl, settings.AdminKey, DatabaseConnection.ToUrl(database), storage, UploadsContainer, stub.Address.ToString().TrimEnd('/'), settings.WebhookKeys, Environment.ProcessId);
        if (options.ReadyFile is { } file) await Ready.WriteAsync(file, cancellationToken);
    }

    private async Task<string> StartDatabaseAsync(ServerPackages packages, UpOptions options, LocalSettings settings, CancellationToken cancellationToken)
    {
        string connectionString;
        if (Environment.GetEnvironmentVariable(DatabaseConnection.Setting) is { Length: > 0 } address)
        {
            connectionString = DatabaseConnection.Parse(address);
        }
        else
        {
            var server = await PostgresServer.StartAsync(packages.PostgresBin, Path.Combine(options.DataFolder, "postgres"), durable: true, cancellationToken);
            started.Push(server);
            await server.CreateDatabaseAsync("marketing", "template1", cancellationToken);
            connectionString = server.ConnectionString("marketing");
        }

        await StandInTables.CreateAsync(connectionString, ExternalTablesSeed, cancellationToken);
        var migrated = await DatabaseMigrator.MigrateAsync(connectionString, cancellationToken);
        if (options.WithDemoData) await DemoData.CreateAsync(connectionString, cancellationToken);
        await settings.RegisterAdminKeyAsync(connectionString, cancellationToken);
        tell($"database   {Masked(connectionString)} ({(migrated.Applied.Count == 0 ? "up to date" : $"{migrated.Applied.Count} migrations applied")})");
        return connectionString;
    }

    private async Task<IAsyncDisposable> StartHostAsync(int port, Dictionary<string, string> app, Action<string> log, CancellationToken cancellationToken)
    {
        var folder = typeof(DevMachine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "FunctionAppFolder").Value!;
        folder = Path.GetFullPath(folder);
        if (FuncHost.FindOnPath() is { } func)
        {
            tell($"host       {func}");
            return FuncHost.Start(func, folder, port, app);
        }
        // A developer's handler may crash more often than the Functions host would bear.
        return await StandInHost.StartAsync(folder, port, app, maxErrors: 100, log, cancellationToken);
    }

    private static async Task WaitForHealthAsync(string apiUrl, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var answer = "nothing";
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(new Uri($"{apiUrl}/health/ready"), limit.Token);
                if (response.IsSuccessStatusCode) return;
                answer = await response.Content.ReadAsStringAsync(limit.Token);
                await Task.Delay(100, limit.Token);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new DevHostException($"The function app did not become ready within 2 minutes; its health said: {answer}");
            }
        }
    }

    private static string Masked(string connectionString) =>
        DatabaseConnection.ToUrl(new NpgsqlConnectionStringBuilder(connectionString) { Password = null }.ConnectionString);
}
