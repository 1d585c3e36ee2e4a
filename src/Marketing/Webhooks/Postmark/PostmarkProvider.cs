using System.Globalization;
using System.Text;
using System.Text.Json;
using Marketing.Problems;
using Marketing.Webhooks.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Marketing.Webhooks.Postmark;

/// <summary>Postmark: no signature, so Basic authentication in the webhook's address. One event a call. Source: Postmark, "Webhooks"; names as django-anymail and listmonk read them.</summary>
internal sealed class PostmarkProvider(IOptions<EmailWebhookOptions> options) : IEmailProvider
{
    private const string Scheme = "Basic ";
    private static readonly string[] Times = ["DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt"];

    /// <inheritdoc />
    public string Name => "postmark";

    /// <inheritdoc />
    public Problem? Refuse(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (options.Value.Postmark.Secrets.Length == 0) return EmailWebhookEndpoints.NotConfigured("Webhooks:Postmark:Secrets:0");
        // 401 is tried again; 403 would end Postmark's attempts at once.
        return EmailWebhookOptions.Knows(options.Value.Postmark, Credential(request.Headers.Authorization.ToString()))
            ? null
            : Problem.Unauthorized("invalid_credential", "Write user and password of Webhooks:Postmark:Secrets into the webhook's address: https://user:password@host/api/webhooks/postmark.");
    }

    /// <inheritdoc />
    public string? MessageId(HttpRequest request, ReadOnlyMemory<byte> body) => null;

    /// <inheritdoc />
    public IReadOnlyList<ProviderEvent> Read(JsonElement body, string? messageId, DateTimeOffset receivedAt)
    {
        var (record, ours, place) = (body.Text("RecordType"), body.Member("Metadata"), body.Member("Geo"));
        var (type, reason, consequence) = Meaning(record, body.Text("Type"), body.IsTrue("SuppressSending"), body.Text("SuppressionReason"));
        var isProxy = UserAgent.IsProxy(body.Text("UserAgent"));
        var at = Times.Select(name => body.Member(name).IsoTime()).FirstOrDefault(time => time is not null) ?? receivedAt;
        var bounce = body.Member("ID") is { ValueKind: JsonValueKind.Number } id && id.TryGetInt64(out var number) ? $"{record}:{number.ToString(CultureInfo.InvariantCulture)}" : null;
        return
        [
            new ProviderEvent(bounce ?? ProviderEvent.Hash(body), type, reason, at, ProviderEvent.Storable(body))
            {
                Campaign = ours.Text("campaign_id"), Contact = ours.Text("contact_id"), Variant = ours.Text("variant"), Email = body.Text("Recipient") ?? body.Text("Email"),
                MessageId = ours.Text("send_id") ?? body.Text("MessageID"), Url = body.Text("OriginalLink"), Diagnosis = body.Text("Details"), Consequence = consequence,
                DeviceType = isProxy ? null : UserAgent.Named(body.Text("Platform")), Location = isProxy || place.Text("CountryISOCode") is not { } country ? null : string.Join(", ", new[] { place.Text("City"), country }.OfType<string>()),
            },
        ];
    }

    private static (string? Type, string? Reason, Consequence Consequence) Meaning(string? record, string? bounce, bool suppresses, string? suppression) => (record, bounce) switch
    {
        ("Delivery", _) => ("delivered", null, Consequence.None),
        ("Open", _) => ("opened", null, Consequence.None),
        ("Click", _) => ("clicked", null, Consequence.None),
        ("SpamComplaint", _) => ("complained", null, Consequence.Complaint),
        ("Bounce", "HardBounce" or "BadEmailAddress") => ("bounced", null, Consequence.HardBounce),
        ("Bounce", "SoftBounce") => ("bounced", null, Consequence.SoftBounce),
        // About us, not about the address: reputation or content.
        ("Bounce", "Blocked" or "SpamNotification" or "DMARCPolicy") => ("bounced", null, Consequence.None),
        ("Bounce", _) => (null, $"A bounce of type {(bounce is { Length: <= 40 } ? bounce : "unknown")} is not final.", Consequence.None),
        ("SubscriptionChange", _) when !suppresses => (null, "Postmark lifted its own suppression; ours stays.", Consequence.None),
        ("SubscriptionChange", _) => suppression switch
        {
            "HardBounce" => (null, "Postmark suppressed the address after a bounce.", Consequence.HardBounce),
            "SpamComplaint" => (null, "Postmark suppressed the address after a complaint.", Consequence.Complaint),
            _ => ("unsubscribed", null, Consequence.Unsubscribe),
        },
        (null, _) => (null, "The event does not say what happened.", Consequence.None),
        _ => (null, $"{(record.Length > 40 ? record[..40] : record)} is no result of a campaign.", Consequence.None),
    };

    private static string Credential(string header)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return "";
        var bytes = new byte[header.Length];
        return Convert.TryFromBase64String(header[Scheme.Length..].Trim(), bytes, out var length) ? Encoding.UTF8.GetString(bytes.AsSpan(0, length)) : "";
    }
}
