using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using NetVips;

namespace Marketing.Library.Renditions;

/// <summary>
/// Writes an asset's renditions to storage. Their names follow from the asset and its content, so that doing it again overwrites the same
/// files instead of adding others.
/// </summary>
internal sealed class StoreRenditions(BlobServiceClient storage, IOptions<LibraryOptions> options)
{
    // Longest edge of thumbnails, in pixels: a card in a grid on a screen of double density.
    private const int ThumbnailEdge = 480;
    private const int WebpQuality = 80;
    private const int JpegQuality = 84;

    /// <summary>Makes and stores them.</summary>
    public async Task<IReadOnlyList<Rendition>> RunAsync(Photograph photograph, Guid assetId, string contentHash, CancellationToken cancellationToken)
    {
        var container = storage.GetBlobContainerClient(options.Value.RenditionsContainer);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        using var thumbnail = photograph.Image.ThumbnailImage(ThumbnailEdge, height: ThumbnailEdge, size: Enums.Size.Down);
        var stored = new List<Rendition>();
        foreach (var (preset, image) in new[] { ("thumbnail", thumbnail), ("large", photograph.Image) })
        {
            stored.Add(await StoreAsync(preset, "webp", image.WebpsaveBuffer(q: WebpQuality, keep: Enums.ForeignKeep.None), image));
            stored.Add(await StoreAsync(preset, "jpeg", image.JpegsaveBuffer(q: JpegQuality, interlace: true, keep: Enums.ForeignKeep.None), image));
        }
        return stored;

        async Task<Rendition> StoreAsync(string preset, string format, byte[] content, Image image)
        {
            var blob = container.GetBlobClient($"{Prefix(assetId)}{contentHash}/{preset}.{(format == "jpeg" ? "jpg" : format)}");
            var headers = new BlobHttpHeaders { ContentType = $"image/{format}", CacheControl = "public, max-age=31536000, immutable" };
            await blob.UploadAsync(BinaryData.FromBytes(content), new BlobUploadOptions { HttpHeaders = headers }, cancellationToken);
            return new Rendition(preset, format, blob.Uri.AbsoluteUri, image.Width, image.Height, content.Length);
        }
    }

    /// <summary>Removes the renditions of earlier contents of the asset.</summary>
    public async Task RemoveOthersAsync(Guid assetId, string contentHash, CancellationToken cancellationToken)
    {
        var container = storage.GetBlobContainerClient(options.Value.RenditionsContainer);
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, Prefix(assetId), cancellationToken))
        {
            if (!blob.Name.StartsWith($"{Prefix(assetId)}{contentHash}/", StringComparison.Ordinal)) await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
        }
    }

    private static string Prefix(Guid assetId) => $"{assetId}/";
}
