using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Marketing.Webhooks.Events;

/// <summary>One event of any provider, reduced to what <c>campaign_events</c> and the suppressions need.</summary>
/// <param name="EventId">The provider's id, or the event's SHA-256 where it has none.</param>
/// <param name="EventType">Value of <c>event_type</c>; null when the event has no place there.</param>
/// <param name="Reason">Why it has none.</param>
/// <param name="At">When it happened, by the provider's clock.</param>
/// <param name="Json">The event as it came, fit for <c>jsonb</c>.</param>
internal sealed record ProviderEvent(string EventId, string? EventType, string? Reason, DateTimeOffset At, string Json)
{
    /// <summary>Our campaign, uuid or business id.</summary>
    public string? Campaign { get; init; }

    /// <summary>Our contact, uuid.</summary>
    public string? Contact { get; init; }

    /// <summary>Address of the recipient.</summary>
    public string? Email { get; init; }

    /// <summary>The provider's or our id of the message, found in <c>marketing_ops.sent_messages</c> where the event names no campaign or contact.</summary>
    public string? MessageId { get; init; }

    /// <summary>Variant of the campaign's content.</summary>
    public string? Variant { get; init; }

    /// <summary>Followed link.</summary>
    public string? Url { get; init; }

    /// <summary>The provider's words about a failure.</summary>
    public string? Diagnosis { get; init; }

    /// <summary>True when a program acted, not a person: prefetching of a mail program, a scanner.</summary>
    public bool IsMachine { get; init; }

    /// <summary>desktop, mobile or tablet; null where unknown or a proxy's.</summary>
    public string? DeviceType { get; init; }

    /// <summary>Place, where the provider tells it and it is no proxy's.</summary>
    public string? Location { get; init; }

    /// <summary>What follows for the address.</summary>
    public Consequence Consequence { get; init; }

    /// <summary>The list that the consequence is about.</summary>
    public string? List { get; init; }

    /// <summary>An event that could not be read, kept with its reason.</summary>
    public static ProviderEvent Unreadable(JsonElement json, string reason, DateTimeOffset receivedAt) => new(Hash(json), null, reason, receivedAt, Storable(json));

    /// <summary>Id of an event that brings none: the hash of its text.</summary>
    public static string Hash(JsonElement json) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json.GetRawText())))}";

    /// <summary>The event's text without the null character, which <c>jsonb</c> cannot hold.</summary>
    public static string Storable(JsonElement json) => json.GetRawText().Replace("\\u0000", "\\ufffd", StringComparison.Ordinal);

    /// <summary>What <c>campaign_events.event_data</c> keeps of it; no address, only its domain.</summary>
    public string EventData(string provider)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("provider", provider);
            json.WriteString("event_id", EventId);
            foreach (var (name, value) in new[] { ("message_id", MessageId), ("variant", Variant), ("url", Url), ("reason", Diagnosis), ("recipient_domain", Domain()) })
                if (value is not null) json.WriteString(name, value.Replace('\0', '\uFFFD'));
            if (IsMachine) json.WriteBoolean("machine", true);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private string? Domain() => Email?.LastIndexOf('@') is { } at and >= 0 && at < Email.Length - 1 ? Email[(at + 1)..].ToLowerInvariant() : null;
}
