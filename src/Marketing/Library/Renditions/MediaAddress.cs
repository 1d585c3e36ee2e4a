using System.Buffers.Text;
using System.Text;
using Marketing.Identity;

namespace Marketing.Library.Renditions;

/// <summary>Signed addresses of renditions. Whoever has one may see that one picture while its asset is active; nobody can make one up.</summary>
internal sealed class MediaAddress(Signer signer)
{
    private const string Purpose = "media rendition";

    /// <summary>The address below the host, such as <c>/api/media/{asset}/{preset}.webp?v=…&amp;s=…</c>.</summary>
    public string Of(RenditionName owner, Preset preset, string extension, (double X, double Y) focus) => Of(owner, $"{preset.Name}.{extension}", RenditionVersion.Of(owner, preset, focus));

    /// <summary>Likewise of a file that is not cut, and so changes with the content alone.</summary>
    public string Of(RenditionName owner, string file) => Of(owner, file, owner.ContentHash);

    private string Of(RenditionName owner, string file, string version)
    {
        var path = $"{owner.AssetId}/{file}";
        return $"/api/media/{path}?v={version}&s={Base64Url.EncodeToString(signer.Sign(Purpose, Signed(path)))}";
    }

    /// <summary>True when this product made the address. The version is not signed: it only names bytes that the holder may see anyhow.</summary>
    public bool IsGenuine(Guid assetId, string file, string signature)
    {
        Span<byte> bytes = stackalloc byte[Signer.SignatureBytes];
        return signature.Length == Base64Url.GetEncodedLength(Signer.SignatureBytes) && Base64Url.TryDecodeFromChars(signature, bytes, out var read) && read == bytes.Length
            && signer.IsGenuine(Purpose, Signed($"{assetId}/{file}"), bytes);
    }

    private static byte[] Signed(string path) => Encoding.UTF8.GetBytes(path);
}
