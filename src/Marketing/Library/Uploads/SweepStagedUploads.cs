using Azure.Storage.Blobs;
using Marketing.Operations;

namespace Marketing.Library.Uploads;

/// <summary>Ends uploads that nobody completed, removes what they left in the staging container, and sends imports on their way whose worker died.</summary>
public sealed class SweepStagedUploads
{
    private const int Batch = 200;
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(1);

    private readonly UploadLedger ledger;
    private readonly BlobServiceClient storage;
    private readonly WorkQueue queue;
    private readonly UploadLimits limits;

    internal SweepStagedUploads(UploadLedger ledger, BlobServiceClient storage, WorkQueue queue, UploadLimits limits) =>
        (this.ledger, this.storage, this.queue, this.limits) = (ledger, storage, queue, limits);

    /// <summary>Sweeps once; two at a time do no harm.</summary>
    /// <exception cref="Azure.RequestFailedException">The storage failed; the next run goes on.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var import in await ledger.WaitingImportsAsync(Batch, cancellationToken)) await queue.SendAsync(QueueNames.ImportFile, import, null, cancellationToken);

        var staging = storage.GetBlobContainerClient(limits.StagingContainer);
        foreach (var id in await ledger.ExpiredAsync(Batch, cancellationToken))
        {
            await ledger.EndAsync(id, "abandoned", "It was not completed in time.", cancellationToken);
            await staging.DeleteBlobIfExistsAsync(id.ToString("N"), cancellationToken: cancellationToken);
        }
        if (!await staging.ExistsAsync(cancellationToken)) return;
        // A client may write once more after its upload ended, as long as its address lives.
        var forgotten = limits.Now - limits.OpenFor - ForgottenAfter;
        var removed = 0;
        await foreach (var blob in staging.GetBlobsAsync(cancellationToken: cancellationToken))
        {
            if (blob.Properties.LastModified is { } modified && modified < forgotten && await staging.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken) && ++removed == Batch) return;
        }
    }
}
