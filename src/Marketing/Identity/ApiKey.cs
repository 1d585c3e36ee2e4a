using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.Identity;

/// <summary>An API key as its holder sees it: <c>mkt_</c> and 256 random bits in base64url. Stored is its SHA-256 alone; a key of that
/// strength needs no slow hash.</summary>
/// <param name="Text">The whole key; shown once, never stored.</param>
public sealed record ApiKey(string Text)
{
    private const string Prefix = "mkt_";
    private const int SecretBytes = 32;
    private const int ShownCharacters = 10;

    /// <summary>A new random key.</summary>
    public static ApiKey Create() => new(Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>True when the text has the form of a key, so that looking it up is worth a query.</summary>
    public static bool HasForm(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length == Prefix.Length + Base64Url.GetEncodedLength(SecretBytes);

    /// <summary>What is stored of it.</summary>
    public byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    /// <summary>First characters, to recognise the key in a list.</summary>
    public string Shown => Text[..ShownCharacters];

    /// <summary>Never the key.</summary>
    public override string ToString() => $"{Shown}…";
}
