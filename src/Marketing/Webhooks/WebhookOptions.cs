using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Marketing.Webhooks;

/// <summary>Settings of incoming webhooks, section <c>Webhooks</c>. A provider without keys is refused.</summary>
public sealed class WebhookOptions
{
    /// <summary>The email platform.</summary>
    public SendGridOptions SendGrid { get; set; } = new();

    /// <summary>Instagram and Facebook.</summary>
    public MetaOptions Meta { get; set; } = new();

    /// <summary>Settings of SendGrid's event webhook.</summary>
    public sealed class SendGridOptions
    {
        /// <summary>Verification keys, base64 of SubjectPublicKeyInfo; two at once during a rotation.</summary>
        public string[] PublicKeys { get; set; } = [];

        /// <summary>Oldest timestamp that is accepted. SendGrid repeats for 24 hours; whether repeats are signed anew is not documented.</summary>
        public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(25);

        /// <summary>How far a timestamp may lie ahead of this machine's clock.</summary>
        public TimeSpan MaxAhead { get; set; } = TimeSpan.FromMinutes(5);
    }

    /// <summary>Settings of Meta's webhooks.</summary>
    public sealed class MetaOptions
    {
        /// <summary>App secrets; events of Instagram Login are signed with the Instagram app's, the others with the Meta app's.</summary>
        public string[] AppSecrets { get; set; } = [];

        /// <summary>Phrase of the handshake, the same as in Meta's dashboard.</summary>
        public string VerifyToken { get; set; } = "";
    }
}

/// <summary>Refuses keys that cannot be used, at start.</summary>
internal sealed class ValidateWebhookOptions : IValidateOptions<WebhookOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        for (var index = 0; index < options.SendGrid.PublicKeys.Length; index++)
        {
            if (!IsKey(options.SendGrid.PublicKeys[index]))
                return ValidateOptionsResult.Fail($"Webhooks:SendGrid:PublicKeys:{index} is no P-256 public key in base64. Copy the verification key that SendGrid shows for the signed event webhook.");
        }
        return ValidateOptionsResult.Success;
    }

    private static bool IsKey(string text)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text), out _);
            return key.KeySize == 256;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return false;
        }
    }
}
