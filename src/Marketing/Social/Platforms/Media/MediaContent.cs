using System.Net;
using System.Net.Http.Headers;

namespace Marketing.Social.Platforms.Media;

/// <summary>A whole file as the body of a request, read in parts while it is sent, so that memory does not grow with the file.</summary>
internal sealed class MediaContent : HttpContent
{
    private const int PartBytes = 4 * 1024 * 1024;

    private readonly ReadMedia media;
    private readonly string url;
    private readonly long length;

    /// <summary>Prepares the body; nothing is read yet.</summary>
    /// <param name="media">Reads the file.</param>
    /// <param name="url">Address of the file.</param>
    /// <param name="file">What it says of itself; its type becomes the body's.</param>
    public MediaContent(ReadMedia media, string url, MediaFile file)
    {
        (this.media, this.url, length) = (media, url, file.Length);
        Headers.ContentType = MediaTypeHeaderValue.TryParse(file.ContentType, out var type) ? type : new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <inheritdoc />
    protected override bool TryComputeLength(out long length)
    {
        length = this.length;
        return true;
    }

    /// <inheritdoc />
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc />
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (long offset = 0; offset < length; offset += PartBytes)
            await stream.WriteAsync(await media.PartAsync(url, offset, (int)Math.Min(PartBytes, length - offset), cancellationToken), cancellationToken);
    }
}
