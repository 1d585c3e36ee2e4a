using System.Text.Json;
using Marketing.Data;
using Marketing.Library.Ingest.Documents;
using Marketing.Library.Ingest.Video;
using Marketing.Library.Renditions;
using Marketing.Library.Renditions.Features;
using Marketing.Library.Tagging;

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

/// <summary>Fills an asset's row from its file, by the kind of file: pictures, video and documents by their own probes, which may find a picture in them.</summary>
internal sealed class DescribeMedia(DescribePicture picture, ProbeVideo video, MakeMp4 mp4, ReadDocument documents)
{
    /// <summary>Fills the row.</summary>
    /// <param name="asset">The row.</param>
    /// <param name="blob">The file.</param>
    /// <param name="declaredType">Content type that the uploader gave the file; null without.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="MediaException">The file is at fault.</exception>
    public async Task<DescribedMedia> RunAsync(LibraryAsset asset, DownloadedBlob blob, string? declaredType, CancellationToken cancellationToken)
    {
        var type = RecogniseFile.Run(blob.Path, asset.Filename, declaredType);
        (asset.AssetType, asset.MimeType) = (type.AssetType, type.MimeType);
        if (type.Signature == FileSignature.Html)
            throw new MediaException("A web page is no asset: browsers would run what it holds. Upload a picture or a PDF of it.");
        return type.AssetType switch
        {
            "image" => await picture.RunAsync(asset, blob, blob.Path, type.Signature, cancellationToken),
            "video" or "audio" => await DescribeVideoAsync(asset, blob, cancellationToken),
            "pdf" => await DescribePdfAsync(asset, blob, cancellationToken),
            _ => new DescribedMedia([]) { Text = documents.Text(blob.Path, type) },
        };
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
        var described = await picture.FoundAsync(asset, blob, await video.PosterAsync(blob.Path, found, cancellationToken), $"{found.Codecs}.", cancellationToken);
        var (made, why) = await mp4.RunAsync(blob.Path, found, RenditionName.Of(asset.Id, blob.Sha256), cancellationToken);
        return described with { Renditions = made is null ? described.Renditions : [.. described.Renditions, made], Note = why is null ? described.Note : $"{described.Note} {why}" };
    }

    private async Task<DescribedMedia> DescribePdfAsync(LibraryAsset asset, DownloadedBlob blob, CancellationToken cancellationToken)
    {
        var pdf = await documents.PdfAsync(blob.Path, cancellationToken);
        var described = pdf.IsReadable
            ? await picture.FoundAsync(asset, blob, await documents.FirstPageAsync(blob.Path, cancellationToken), pdf.Note, cancellationToken)
            : new DescribedMedia([], pdf.Note);
        return described with { Text = pdf.Text };
    }
}
