using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Data;
using Marketing.Library.Renditions;
using Marketing.Library.Tagging;
using Microsoft.Extensions.Options;
using NetVips;

namespace Marketing.Library.Ingest;

/// <summary>Fills an asset's row from its file: type, dimensions, colours, focus, tags, renditions.</summary>
internal sealed class DescribeMedia(StoreRenditions renditions, IAssetTagger tagger, IOptions<LibraryOptions> options, RenderGate gate)
{
    private static readonly FileSignature[] Decodable = [FileSignature.Jpeg, FileSignature.Png, FileSignature.Gif, FileSignature.Webp, FileSignature.Avif, FileSignature.Tiff];

    /// <summary>Fills the row.</summary>
    /// <returns>The renditions, and what was passed over; null when nothing was.</returns>
    /// <exception cref="MediaException">The file is at fault.</exception>
    public async Task<(IReadOnlyList<Rendition> Renditions, string? Note)> RunAsync(LibraryAsset asset, DownloadedBlob blob, CancellationToken cancellationToken)
    {
        var type = RecogniseFile.Run(blob.Path, asset.Filename);
        (asset.AssetType, asset.MimeType) = (type.AssetType, type.MimeType);
        if (type.AssetType != "image") return ([], null);
        if (asset.FileSizeBytes > options.Value.MaxImageBytes)
            throw new MediaException($"The image has {asset.FileSizeBytes} bytes; at most {options.Value.MaxImageBytes} are decoded. Upload a smaller one.");
        if (!Decodable.Contains(type.Signature)) return ([], $"{type.Name}: this build cannot decode it, so it has no renditions and no tags.");

        using var turn = await gate.EnterAsync(cancellationToken);
        using var photograph = Photograph.Decode(blob.Path, options.Value.MaxPixels);
        asset.Dimensions = JsonSerializer.Serialize(new Dictionary<string, int> { ["width"] = photograph.Width, ["height"] = photograph.Height });
        asset.Orientation = photograph.Orientation;
        asset.ColorPalette = ExtractPalette.Run(photograph.Image).ToJsonString();
        var seen = tagger.Tag(photograph.Image);
        var (x, y) = seen.Focus ?? Attention(photograph.Image);
        asset.FocalPoint = new JsonObject { ["x"] = Math.Round(x, 3), ["y"] = Math.Round(y, 3) }.ToJsonString();
        asset.AiTags = [.. seen.Tags];
        asset.AiDescription = DescribeAsset.Run(photograph.Orientation, seen.Tags);
        asset.AltText ??= DescribeAsset.AltText(photograph.Orientation, seen.Tags);
        var stored = await renditions.RunAsync(photograph, asset.Id, ContentHash(blob), cancellationToken);
        asset.ThumbnailUrl = stored.First(rendition => rendition is { Preset: "thumbnail", Format: "webp" }).Url;
        return (stored, null);
    }

    /// <summary>Part of a rendition's name: the same for the same content.</summary>
    public static string ContentHash(DownloadedBlob blob) => Convert.ToHexStringLower(blob.Sha256)[..12];

    private static (double X, double Y) Attention(Image image)
    {
        using var cropped = image.Smartcrop(Math.Max(1, image.Width / 3), Math.Max(1, image.Height / 3), out int x, out int y, interesting: Enums.Interesting.Attention);
        return ((double)x / image.Width, (double)y / image.Height);
    }
}
