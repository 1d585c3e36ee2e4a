using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Marketing.Webhooks.StandardWebhooks;

/// <summary>
/// Standard Webhooks 1.0: HMAC-SHA256 over id, timestamp and raw body. Senders built on Svix use the same with headers of their own name.
/// Source: standard-webhooks/standard-webhooks, "Standard Webhooks specification".
/// </summary>
internal sealed class StandardSignature(IOptions<EmailWebhookOptions> options, TimeProvider clock)
{
    private const string SecretPrefix = "whsec_";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>The id that the signature covers, the same for every attempt.</summary>
    public static string Id(IHeaderDictionary headers) => Header(headers, "id");

    /// <summary>Why a call is refused; null when it is genuine and recent.</summary>
    public string? Refuse(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var (id, timestamp, signatures) = (Id(headers), Header(headers, "timestamp"), Header(headers, "signature"));
        if (id.Length == 0 || timestamp.Length == 0 || signatures.Length == 0) return "Send the headers webhook-id, webhook-timestamp and webhook-signature.";
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || (clock.GetUtcNow() - DateTimeOffset.UnixEpoch.AddSeconds(Math.Min(seconds, 253_402_300_799))).Duration() > Tolerance)
            return "webhook-timestamp is no Unix time within five minutes of now. Check the clocks.";
        var prefix = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        byte[] signed = [.. prefix, .. body];
        foreach (var secret in options.Value.Standard.Secrets)
        {
            var expected = Encoding.ASCII.GetBytes($"v1,{Convert.ToBase64String(HMACSHA256.HashData(Key(secret)!, signed))}");
            foreach (var signature in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                if (CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature))) return null;
        }
        return "No v1 signature fits the id, timestamp and body. Check the secret and that no proxy alters the body.";
    }

    /// <summary>The key of a secret, with or without its prefix; null when it is no base64.</summary>
    public static byte[]? Key(string secret)
    {
        var text = secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret;
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) ? key[..length] : null;
    }

    private static string Header(IHeaderDictionary headers, string name) =>
        headers[$"webhook-{name}"].ToString() is { Length: > 0 } standard ? standard : headers[$"svix-{name}"].ToString();
}
