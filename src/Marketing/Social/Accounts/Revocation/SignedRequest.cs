using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Accounts.Revocation;

/// <summary>
/// Meta's <c>signed_request</c>: a signature and a payload, both base64url. The signature covers the encoded payload, not its JSON.
/// Source: Meta, "Data Deletion Request Callback".
/// </summary>
/// <param name="UserId">The person, as the app knows them; null in old calls about a Page.</param>
/// <param name="ProfileId">The Page of such a call; null otherwise.</param>
/// <param name="IssuedAt">When it was made; null when it does not say.</param>
internal sealed record SignedRequest(string? UserId, string? ProfileId, DateTimeOffset? IssuedAt)
{
    private const int MaxLength = 8192;

    /// <summary>Reads one.</summary>
    /// <returns>Null when no secret made the signature, or it cannot be read.</returns>
    public static SignedRequest? Read(string text, IEnumerable<string> secrets)
    {
        if (text.Length > MaxLength || text.Split('.') is not [var signature, var payload] || Decode(signature) is not { } sent || Decode(payload) is not { } json) return null;
        var signed = Encoding.ASCII.GetBytes(payload);
        if (!secrets.Any(secret => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed), sent))) return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var body = document.RootElement;
            if (!string.Equals(body.Text("algorithm"), "HMAC-SHA256", StringComparison.OrdinalIgnoreCase)) return null;
            return new SignedRequest(Id(body, "user_id"), Id(body, "profile_id"), body.Member("issued_at").UnixTime());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Ids come as text and as numbers; 0 stands for nobody.
    private static string? Id(JsonElement body, string name) => body.Member(name) switch
    {
        { ValueKind: JsonValueKind.String } text when text.Text() is { } id && id != "0" => id,
        { ValueKind: JsonValueKind.Number } number when number.GetRawText() is var id && id != "0" => id,
        _ => null,
    };

    private static byte[]? Decode(string text) => text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
}
