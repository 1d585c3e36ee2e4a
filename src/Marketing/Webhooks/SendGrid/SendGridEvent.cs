using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Marketing.Webhooks.SendGrid;

/// <summary>One event of a SendGrid batch, reduced to what <c>campaign_events</c> needs.</summary>
/// <param name="EventId">SendGrid's id, or the event's SHA-256 where it has none.</param>
/// <param name="EventType">Value of <c>event_type</c>; null when the event has no place there.</param>
/// <param name="Reason">Why it has none.</param>
/// <param name="Campaign">Custom argument <c>campaign_id</c> or <c>campaign</c>: uuid or business id.</param>
/// <param name="Contact">Custom argument <c>contact_id</c>: uuid.</param>
/// <param name="Email">Address of the recipient.</param>
/// <param name="At">When it happened, by SendGrid's clock.</param>
/// <param name="Event">The event as it came, JSON.</param>
internal sealed record SendGridEvent(string EventId, string? EventType, string? Reason, string? Campaign, string? Contact, string? Email, DateTimeOffset At, JsonElement Event)
{
    // Beyond this a timestamp counts milliseconds, as some of SendGrid's examples do.
    private const long FirstMillisecondTimestamp = 100_000_000_000;

    /// <summary>Reads one event. Anything that cannot be read becomes an event with a reason, never an exception.</summary>
    public static SendGridEvent Read(JsonElement json, DateTimeOffset receivedAt)
    {
        var isObject = json.ValueKind == JsonValueKind.Object;
        var kind = isObject ? Text(json, "event") : null;
        var (type, reason) = isObject ? Type(kind, json) : (null, "The entry of the batch is no object.");
        return new SendGridEvent(
            (isObject ? Text(json, "sg_event_id") : null) is { Length: > 0 and <= 200 } id ? id : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json.GetRawText())))}",
            type, reason,
            isObject ? Text(json, "campaign_id") ?? Text(json, "campaign") : null,
            isObject ? Text(json, "contact_id") : null,
            isObject ? Text(json, "email") : null,
            isObject ? Time(json) ?? receivedAt : receivedAt,
            json);
    }

    // Source: Twilio SendGrid, "Event Webhook Reference".
    private static (string? Type, string? Reason) Type(string? kind, JsonElement json) => kind switch
    {
        "processed" => ("sent", null),
        "delivered" => ("delivered", null),
        "open" => ("opened", null),
        "click" => ("clicked", null),
        "bounce" => ("bounced", null),
        "dropped" => Text(json, "reason") is "Bounced Address" or "Invalid" ? ("bounced", null) : (null, "SendGrid dropped the message without trying; that is no result of the campaign."),
        "unsubscribe" or "group_unsubscribe" => ("unsubscribed", null),
        "spamreport" => ("complained", null),
        "deferred" or "group_resubscribe" or "account_status_change" => (null, $"{kind} is no result of a campaign."),
        null => (null, "The event does not say what happened."),
        _ => (null, $"The event kind '{(kind.Length > 40 ? kind[..40] : kind)}' is not known."),
    };

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonElement json)
    {
        if (!json.TryGetProperty("timestamp", out var value) || value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number) || number is <= 0 or > 253_402_300_799_000) return null;
        return number >= FirstMillisecondTimestamp ? DateTimeOffset.FromUnixTimeMilliseconds(number) : DateTimeOffset.FromUnixTimeSeconds(number);
    }
}
