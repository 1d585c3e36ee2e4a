using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>Says what is to be seen in a picture.</summary>
public interface IAssetTagger
{
    /// <summary>Looks at a picture.</summary>
    /// <param name="image">Three bands of bytes, upright, sRGB.</param>
    AssetTags Tag(Image image);
}

/// <summary>What a tagger saw.</summary>
/// <param name="Tags">Tags, the surest first.</param>
/// <param name="Focus">Where the main thing is, as parts of width and height; null when the tagger cannot tell.</param>
public sealed record AssetTags(IReadOnlyList<string> Tags, (double X, double Y)? Focus);
