using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>Takes up uploads whose worker died.</summary>
public sealed class SweepUploads
{
    private readonly IngestLedger ledger;
    private readonly IngestBlob ingest;
    private readonly BlobServiceClient storage;
    private readonly IOptions<LibraryOptions> options;

    internal SweepUploads(IngestLedger ledger, IngestBlob ingest, BlobServiceClient storage, IOptions<LibraryOptions> options) =>
        (this.ledger, this.ingest, this.storage, this.options) = (ledger, ingest, storage, options);

    /// <summary>Ingests them.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var container = storage.GetBlobContainerClient(options.Value.UploadsContainer);
        foreach (var name in await ledger.AbandonedAsync(container.Name, cancellationToken)) await ingest.RunAsync(container.GetBlobClient(name), cancellationToken);
    }
}
