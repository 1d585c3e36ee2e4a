using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>Says what is to be seen in a picture.</summary>
public interface IMediaTagger
{
    /// <summary>Its kind, for provenance: onnx, chat, azure_vision.</summary>
    string Name { get; }

    /// <summary>Its model with version, for provenance.</summary>
    string Model { get; }

    /// <summary>Pixels of the longest edge that it looks at; a larger picture shows it no more.</summary>
    int EdgePx { get; }

    /// <summary>Looks at a picture.</summary>
    /// <param name="image">Three bands of bytes, upright, sRGB.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    Task<AssetTags> TagAsync(Image image, CancellationToken cancellationToken);
}

/// <summary>A tag and how sure the tagger is of it, 0 to 1.</summary>
public sealed record AssetTag(string Tag, float Confidence);

/// <summary>What a tagger saw.</summary>
/// <param name="Tags">Tags, the surest first.</param>
/// <param name="Focus">Where the main thing is, as parts of width and height; null when the tagger cannot tell.</param>
public sealed record AssetTags(IReadOnlyList<AssetTag> Tags, (double X, double Y)? Focus)
{
    /// <summary>A vector that is near for pictures of similar things; null when the tagger makes none.</summary>
    public float[]? Embedding { get; init; }

    /// <summary>A sentence about the picture; null when the tagger cannot write one.</summary>
    public string? Description { get; init; }

    /// <summary>The picture in words for those who cannot see it; null when the tagger cannot write it.</summary>
    public string? AltText { get; init; }

    /// <summary>Tokens that were read.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens that were written.</summary>
    public long OutputTokens { get; init; }
}
