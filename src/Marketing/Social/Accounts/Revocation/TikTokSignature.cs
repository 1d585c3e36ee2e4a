using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.Social.Accounts.Revocation;

/// <summary>
/// TikTok's signature of a webhook: <c>TikTok-Signature: t=&lt;unix seconds&gt;,s=&lt;hex&gt;</c>, HMAC-SHA256 keyed with the client secret over
/// the time, a dot and the raw body. Source: TikTok, "Webhooks: Verification".
/// </summary>
internal static class TikTokSignature
{
    /// <summary>The header.</summary>
    public const string Header = "TikTok-Signature";

    // TikTok repeats a call for 72 hours; whether a repeat is signed anew is not documented.
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(73);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(5);

    /// <summary>Why a call is refused; null when it is genuine.</summary>
    public static string? Refuse(ReadOnlySpan<byte> body, string header, IReadOnlyCollection<string> secrets, DateTimeOffset now)
    {
        if (secrets.Count == 0) return "No TikTok app is configured. Set Social:Accounts:Apps:tiktok.";
        var parts = header.Split(',', StringSplitOptions.TrimEntries);
        var time = parts.FirstOrDefault(part => part.StartsWith("t=", StringComparison.Ordinal))?[2..];
        var signature = parts.FirstOrDefault(part => part.StartsWith("s=", StringComparison.Ordinal))?[2..];
        if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253_402_300_799 || signature is not { Length: 64 })
            return $"Send the header {Header} as t=<unix seconds>,s=<64 hexadecimal digits>.";
        var sent = Encoding.ASCII.GetBytes(signature.ToLowerInvariant());
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{time}."), .. body];
        if (!secrets.Any(secret => CryptographicOperations.FixedTimeEquals(sent, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))))))
            return "The signature does not fit the body. Check the client secret and that no proxy alters the body.";
        var age = now - DateTimeOffset.FromUnixTimeSeconds(seconds);
        return age > MaxAge || age < -MaxAhead ? "The signature is too old, or of a time to come." : null;
    }
}
