using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Marketing.Operations.Outbound;

namespace Marketing.Social.Platforms.Media;

/// <summary>
/// Reads media for platforms that take bytes and not addresses: files of our own storage by its client, others through the guard against
/// private addresses. Parts are read one at a time, so that memory does not grow with the file.
/// </summary>
internal sealed class ReadMedia(BlobServiceClient storage, OutboundHttp outbound)
{
    /// <summary>Longest part that is read at once, in bytes.</summary>
    public const int MaxPart = 16 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Length and type of a file.</summary>
    /// <exception cref="MediaUnreadableException">It cannot be read, or does not tell its length.</exception>
    public Task<MediaFile> DescribeAsync(string url, CancellationToken cancellationToken) => GuardAsync(url, async stop =>
    {
        if (OurBlob(url) is { } blob)
        {
            var properties = (await blob.GetPropertiesAsync(cancellationToken: stop)).Value;
            return new MediaFile(properties.ContentLength, properties.ContentType);
        }
        using var response = await outbound.GetAsync(new Uri(url), stop);
        if (!response.IsSuccessStatusCode) throw new MediaUnreadableException($"The media's server answered {(int)response.StatusCode}.");
        return response.Content.Headers.ContentLength is { } length
            ? new MediaFile(length, response.Content.Headers.ContentType?.MediaType ?? "application/octet-stream")
            : throw new MediaUnreadableException("The media's server does not tell the file's length.");
    }, cancellationToken);

    /// <summary>One part of a file.</summary>
    /// <param name="url">Its address.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes, at most <see cref="MaxPart"/>.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="MediaUnreadableException">It cannot be read in this range.</exception>
    public Task<byte[]> PartAsync(string url, long offset, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxPart);
        return GuardAsync(url, async stop =>
        {
            var part = new byte[count];
            if (OurBlob(url) is { } blob)
            {
                using var download = (await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(offset, count) }, stop)).Value;
                await download.Content.ReadExactlyAsync(part, stop);
                return part;
            }
            using var response = await outbound.GetAsync(new Uri(url), stop);
            if (!response.IsSuccessStatusCode) throw new MediaUnreadableException($"The media's server answered {(int)response.StatusCode}.");
            await using var body = await response.Content.ReadAsStreamAsync(stop);
            await SkipAsync(body, offset, stop);
            await body.ReadExactlyAsync(part, stop);
            return part;
        }, cancellationToken);
    }

    private static async Task<T> GuardAsync<T>(string url, Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        try
        {
            return await read(limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MediaUnreadableException($"The media could not be read within {Limit.TotalSeconds:0} s.");
        }
        catch (Exception failure) when (failure is HttpRequestException or OutboundRefusedException or RequestFailedException or EndOfStreamException or IOException)
        {
            // Only the host: the address may carry a signature.
            throw new MediaUnreadableException($"The media at {new Uri(url).Host} could not be read ({failure.GetType().Name}).");
        }
    }

    private BlobClient? OurBlob(string url)
    {
        var address = new BlobUriBuilder(new Uri(url));
        return string.Equals(new Uri(url).Authority, storage.Uri.Authority, StringComparison.OrdinalIgnoreCase) && address.AccountName == storage.AccountName
            ? storage.GetBlobContainerClient(address.BlobContainerName).GetBlobClient(address.BlobName)
            : null;
    }

    // Ranges of other servers are not relied upon: many ignore them. Parts of such files cost a read from the start.
    private static async Task SkipAsync(Stream body, long count, CancellationToken cancellationToken)
    {
        var scratch = new byte[81_920];
        while (count > 0)
        {
            var read = await body.ReadAsync(scratch.AsMemory(0, (int)Math.Min(count, scratch.Length)), cancellationToken);
            if (read == 0) throw new EndOfStreamException();
            count -= read;
        }
    }
}

/// <summary>What a file says of itself.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="ContentType">Media type.</param>
internal sealed record MediaFile(long Length, string ContentType);

/// <summary>Media cannot be read. The message names no address.</summary>
internal sealed class MediaUnreadableException(string message) : Exception(message);
