using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marketing.Operations.Outbound;
using Microsoft.Extensions.Options;

namespace Marketing.Websites.Analytics;

/// <summary>Access tokens of a Google service account: a signed assertion is exchanged for one (RFC 7523), which is kept until shortly before its end.</summary>
internal sealed class GoogleToken(JsonHttp http, IOptions<AnalyticsOptions> options, TimeProvider clock) : IDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/analytics.readonly";
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim one = new(1);
    private (string Value, DateTimeOffset Until)? kept;

    /// <summary>A token.</summary>
    /// <param name="refused">A token that was refused and must not be given again; null at first.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="AnalyticsFailure">Google gives none.</exception>
    public async Task<string> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (kept is { } still && still.Until > now && still.Value != refused) return still.Value;
            var settings = options.Value;
            var answer = await http.PostFormAsync(settings.TokenUrl, [new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), new("assertion", Sign(settings, now))], null, cancellationToken);
            if (answer.Status != 200 || answer.Body.ValueKind != JsonValueKind.Object || !answer.Body.TryGetProperty("access_token", out var token))
                // invalid_grant here is a clock that is off, a key that was deleted, or an account that was disabled.
                throw new AnalyticsFailure($"Google gave the service account no token ({answer.Status}). Check its key, the machine's clock and whether the account is enabled.", TimeSpan.FromHours(1));
            var seconds = answer.Body.TryGetProperty("expires_in", out var life) && life.TryGetInt32(out var told) ? told : 3599;
            kept = (token.GetString()!, now + TimeSpan.FromSeconds(seconds) - Margin);
            return kept.Value.Value;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>True for a private RSA key in PEM.</summary>
    internal static bool IsKey(string pem)
    {
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            return key.SignData("probe"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Length > 0;
        }
        catch (Exception unusable) when (unusable is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>What is signed: header and claims in Google's order.</summary>
    internal static string SigningInput(string keyId, string email, string audience, DateTimeOffset now)
    {
        var at = now.ToUnixTimeSeconds();
        var header = JsonSerializer.SerializeToUtf8Bytes(new { alg = "RS256", typ = "JWT", kid = keyId });
        var claims = JsonSerializer.SerializeToUtf8Bytes(new { iss = email, scope = Scope, aud = audience, iat = at, exp = at + (long)Life.TotalSeconds });
        return $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
    }

    /// <inheritdoc />
    public void Dispose() => one.Dispose();

    private static string Sign(AnalyticsOptions settings, DateTimeOffset now)
    {
        var input = SigningInput(settings.PrivateKeyId ?? "", settings.ClientEmail!, settings.TokenUrl, now);
        using var key = RSA.Create();
        key.ImportFromPem(settings.PrivateKey);
        return $"{input}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }
}
