using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Marketing.Webhooks;

/// <summary>Settings of email providers beside SendGrid, section <c>Webhooks</c>. A provider without a secret answers 503.</summary>
public sealed class EmailWebhookOptions
{
    /// <summary>Azure Communication Services, through Event Grid.</summary>
    public EventGridOptions Azure { get; set; } = new();

    /// <summary>Senders of Standard Webhooks, such as Resend: secrets <c>whsec_…</c>, several during a rotation.</summary>
    public SecretOptions Standard { get; set; } = new();

    /// <summary>Mailgun's webhook signing keys.</summary>
    public SecretOptions Mailgun { get; set; } = new();

    /// <summary>Postmark: <c>user:password</c> of the Basic authentication in the webhook's address.</summary>
    public SecretOptions Postmark { get; set; } = new();

    /// <summary>Secrets of one sender.</summary>
    public class SecretOptions
    {
        /// <summary>Any of them is accepted.</summary>
        public string[] Secrets { get; set; } = [];
    }

    /// <summary>Settings of Event Grid subscriptions.</summary>
    public sealed class EventGridOptions : SecretOptions
    {
        /// <summary>Topics, or beginnings of them, whose handshake is answered; any where none is named.</summary>
        public string[] Topics { get; set; } = [];
    }

    /// <summary>True when the text is one of the secrets; compared in constant time.</summary>
    internal static bool Knows(SecretOptions options, string text)
    {
        var found = false;
        foreach (var secret in options.Secrets) found |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text));
        return found;
    }
}

/// <summary>Refuses secrets that cannot be used, at start.</summary>
internal sealed class ValidateEmailWebhookOptions : IValidateOptions<EmailWebhookOptions>
{
    // Standard Webhooks 1.0: "between 24 bytes and 64 bytes".
    private const int FewestBytes = 24;

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, EmailWebhookOptions options)
    {
        foreach (var (sender, secrets) in new[] { ("Azure", options.Azure), ("Mailgun", options.Mailgun), ("Postmark", options.Postmark) })
        {
            if (secrets.Secrets.Any(secret => secret.Length < 16))
                return ValidateOptionsResult.Fail($"Webhooks:{sender}:Secrets holds a secret of fewer than 16 characters. Make one with: openssl rand -hex 24");
        }
        if (options.Postmark.Secrets.Any(secret => !secret.Contains(':', StringComparison.Ordinal))) return ValidateOptionsResult.Fail("Webhooks:Postmark:Secrets are user:password, as in the webhook's address.");
        return options.Standard.Secrets.Any(secret => StandardWebhooks.StandardSignature.Key(secret) is not { Length: >= FewestBytes })
            ? ValidateOptionsResult.Fail("Webhooks:Standard:Secrets are whsec_ and at least 24 bytes in base64, as the sender shows them.")
            : ValidateOptionsResult.Success;
    }
}
