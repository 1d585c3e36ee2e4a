using Azure;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>Takes up uploads whose worker died, whose event never came, or that are to be tried again.</summary>
public sealed partial class SweepUploads
{
    // Below the minute after which the timer comes again.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(50);
    private const int Batch = 50;

    // Well above functionTimeout of host.json.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    private readonly IServiceScopeFactory scopes;
    private readonly BlobServiceClient storage;
    private readonly IOptions<LibraryOptions> options;
    private readonly TimeProvider clock;
    private readonly ILogger<SweepUploads> log;

    internal SweepUploads(IServiceScopeFactory scopes, BlobServiceClient storage, IOptions<LibraryOptions> options, TimeProvider clock, ILogger<SweepUploads> log) =>
        (this.scopes, this.storage, this.options, this.clock, this.log) = (scopes, storage, options, clock, log);

    /// <summary>Ingests them until none is left or the time is up. One that fails does not keep the others waiting.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // A live worker may wait for its turn with a file for longer than its lease, so age is measured by how long a function may run.
        TemporaryPicture.RemoveAbandoned(clock.GetUtcNow() - (options.Value.LeaseTime > Longest ? 2 * options.Value.LeaseTime : Longest));
        var container = storage.GetBlobContainerClient(options.Value.UploadsContainer);
        var begun = clock.GetTimestamp();
        var tried = new HashSet<string>(StringComparer.Ordinal);
        while (clock.GetElapsedTime(begun) < Budget)
        {
            var waiting = (await WaitingAsync(container.Name, cancellationToken)).Where(tried.Add).ToList();
            if (waiting.Count == 0) return;
            foreach (var name in waiting.TakeWhile(_ => clock.GetElapsedTime(begun) < Budget)) await IngestAsync(container.GetBlobClient(name), cancellationToken);
        }
    }

    private async Task<List<string>> WaitingAsync(string container, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var ledger = scope.ServiceProvider.GetRequiredService<IngestLedger>();
        await ledger.FailExhaustedAsync(cancellationToken);
        return await ledger.AbandonedAsync(container, Batch, cancellationToken);
    }

    private async Task IngestAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            await scope.ServiceProvider.GetRequiredService<IngestBlob>().RunAsync(blob, cancellationToken);
        }
        catch (Exception exception) when (exception is RequestFailedException or System.Data.Common.DbException or IOException)
        {
            // The ledger keeps it waiting; the next sweep comes in a minute.
            LogFailed(exception, blob.Name);
        }
    }

    [LoggerMessage(301, LogLevel.Warning, "Ingesting {BlobName} failed; the next sweep tries again")]
    private partial void LogFailed(Exception exception, string blobName);
}
