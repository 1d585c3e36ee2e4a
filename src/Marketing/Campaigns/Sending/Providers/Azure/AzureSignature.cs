using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.Campaigns.Sending.Providers.Azure;

/// <summary>Signs calls to Azure Communication Services with an access key. Source: Microsoft Learn, "Sign an HTTP request" (HMAC-SHA256).</summary>
internal static class AzureSignature
{
    private const string SignedHeaders = "x-ms-date;host;x-ms-content-sha256";

    /// <summary>Adds date, hash of the content and signature.</summary>
    public static void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, byte[] accessKey, DateTimeOffset now)
    {
        var (date, hash) = (now.ToUniversalTime().ToString("R", CultureInfo.InvariantCulture), Convert.ToBase64String(SHA256.HashData(body)));
        var address = request.RequestUri!;
        var signature = Signature(accessKey, request.Method.Method, address.PathAndQuery, date, address.IsDefaultPort ? address.Host : address.Authority, hash);
        request.Headers.TryAddWithoutValidation("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("x-ms-content-sha256", hash);
        request.Headers.Authorization = new AuthenticationHeaderValue("HMAC-SHA256", $"SignedHeaders={SignedHeaders}&Signature={signature}");
    }

    /// <summary>Base64 of the HMAC over method, path with query, and the signed headers.</summary>
    public static string Signature(byte[] accessKey, string method, string pathAndQuery, string date, string host, string contentHash) =>
        Convert.ToBase64String(HMACSHA256.HashData(accessKey, Encoding.UTF8.GetBytes($"{method}\n{pathAndQuery}\n{date};{host};{contentHash}")));
}
