using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Marketing.Library.Uploads;

/// <summary>Streams a file that comes through the product to the staging container. A file that breaks off is never there in part.</summary>
internal sealed class StageFile(BlobServiceClient storage, UploadLimits limits)
{
    private const int BlockBytes = 4 << 20;

    /// <summary>Writes the file.</summary>
    /// <param name="upload">The upload that it belongs to.</param>
    /// <param name="content">The file.</param>
    /// <param name="maxBytes">Most bytes that are taken.</param>
    /// <param name="cancellationToken">Stops the write; no blob is left.</param>
    /// <exception cref="FileTooLargeException">There are more.</exception>
    public async Task RunAsync(Upload upload, Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        var container = storage.GetBlobContainerClient(limits.StagingContainer);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        var blob = container.GetBlockBlobClient(upload.StagedName);
        var (blocks, bytes, buffer) = (new List<string>(), 0L, new byte[BlockBytes]);
        int read;
        while ((read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0)
        {
            bytes += read;
            if (bytes > maxBytes) throw new FileTooLargeException(maxBytes);
            blocks.Add(Convert.ToBase64String(BitConverter.GetBytes(blocks.Count)));
            using var block = new MemoryStream(buffer, 0, read, writable: false);
            await blob.StageBlockAsync(blocks[^1], block, cancellationToken: cancellationToken);
        }
        await blob.CommitBlockListAsync(blocks, new CommitBlockListOptions(), cancellationToken);
    }
}

/// <summary>A file has more bytes than are taken.</summary>
internal sealed class FileTooLargeException(long maxBytes) : Exception($"The file has more than {maxBytes} bytes.")
{
    /// <summary>Most bytes that are taken.</summary>
    public long MaxBytes => maxBytes;
}
