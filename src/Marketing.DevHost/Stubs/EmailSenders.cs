using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Marketing.DevHost.Stubs;

/// <summary>What email providers send with their webhooks: the headers of Standard Webhooks, and Mailgun's signed envelope.</summary>
public static class EmailSenders
{
    /// <summary>Headers of one Standard Webhooks attempt.</summary>
    public static IReadOnlyDictionary<string, string> Standard(string secret, string id, byte[] body, DateTimeOffset at, string family = "webhook")
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var signature = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed);
        return new Dictionary<string, string> { [$"{family}-id"] = id, [$"{family}-timestamp"] = timestamp, [$"{family}-signature"] = $"v1,{Convert.ToBase64String(signature)}" };
    }

    /// <summary>A Mailgun call around its event data.</summary>
    public static byte[] Mailgun(string key, string token, JsonNode eventData, DateTimeOffset at)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(timestamp + token)));
        return Encoding.UTF8.GetBytes(new JsonObject { ["signature"] = new JsonObject { ["timestamp"] = timestamp, ["token"] = token, ["signature"] = signature }, ["event-data"] = eventData }.ToJsonString());
    }
}
