using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Marketing.Data;
using Marketing.Library.Renditions;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>
/// Makes one uploaded blob one row of <c>content_library</c>. May be called at any time, any number of times, for any blob: a version that
/// was ingested is left alone, one that another worker holds is left to it, an overwritten blob updates its row.
/// </summary>
public sealed class IngestBlob
{
    private readonly IngestLedger ledger;
    private readonly DescribeMedia describe;
    private readonly StoreRenditions renditions;
    private readonly RecordAsset record;
    private readonly IOptions<LibraryOptions> options;

    internal IngestBlob(IngestLedger ledger, RecordAsset record, DescribeMedia describe, StoreRenditions renditions, IOptions<LibraryOptions> options) =>
        (this.ledger, this.record, this.describe, this.renditions, this.options) = (ledger, record, describe, renditions, options);

    /// <summary>Ingests the blob's newest version.</summary>
    /// <exception cref="RequestFailedException">The storage failed; the trigger will come again.</exception>
    public async Task RunAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        // Once more when it was overwritten while this worker held it: the trigger of the newer version found it taken.
        while (await PropertiesAsync(blob, cancellationToken) is { } properties && await ledger.ClaimAsync(blob.BlobContainerName, blob.Name, properties.ETag.ToString("H"), cancellationToken) is { } claim)
        {
            try
            {
                await IngestAsync(blob, properties, claim, cancellationToken);
            }
            catch (RequestFailedException overwritten) when (overwritten.Status is 412 or 404)
            {
                await ledger.ReleaseAsync(claim, isAttempt: false, cancellationToken);
            }
            catch (Exception exception)
            {
                // What is not the file's fault, such as a storage that does not answer, is no attempt.
                await ledger.ReleaseAsync(claim, isAttempt: exception is not (RequestFailedException or System.Data.Common.DbException or OperationCanceledException), CancellationToken.None);
                throw;
            }
        }
        if (await PropertiesAsync(blob, cancellationToken) is null) await ledger.FailDeletedAsync(blob.BlobContainerName, blob.Name, cancellationToken);
    }

    private async Task IngestAsync(BlobClient blob, BlobProperties properties, IngestedBlob claim, CancellationToken cancellationToken)
    {
        var metadata = new UploadMetadata(properties.Metadata);
        var asset = await record.OpenAsync(blob, properties, claim, metadata, cancellationToken);
        try
        {
            if (properties.ContentLength > options.Value.MaxFileBytes) throw new MediaException($"The file has {properties.ContentLength} bytes; at most {options.Value.MaxFileBytes} are taken.");
            using var content = await DownloadedBlob.FetchAsync(blob, properties.ETag, cancellationToken);
            var described = await describe.RunAsync(asset, content, properties.ContentType, cancellationToken);
            (claim.State, claim.Reason, claim.Sha256, claim.Renditions) = ("active", described.Note, content.Sha256, JsonSerializer.Serialize(described.Renditions, RenditionJson.Default.IReadOnlyListRendition));
            asset.Status = "active";
            // Listed under the lease: afterwards the next worker may already be writing files of a newer content.
            var others = await renditions.OthersAsync(RenditionName.Of(asset.Id, content.Sha256), cancellationToken);
            if (await record.RunAsync(asset, claim, metadata, described, cancellationToken)) await renditions.RemoveAsync(others, cancellationToken);
        }
        catch (MediaException fault)
        {
            (claim.State, claim.Reason) = ("error", fault.Message);
            asset.Status = "error";
            await record.RunAsync(asset, claim, metadata, described: null, cancellationToken);
        }
    }

    private static async Task<BlobProperties?> PropertiesAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            return (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return null;
        }
    }
}
