using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Marketing.Webhooks.SendGrid;

/// <summary>
/// SendGrid's signature: ECDSA on P-256 with SHA-256 over the timestamp as sent followed by the raw body, in DER. Source: Twilio SendGrid,
/// "Getting Started with the Event Webhook Security Features".
/// </summary>
public sealed class SendGridSignature(IOptions<WebhookOptions> options, TimeProvider clock)
{
    /// <summary>Header with the signature, base64.</summary>
    public const string SignatureHeader = "X-Twilio-Email-Event-Webhook-Signature";

    /// <summary>Header with the timestamp, Unix seconds.</summary>
    public const string TimestampHeader = "X-Twilio-Email-Event-Webhook-Timestamp";

    /// <summary>Why a call is refused; null when it is genuine and recent.</summary>
    public string? Refuse(ReadOnlySpan<byte> body, string signature, string timestamp)
    {
        if (options.Value.SendGrid.PublicKeys.Length == 0) return "No key is configured. Set Webhooks:SendGrid:PublicKeys:0.";
        if (signature.Length == 0 || timestamp.Length == 0) return $"Send the headers {SignatureHeader} and {TimestampHeader}; switch the signed event webhook on.";
        if (!IsGenuine(body, signature, timestamp)) return "The signature does not fit the body and timestamp. Check that the key is this webhook's and that no proxy alters the body.";
        return IsRecent(timestamp) ? null : "The timestamp is too old or lies in the future. Check the clocks.";
    }

    private bool IsGenuine(ReadOnlySpan<byte> body, string signature, string timestamp)
    {
        try
        {
            var signed = new byte[Encoding.ASCII.GetByteCount(timestamp) + body.Length];
            body.CopyTo(signed.AsSpan(Encoding.ASCII.GetBytes(timestamp, signed)));
            var der = Convert.FromBase64String(signature);
            foreach (var publicKey in options.Value.SendGrid.PublicKeys)
            {
                using var key = ECDsa.Create();
                key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
                if (key.VerifyData(signed, der, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) return true;
            }
            return false;
        }
        catch (Exception malformed) when (malformed is FormatException or CryptographicException)
        {
            return false;
        }
    }

    private bool IsRecent(string timestamp)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253_402_300_799) return false;
        var age = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds);
        return age <= options.Value.SendGrid.MaxAge && age >= -options.Value.SendGrid.MaxAhead;
    }
}
