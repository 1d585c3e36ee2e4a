using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>For installations without a model: sees nothing and says so by an empty list.</summary>
internal sealed class NoTagger : IMediaTagger
{
    /// <inheritdoc />
    public string Name => "none";

    /// <inheritdoc />
    public string Model => "none";

    /// <inheritdoc />
    public int EdgePx => 1;

    /// <inheritdoc />
    public Task<AssetTags> TagAsync(Image image, CancellationToken cancellationToken) => Task.FromResult(new AssetTags([], Focus: null));
}
