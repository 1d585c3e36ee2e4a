using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using NetVips;

namespace Marketing.Library.Renditions;

/// <summary>
/// Writes an asset's renditions to storage. Their names follow from the asset and its content, so that doing it again overwrites the same
/// files instead of adding others, and no reader of the row sees a file change.
/// </summary>
internal sealed class StoreRenditions(BlobServiceClient storage, IOptions<LibraryOptions> options)
{
    private static readonly string[] EagerFormats = ["webp", "jpg"];

    private BlobContainerClient Container => storage.GetBlobContainerClient(options.Value.RenditionsContainer);

    /// <summary>Makes and stores those that are made at ingest.</summary>
    public async Task<IReadOnlyList<Rendition>> RunAsync(Photograph photograph, RenditionName owner, (double X, double Y) focus, CancellationToken cancellationToken)
    {
        await Container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        var stored = new List<Rendition>();
        foreach (var preset in Preset.All.Where(preset => preset.Eager))
        {
            // Rows of a lazy image are computed for every format anew.
            using var lazy = RenderPreset.Run(photograph.Image, preset, focus);
            using var image = lazy.CopyMemory();
            foreach (var extension in EagerFormats) stored.Add(await StoreAsync(image, preset, extension));
        }
        return stored;

        async Task<Rendition> StoreAsync(Image image, Preset preset, string extension)
        {
            var content = RenderPreset.Encode(image, extension);
            var url = await WriteAsync(owner.Prefix + RenditionVersion.FileName(preset, extension, focus), extension, content, cancellationToken);
            return new Rendition(preset.Name, extension == "jpg" ? "jpeg" : extension, url.AbsoluteUri, image.Width, image.Height, content.Length);
        }
    }

    /// <summary>Stores one file.</summary>
    /// <returns>Its address.</returns>
    public async Task<Uri> WriteAsync(string name, string extension, byte[] content, CancellationToken cancellationToken)
    {
        var blob = Container.GetBlobClient(name);
        var headers = new BlobHttpHeaders { ContentType = RenderPreset.Formats[extension], CacheControl = "public, max-age=31536000, immutable" };
        await blob.UploadAsync(BinaryData.FromBytes(content), new BlobUploadOptions { HttpHeaders = headers }, cancellationToken);
        return blob.Uri;
    }

    /// <summary>Stores one file that is too large for memory.</summary>
    /// <returns>Its address.</returns>
    public async Task<Uri> WriteFileAsync(string name, string mediaType, string path, CancellationToken cancellationToken)
    {
        await Container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        var blob = Container.GetBlobClient(name);
        await blob.UploadAsync(path, new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = mediaType, CacheControl = "public, max-age=31536000, immutable" } }, cancellationToken);
        return blob.Uri;
    }

    /// <summary>A stored file to be read in parts; null when there is none.</summary>
    public async Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await Container.GetBlobClient(name).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false) { BufferSize = 1 << 20 }, cancellationToken);
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            return null;
        }
    }

    /// <summary>A stored file; null when it was not made yet.</summary>
    public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await Container.GetBlobClient(name).DownloadContentAsync(cancellationToken)).Value.Content.ToArray();
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The files of other contents of the asset, to be removed once the row shows this one. To be called before that, under the lease.</summary>
    public async Task<IReadOnlyList<(string Name, ETag Version)>> OthersAsync(RenditionName owner, CancellationToken cancellationToken)
    {
        var others = new List<(string, ETag)>();
        if (!await Container.ExistsAsync(cancellationToken)) return others;
        await foreach (var blob in Container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{owner.AssetId}/", cancellationToken))
            if (!blob.Name.StartsWith(owner.Prefix, StringComparison.Ordinal)) others.Add((blob.Name, blob.Properties.ETag!.Value));
        return others;
    }

    /// <summary>Removes files, except those that the next worker has written again since. What a killed worker leaves goes with the reconciliation.</summary>
    public async Task RemoveAsync(IReadOnlyList<(string Name, ETag Version)> files, CancellationToken cancellationToken)
    {
        foreach (var (name, version) in files)
        {
            try
            {
                await Container.DeleteBlobIfExistsAsync(name, conditions: new BlobRequestConditions { IfMatch = version }, cancellationToken: cancellationToken);
            }
            catch (RequestFailedException rewritten) when (rewritten.Status == 412)
            {
                // It is wanted again.
            }
        }
    }
}
