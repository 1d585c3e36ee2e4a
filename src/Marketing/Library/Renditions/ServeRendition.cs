using System.Collections.Concurrent;
using Azure.Storage.Blobs;
using Marketing.Library.Ingest;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Library.Renditions;

/// <summary>An asset whose renditions may be served.</summary>
/// <param name="Owner">It and its content.</param>
/// <param name="Container">Container of the original.</param>
/// <param name="BlobName">Name of the original.</param>
/// <param name="Focus">Its focal point.</param>
internal sealed record ServedAsset(RenditionName Owner, string Container, string BlobName, (double X, double Y) Focus);

/// <summary>
/// Finds a rendition in memory or storage or makes it. However many ask at once for one that is not there, it is made once; when too many
/// different ones are being made, the others are told to come again.
/// </summary>
internal sealed class ServeRendition(NpgsqlDataSource database, StoreRenditions renditions, BlobServiceClient storage, RenderGate gate, IOptions<LibraryOptions> options) : IDisposable
{
    private const long MemoryBytes = 32L << 20;
    private static readonly TimeSpan MakeLimit = TimeSpan.FromSeconds(60);

    private readonly MemoryCache recent = new(new MemoryCacheOptions { SizeLimit = MemoryBytes });
    private readonly ConcurrentDictionary<string, Lazy<Task<byte[]?>>> making = new(StringComparer.Ordinal);

    /// <summary>The asset; null when there is none, it is no picture, or it is not active.</summary>
    public async Task<ServedAsset?> FindAsync(Guid assetId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select blob.sha256, blob.container, blob.blob_name, asset.focal_point::text
            from   marketing.content_library as asset join marketing_ops.ingested_blobs as blob on blob.asset_id = asset.id
            where  asset.id = $1 and asset.status = 'active' and asset.thumbnail_url is not null and blob.sha256 is not null
            """);
        command.Parameters.AddWithValue(assetId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var focus = RenditionVersion.Focus(reader.IsDBNull(3) ? null : reader.GetString(3));
        return new ServedAsset(RenditionName.Of(assetId, reader.GetFieldValue<byte[]>(0)), reader.GetString(1), reader.GetString(2), focus);
    }

    /// <summary>The file; null when too many are being made at the moment.</summary>
    /// <exception cref="MediaException">The original can no longer be decoded.</exception>
    /// <exception cref="Azure.RequestFailedException">The storage failed.</exception>
    public async Task<byte[]?> RunAsync(ServedAsset asset, Preset preset, string extension, CancellationToken cancellationToken)
    {
        var name = asset.Owner.Prefix + RenditionVersion.FileName(preset, extension, asset.Focus);
        if (recent.TryGetValue(name, out byte[]? content)) return content;
        // Made for everybody who waits, so it does not end with the caller who was first.
        var work = making.GetOrAdd(name, _ => new(() => Task.Run(() => GetAsync(name, asset, preset, extension))));
        return await work.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => recent.Dispose();

    private async Task<byte[]?> GetAsync(string name, ServedAsset asset, Preset preset, string extension)
    {
        try
        {
            using var limit = new CancellationTokenSource(MakeLimit);
            var content = await renditions.ReadAsync(name, limit.Token) ?? await MakeAsync(name, asset, preset, extension, limit.Token);
            if (content is not null) recent.Set(name, content, new MemoryCacheEntryOptions { Size = content.Length, SlidingExpiration = TimeSpan.FromMinutes(10) });
            return content;
        }
        finally
        {
            making.TryRemove(name, out _);
        }
    }

    private async Task<byte[]?> MakeAsync(string name, ServedAsset asset, Preset preset, string extension, CancellationToken cancellationToken)
    {
        using var turn = await gate.TryEnterAsync(cancellationToken);
        if (turn is null) return null;
        using var photograph = await DecodeAsync(asset, Math.Max(Photograph.LargeEdge, 2 * Math.Max(preset.Width, preset.Height)), cancellationToken);
        using var lazy = RenderPreset.Run(photograph.Image, preset, asset.Focus);
        var content = RenderPreset.Encode(lazy, extension);
        await renditions.WriteAsync(name, extension, content, cancellationToken);
        return content;
    }

    // Of a video or a PDF the picture is at hand, which ingest made.
    private async Task<Photograph> DecodeAsync(ServedAsset asset, int edge, CancellationToken cancellationToken)
    {
        var blob = storage.GetBlobContainerClient(asset.Container).GetBlobClient(asset.BlobName);
        using var original = await DownloadedBlob.FetchAsync(blob, version: null, cancellationToken);
        var type = RecogniseFile.Run(original.Path, asset.BlobName);
        if (type.AssetType == "image") return Photograph.Decode(original.Path, type.Signature, options.Value, edge);

        var picture = await renditions.ReadAsync($"{asset.Owner.Prefix}preview.jpg", cancellationToken) ?? throw new MediaException("The asset has no picture.");
        using var file = new TemporaryPicture(TemporaryPicture.NewPath());
        await File.WriteAllBytesAsync(file.Path!, picture, cancellationToken);
        return Photograph.Decode(file.Path!, FileSignature.Jpeg, options.Value, edge);
    }
}
