using System.Text.Json;
using Marketing.Data;
using Marketing.Library.Ingest.Documents;
using Marketing.Library.Ingest.Video;
using Marketing.Library.Renditions;
using Marketing.Library.Renditions.Features;
using Marketing.Library.Tagging;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>What a file turned out to be, beside what stands in its row.</summary>
internal sealed record DescribedMedia(IReadOnlyList<Rendition> Renditions, string? Note = null)
{
    /// <summary>Measures; null for what is no picture.</summary>
    public ImageFeatures? Features { get; init; }

    /// <summary>What was seen; null for what is no picture.</summary>
    public SeenImage? Seen { get; init; }

    /// <summary>Text of a document; null where there is none.</summary>
    public string? Text { get; init; }
}

/// <summary>Fills an asset's row from its file, by the kind of file: pictures here, others by their own probes, which may find a picture in them.</summary>
internal sealed class DescribeMedia(StoreRenditions renditions, SeeImage see, ProbeVideo video, IOptions<LibraryOptions> options, RenderGate gate)
{
    /// <summary>Fills the row.</summary>
    /// <exception cref="MediaException">The file is at fault.</exception>
    public async Task<DescribedMedia> RunAsync(LibraryAsset asset, DownloadedBlob blob, CancellationToken cancellationToken)
    {
        var type = RecogniseFile.Run(blob.Path, asset.Filename);
        (asset.AssetType, asset.MimeType) = (type.AssetType, type.MimeType);
        if (type.Signature == FileSignature.Html)
            throw new MediaException("A web page is no asset: browsers would run what it holds. Upload a picture or a PDF of it.");
        if (type.Signature == FileSignature.Zip) CheckZip.Run(blob.Path, options.Value.MaxZipRatio);
        return type.AssetType switch
        {
            "image" => await DescribeImageAsync(asset, blob, blob.Path, type.Signature, cancellationToken),
            "video" or "audio" => await DescribeVideoAsync(asset, blob, cancellationToken),
            "pdf" => await DescribePdfAsync(asset, blob, cancellationToken),
            _ => new DescribedMedia([]),
        };
    }

    private async Task<DescribedMedia> DescribeImageAsync(LibraryAsset asset, DownloadedBlob blob, string picture, FileSignature signature, CancellationToken cancellationToken)
    {
        if (new FileInfo(picture).Length > options.Value.MaxImageBytes)
            throw new MediaException($"The image has {new FileInfo(picture).Length} bytes; at most {options.Value.MaxImageBytes} are decoded. Upload a smaller one.");
        using var turn = await gate.EnterAsync(cancellationToken);
        using var photograph = Photograph.Decode(picture, signature, options.Value);
        asset.Dimensions = JsonSerializer.Serialize(new Dictionary<string, int> { ["width"] = photograph.Width, ["height"] = photograph.Height });
        asset.Orientation = photograph.Orientation;
        asset.ColorPalette = ExtractPalette.Run(photograph.Small).ToJsonString();
        var seen = await see.RunAsync(photograph, cancellationToken);
        var stored = await renditions.RunAsync(photograph, RenditionName.Of(asset.Id, blob.Sha256), seen.Focus, cancellationToken);
        asset.ThumbnailUrl = stored.First(rendition => rendition is { Preset: "thumb", Format: "webp" }).Url;
        var note = photograph.Frames > 1 ? $"The picture has {photograph.Frames} frames; the first is shown." : null;
        return new DescribedMedia(stored, note) { Features = MeasureImage.Run(photograph.Small), Seen = seen };
    }

    private async Task<DescribedMedia> DescribeVideoAsync(LibraryAsset asset, DownloadedBlob blob, CancellationToken cancellationToken)
    {
        var (found, note) = await video.RunAsync(blob.Path, cancellationToken);
        if (found is null) return new DescribedMedia([], note);
        asset.DurationSeconds = (int)Math.Round(found.Seconds);
        if (!found.HasVideo)
            return asset.AssetType == "audio" ? new DescribedMedia([], note) : throw new MediaException("The file holds sound and no moving picture. Upload it with the extension of an audio file, or export the video again.");
        if (asset.AssetType == "audio") return new DescribedMedia([], note);
        asset.Dimensions = JsonSerializer.Serialize(new Dictionary<string, int> { ["width"] = found.Width, ["height"] = found.Height });
        asset.Orientation = found.Width > found.Height ? "landscape" : found.Width < found.Height ? "portrait" : "square";
        return await WithPictureAsync(asset, blob, await video.PosterAsync(blob.Path, found, cancellationToken), $"{found.Codecs}.", FileSignature.Jpeg, cancellationToken);
    }

    private async Task<DescribedMedia> DescribePdfAsync(LibraryAsset asset, DownloadedBlob blob, CancellationToken cancellationToken)
    {
        var pdf = await ReadPdf.RunAsync(blob.Path, options.Value, cancellationToken);
        var described = pdf.IsReadable
            ? await WithPictureAsync(asset, blob, await DrawPdfPage.RunAsync(blob.Path, cancellationToken), pdf.Note, FileSignature.Jpeg, cancellationToken)
            : new DescribedMedia([], pdf.Note);
        return described with { Text = pdf.Text };
    }

    // The picture serves looks alone: that it could not be made leaves the asset as usable as before.
    private async Task<DescribedMedia> WithPictureAsync(LibraryAsset asset, DownloadedBlob blob, TemporaryPicture picture, string note, FileSignature signature, CancellationToken cancellationToken)
    {
        using (picture)
        {
            if (picture.Path is null) return new DescribedMedia([], $"{note} {picture.Absence}");
            var (dimensions, orientation) = (asset.Dimensions, asset.Orientation);
            try
            {
                var described = await DescribeImageAsync(asset, blob, picture.Path, signature, cancellationToken);
                if (dimensions is not null) (asset.Dimensions, asset.Orientation) = (dimensions, orientation);
                return described with { Note = note };
            }
            catch (MediaException unusable)
            {
                return new DescribedMedia([], $"{note} No preview: {unusable.Message}");
            }
        }
    }
}
