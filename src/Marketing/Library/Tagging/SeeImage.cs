using System.Text.Json.Nodes;
using Marketing.Library.Renditions;
using Marketing.Library.Renditions.Features;
using Microsoft.Extensions.Logging;
using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>What was seen in a picture, ready for its row.</summary>
/// <param name="Tags">What the tagger said.</param>
/// <param name="Faces">Faces; null when nobody looked.</param>
/// <param name="Focus">The focal point: of the largest face, else of the subject, else where the eye goes.</param>
internal sealed record SeenImage(AssetTags Tags, IReadOnlyList<FaceBox>? Faces, (double X, double Y) Focus)
{
    /// <summary>Why there are no tags, as a sentence; null when the tagger answered.</summary>
    public string? Untagged { get; init; }

    /// <summary>Value of <c>ai_description</c>.</summary>
    public required string Description { get; init; }

    /// <summary>Value of <c>alt_text</c>.</summary>
    public required string AltText { get; init; }

    /// <summary>Value of <c>focal_point</c>.</summary>
    public string FocalPoint => new JsonObject { ["x"] = Math.Round(Focus.X, 3), ["y"] = Math.Round(Focus.Y, 3) }.ToJsonString();
}

/// <summary>Looks at a decoded picture with the configured tagger and for faces.</summary>
internal sealed partial class SeeImage(IMediaTagger tagger, FindFaces faces, ILogger<SeeImage> log)
{
    // A face in a crowd far away is no subject.
    private const double LeastFace = 0.03;

    /// <summary>Looks; without tags when the tagger does not answer, since the file is not at fault.</summary>
    public async Task<SeenImage> AtIngestAsync(Photograph photograph, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(photograph, cancellationToken);
        }
        // Chat clients throw what their vendor throws.
        catch (Exception silent) when (silent is not (OutOfMemoryException or VipsException) && !cancellationToken.IsCancellationRequested)
        {
            LogSilent(silent, tagger.Name);
            return See(photograph, new AssetTags([], Focus: null)) with { Untagged = "The tagger did not answer, so there are no tags yet. Ask for them with POST /api/content_library/{id}/retag." };
        }
    }

    /// <summary>Looks.</summary>
    public async Task<SeenImage> RunAsync(Photograph photograph, CancellationToken cancellationToken)
    {
        var tags = await tagger.TagAsync(tagger.EdgePx <= Photograph.SmallEdge ? photograph.Small : photograph.Image, cancellationToken);
        return See(photograph, tags);
    }

    private SeenImage See(Photograph photograph, AssetTags tags)
    {
        var found = faces.Run(photograph.Small);
        var main = found?.Where(face => face.Height >= LeastFace).MaxBy(face => face.Width * face.Height);
        var focus = main is not null ? (main.X + main.Width / 2, main.Y + main.Height / 2) : tags.Focus ?? Attention(photograph.Small);
        var names = tags.Tags.Select(tag => tag.Tag).ToList();
        return new SeenImage(tags, found, focus)
        {
            Description = tags.Description ?? DescribeAsset.Run(photograph.Orientation, names),
            AltText = tags.AltText ?? DescribeAsset.AltText(photograph.Orientation, names),
        };
    }

    // The centre of the third that stands out.
    private static (double X, double Y) Attention(Image image)
    {
        var (width, height) = (Math.Max(1, image.Width / 3), Math.Max(1, image.Height / 3));
        using var cropped = image.Smartcrop(width, height, out int x, out int y, interesting: Enums.Interesting.Attention);
        return (Math.Clamp((double)x / image.Width, 0, 1), Math.Clamp((double)y / image.Height, 0, 1));
    }

    [LoggerMessage(303, LogLevel.Warning, "The tagger {Tagger} did not answer; the asset goes without tags")]
    private partial void LogSilent(Exception exception, string tagger);
}
