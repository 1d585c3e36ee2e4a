namespace Marketing.Library.Renditions;

/// <summary>Names of rendition blobs: <c>{asset}/{content hash}/{file}</c>. Another content never has the same name, so a name's bytes are final.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="ContentHash">Start of the SHA-256 of the original.</param>
internal sealed record RenditionName(Guid AssetId, string ContentHash)
{
    /// <summary>Hexadecimal digits of <see cref="ContentHash"/>.</summary>
    public const int HashLength = 12;

    /// <summary>Start of the names of every rendition of this content.</summary>
    public string Prefix => $"{AssetId}/{ContentHash}/";

    /// <summary>The name of the original's content.</summary>
    public static RenditionName Of(Guid assetId, byte[] sha256) => new(assetId, Convert.ToHexStringLower(sha256)[..HashLength]);

    /// <summary>Whose rendition a blob is; null when its name is of another kind, which is none of this product's.</summary>
    public static RenditionName? Read(string blobName) =>
        blobName.Split('/') is [var asset, { Length: HashLength } hash, _] && Guid.TryParseExact(asset, "D", out var id) ? new RenditionName(id, hash) : null;
}
