using System.Text.Json;
using Marketing.Data;
using Marketing.Library.Renditions;
using Marketing.Library.Renditions.Features;
using Marketing.Library.Tagging;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>Fills an asset's row from a picture: its file, or one that was found in a video or a document.</summary>
internal sealed class DescribePicture(StoreRenditions renditions, SeeImage see, RenderGate gate, IOptions<LibraryOptions> options)
{
    /// <summary>Fills the row and stores the renditions that are made at ingest.</summary>
    /// <exception cref="MediaException">The picture is at fault.</exception>
    public async Task<DescribedMedia> RunAsync(LibraryAsset asset, DownloadedBlob blob, string picture, FileSignature signature, CancellationToken cancellationToken)
    {
        if (new FileInfo(picture).Length > options.Value.MaxImageBytes)
            throw new MediaException($"The image has {new FileInfo(picture).Length} bytes; at most {options.Value.MaxImageBytes} are decoded. Upload a smaller one.");
        using var turn = await gate.EnterAsync(cancellationToken);
        using var photograph = Photograph.Decode(picture, signature, options.Value);
        asset.Dimensions = JsonSerializer.Serialize(new Dictionary<string, int> { ["width"] = photograph.Width, ["height"] = photograph.Height });
        asset.Orientation = photograph.Orientation;
        asset.ColorPalette = ExtractPalette.Run(photograph.Small).ToJsonString();
        var seen = await see.AtIngestAsync(photograph, cancellationToken);
        var stored = await renditions.RunAsync(photograph, RenditionName.Of(asset.Id, blob.Sha256), seen.Focus, cancellationToken);
        asset.ThumbnailUrl = stored.First(rendition => rendition is { Preset: "thumb", Format: "webp" }).Url;
        string?[] notes = [photograph.Frames > 1 ? $"The picture has {photograph.Frames} frames; the first is shown." : null, seen.Untagged];
        return new DescribedMedia(stored, string.Join(' ', notes.OfType<string>()) is { Length: > 0 } note ? note : null) { Features = MeasureImage.Run(photograph.Small), Seen = seen };
    }

    /// <summary>The same of a picture that serves looks alone: that it could not be made leaves the asset as usable as before.</summary>
    public async Task<DescribedMedia> FoundAsync(LibraryAsset asset, DownloadedBlob blob, TemporaryPicture picture, string note, CancellationToken cancellationToken)
    {
        using (picture)
        {
            if (picture.Path is null) return new DescribedMedia([], $"{note} {picture.Absence}");
            var (dimensions, orientation) = (asset.Dimensions, asset.Orientation);
            try
            {
                var described = await RunAsync(asset, blob, picture.Path, FileSignature.Jpeg, cancellationToken);
                if (dimensions is not null) (asset.Dimensions, asset.Orientation) = (dimensions, orientation);
                return described with { Note = described.Note is null ? note : $"{note} {described.Note}" };
            }
            catch (MediaException unusable)
            {
                return new DescribedMedia([], $"{note} No preview: {unusable.Message}");
            }
        }
    }
}
