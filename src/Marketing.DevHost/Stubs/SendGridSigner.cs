using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Marketing.Webhooks.SendGrid;

namespace Marketing.DevHost.Stubs;

/// <summary>Signs event batches as SendGrid does.</summary>
public sealed class SendGridSigner(string privateKeyPem)
{
    /// <summary>The headers for a body sent at a time.</summary>
    public IReadOnlyDictionary<string, string> Sign(byte[] body, DateTimeOffset at)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(privateKeyPem);
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = key.SignData([.. Encoding.ASCII.GetBytes(timestamp), .. body], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new Dictionary<string, string>
        {
            [SendGridSignature.SignatureHeader] = Convert.ToBase64String(signature),
            [SendGridSignature.TimestampHeader] = timestamp,
        };
    }
}
