using Azure.Storage.Blobs;
using Marketing.Library.Ingest;

namespace Marketing.Functions.Blobs;

/// <summary>Ingests uploads.</summary>
public sealed class IngestUploadFunction(IngestBlob ingest)
{
    [Function("ingest_upload")]
    public Task RunAsync([BlobTrigger("uploads/{name}", Connection = "AzureWebJobsStorage")] BlobClient blob, CancellationToken cancellationToken) => ingest.RunAsync(blob, cancellationToken);
}
