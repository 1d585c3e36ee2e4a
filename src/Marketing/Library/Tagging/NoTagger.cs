using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>For installations without a model: sees nothing and says so by an empty list.</summary>
internal sealed class NoTagger : IAssetTagger
{
    /// <inheritdoc />
    public AssetTags Tag(Image image) => new([], Focus: null);
}
