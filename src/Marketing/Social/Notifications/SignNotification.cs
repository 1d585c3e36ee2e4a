using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.Social.Notifications;

/// <summary>Signs what is sent. Source: standard-webhooks/standard-webhooks, "Standard Webhooks specification" 1.0, symmetric signatures.</summary>
internal static class SignNotification
{
    private const string Prefix = "whsec_";
    private const int SecretBytes = 32;

    /// <summary>A new secret.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The value of <c>webhook-signature</c>: HMAC-SHA256 over id, time and body.</summary>
    public static string Run(string secret, Guid eventId, DateTimeOffset at, string body)
    {
        var key = Convert.FromBase64String(secret[Prefix.Length..]);
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{eventId:D}.{at.ToUnixTimeSeconds()}.{body}"));
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}";
    }
}
