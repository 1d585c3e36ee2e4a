using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Marketing.Webhooks.Meta;

/// <summary>Meta's signature: HMAC-SHA256 of the raw body, keyed with the app secret. Source: Meta, "Webhooks: Getting Started", "Validating Payloads".</summary>
public sealed class MetaSignature(IOptions<WebhookOptions> options)
{
    /// <summary>Header with <c>sha256=</c> and 64 hexadecimal digits.</summary>
    public const string Header = "X-Hub-Signature-256";

    private const string Scheme = "sha256=";

    /// <summary>Why a call is refused; null when it is genuine.</summary>
    public string? Refuse(ReadOnlySpan<byte> body, string signature)
    {
        if (options.Value.Meta.AppSecrets.Length == 0) return "No app secret is configured. Set Webhooks:Meta:AppSecrets:0.";
        if (!signature.StartsWith(Scheme, StringComparison.Ordinal) || signature.Length != Scheme.Length + 64) return $"Send the header {Header} as sha256= and 64 hexadecimal digits.";
        var sent = Encoding.ASCII.GetBytes(signature[Scheme.Length..].ToLowerInvariant());
        foreach (var secret in options.Value.Meta.AppSecrets)
        {
            var expected = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)));
            if (CryptographicOperations.FixedTimeEquals(sent, expected)) return null;
        }
        return "The signature does not fit the body. Check the app secret and that no proxy alters the body.";
    }

    /// <summary>True when the handshake's phrase is ours; compared in constant time.</summary>
    public bool KnowsVerifyToken(string token) =>
        options.Value.Meta.VerifyToken.Length > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(options.Value.Meta.VerifyToken));
}
