using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marketing.Problems;
using Marketing.Webhooks.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Marketing.Webhooks.Mailgun;

/// <summary>
/// Mailgun. Its signature covers timestamp and token, not the body, so a token counts once: the inbox keeps one call for each.
/// Source: Mailgun, "Securing Webhooks"; its names as django-anymail reads them.
/// </summary>
internal sealed class MailgunProvider(IOptions<EmailWebhookOptions> options, TimeProvider clock) : IEmailProvider
{
    // Mailgun repeats for eight hours; whether repeats are signed anew is not documented.
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(9);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(5);

    /// <inheritdoc />
    public string Name => "mailgun";

    /// <inheritdoc />
    public Problem? Refuse(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (options.Value.Mailgun.Secrets.Length == 0) return EmailWebhookEndpoints.NotConfigured("Webhooks:Mailgun:Secrets:0");
        if (Signature(body) is not { } sent) return Problem.BadRequest("malformed_json", "Send {\"signature\":{\"timestamp\",\"token\",\"signature\"},\"event-data\":{…}}.");
        if (!options.Value.Mailgun.Secrets.Any(secret => IsGenuine(secret, sent))) return Problem.Unauthorized("invalid_signature", "The signature does not fit timestamp and token. Check the webhook signing key.");
        var age = long.TryParse(sent.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 253_402_300_799 ? clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds) : TimeSpan.MaxValue;
        return age <= MaxAge && age >= -MaxAhead ? null : Problem.Unauthorized("invalid_signature", "The timestamp is too old or lies in the future. Check the clocks.");
    }

    /// <inheritdoc />
    public string? MessageId(HttpRequest request, ReadOnlyMemory<byte> body) => Signature(body.Span)?.Token;

    /// <inheritdoc />
    public IReadOnlyList<ProviderEvent> Read(JsonElement body, string? messageId, DateTimeOffset receivedAt)
    {
        var data = body.Member("event-data");
        var (ours, client, place, status) = (data.Member("user-variables"), data.Member("client-info"), data.Member("geolocation"), data.Member("delivery-status"));
        var (type, reason, consequence) = Meaning(data.Text("event"), data.Text("severity"), data.Text("reason"));
        var isProxy = UserAgent.IsProxy(client.Text("user-agent"));
        return
        [
            new ProviderEvent(messageId ?? ProviderEvent.Hash(body), type, reason, data.Member("timestamp").UnixTime() ?? receivedAt, ProviderEvent.Storable(data.ValueKind == JsonValueKind.Object ? data : body))
            {
                Campaign = ours.Text("campaign_id"), Contact = ours.Text("contact_id"), Variant = ours.Text("variant"), Email = data.Text("recipient"),
                MessageId = ours.Text("send_id") ?? data.Member("message").Member("headers").Text("message-id"),
                Url = data.Text("url"), Diagnosis = status.Text("message") is { Length: > 0 } message ? message : status.Text("description"),
                IsMachine = client.Text("bot") is { Length: > 0 }, DeviceType = isProxy ? null : UserAgent.Named(client.Text("device-type")),
                Location = isProxy || place.Text("country") is not { } country ? null : string.Join(", ", new[] { place.Text("city"), country }.OfType<string>()),
                Consequence = consequence,
            },
        ];
    }

    private static (string? Type, string? Reason, Consequence Consequence) Meaning(string? kind, string? severity, string? reason) => (kind, severity, reason) switch
    {
        ("accepted", _, _) => ("sent", null, Consequence.None),
        ("delivered", _, _) => ("delivered", null, Consequence.None),
        ("opened", _, _) => ("opened", null, Consequence.None),
        ("clicked", _, _) => ("clicked", null, Consequence.None),
        ("unsubscribed", _, _) => ("unsubscribed", null, Consequence.Unsubscribe),
        ("complained", _, _) => ("complained", null, Consequence.Complaint),
        // Mailgun did not try, for what it knew of the address: our list was out of step.
        ("failed", "permanent", "suppress-unsubscribe") => (null, "Mailgun knew the address as unsubscribed and did not try.", Consequence.Unsubscribe),
        ("failed", "permanent", "suppress-complaint") => (null, "Mailgun knew a complaint of the address and did not try.", Consequence.Complaint),
        // "old": Mailgun gave up after a day of temporary failures.
        ("failed", "permanent", "old") => ("bounced", null, Consequence.SoftBounce),
        ("failed", "permanent", _) => ("bounced", null, Consequence.HardBounce),
        ("failed", _, _) => (null, "A temporary failure is not final.", Consequence.None),
        (null, _, _) => (null, "The event does not say what happened.", Consequence.None),
        _ => (null, $"{(kind.Length > 40 ? kind[..40] : kind)} is no result of a campaign.", Consequence.None),
    };

    private static bool IsGenuine(string secret, (string Timestamp, string Token, string Signature) sent) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(sent.Timestamp + sent.Token)))),
        Encoding.UTF8.GetBytes(sent.Signature));

    private static (string Timestamp, string Token, string Signature)? Signature(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var signature = document.RootElement.Member("signature");
            return (signature.Text("timestamp"), signature.Text("token"), signature.Text("signature")) is ({ } timestamp, { } token, { } sent) ? (timestamp, token, sent) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
