using System.Globalization;

namespace Marketing.DevHost.Servers;

/// <summary>Azurite, the storage emulator, with its files in a folder.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    // The emulator's account and key are public: learn.microsoft.com, "Use the Azurite emulator", "Well-known storage account and key".
    private const string DefaultAccount = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly GuardedProcess process;
    private readonly int blobPort;
    private readonly int queuePort;

    private AzuriteServer(GuardedProcess process, int blobPort, int queuePort) => (this.process, this.blobPort, this.queuePort) = (process, blobPort, queuePort);

    /// <summary>Connection string of the blobs and queues of an account.</summary>
    public string ConnectionString(string account = DefaultAccount) => string.Create(CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{blobPort}/{account};QueueEndpoint=http://127.0.0.1:{queuePort}/{account};");

    /// <summary>Starts it.</summary>
    /// <param name="packages">Where it is installed.</param>
    /// <param name="dataFolder">Where it keeps its files; created when absent.</param>
    /// <param name="blobPort">Port of the blobs, which stands in addresses that outlive a start; 0 picks a free one.</param>
    /// <param name="accounts">Names of its accounts; null for the emulator's default account.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="DevHostException">It does not start; the message holds what it said.</exception>
    public static async Task<AzuriteServer> StartAsync(
        ServerPackages packages, string dataFolder, int blobPort, IEnumerable<string>? accounts, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(dataFolder);
        var (blobs, queues, tables) = (blobPort == 0 ? FreePort.Next() : blobPort, FreePort.Next(), FreePort.Next());
        var process = GuardedProcess.Start("Azurite", "node",
        [
            packages.Azurite, "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", Path.GetFullPath(dataFolder),
            "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
            "--blobPort", Text(blobs), "--queuePort", Text(queues), "--tablePort", Text(tables),
        ],
        environment: new Dictionary<string, string> { ["AZURITE_ACCOUNTS"] = string.Join(';', (accounts ?? [DefaultAccount]).Select(account => $"{account}:{Key}")) });
        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            foreach (var port in new[] { blobs, queues })
                await process.WaitUntilAsync(token => AnswersAsync(http, port, token), StartLimit, cancellationToken);
            return new AzuriteServer(process, blobs, queues);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it.</summary>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static async Task<bool> AnswersAsync(HttpClient http, int port, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{Text(port)}/"), cancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
