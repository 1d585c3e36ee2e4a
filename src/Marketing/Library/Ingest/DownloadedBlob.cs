using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Marketing.Library.Ingest;

/// <summary>A blob's content in a temporary file that goes when this is disposed.</summary>
internal sealed class DownloadedBlob : IDisposable
{
    private DownloadedBlob(string path, byte[] sha256) => (Path, Sha256) = (path, sha256);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>SHA-256 of the content.</summary>
    public byte[] Sha256 { get; }

    /// <summary>Streams one version of a blob, or whichever there is, to disk.</summary>
    /// <exception cref="RequestFailedException">412: the blob was overwritten meanwhile.</exception>
    public static async Task<DownloadedBlob> FetchAsync(BlobClient blob, ETag? version, CancellationToken cancellationToken)
    {
        var path = TemporaryPicture.NewPath();
        try
        {
            var options = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = version } };
            using var response = (await blob.DownloadStreamingAsync(options, cancellationToken)).Value;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                var buffer = new byte[1 << 16];
                int read;
                while ((read = await response.Content.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    hash.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }
            }
            return new DownloadedBlob(path, hash.GetHashAndReset());
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Removes the file.</summary>
    public void Dispose() => File.Delete(Path);
}
