using System.Text.Json;
using Marketing.Problems;
using Marketing.Webhooks.Events;
using Microsoft.AspNetCore.Http;

namespace Marketing.Webhooks.SendGrid;

/// <summary>SendGrid's event webhook: signed batches of events. Source: Twilio SendGrid, "Event Webhook Reference".</summary>
internal sealed class SendGridProvider(SendGridSignature signature) : IEmailProvider
{
    /// <inheritdoc />
    public string Name => "sendgrid";

    /// <inheritdoc />
    public Problem? Refuse(HttpRequest request, ReadOnlySpan<byte> body) =>
        signature.Refuse(body, request.Headers[SendGridSignature.SignatureHeader].ToString(), request.Headers[SendGridSignature.TimestampHeader].ToString()) is { } reason
            ? Problem.Unauthorized("invalid_signature", reason)
            : null;

    /// <inheritdoc />
    public string? MessageId(HttpRequest request, ReadOnlyMemory<byte> body) => null;

    /// <inheritdoc />
    public IReadOnlyList<ProviderEvent> Read(JsonElement body, string? messageId, DateTimeOffset receivedAt) =>
        body.ValueKind == JsonValueKind.Array ? [.. body.EnumerateArray().Select(json => Event(json, receivedAt))] : throw new JsonException("The body is no JSON array.");

    private static ProviderEvent Event(JsonElement json, DateTimeOffset receivedAt)
    {
        if (json.ValueKind != JsonValueKind.Object) return ProviderEvent.Unreadable(json, "The entry of the batch is no object.", receivedAt);
        var (type, reason, consequence) = Meaning(json.Text("event"), json);
        var list = json.Member("asm_group_id") is { ValueKind: JsonValueKind.Number } group ? group.GetRawText() : null;
        var isListed = consequence is Consequence.UnsubscribeFromList or Consequence.ResubscribeToList;
        return new ProviderEvent(json.Text("sg_event_id") is { Length: <= 200 } id ? id : ProviderEvent.Hash(json), type, reason, json.Member("timestamp").UnixTime() ?? receivedAt, ProviderEvent.Storable(json))
        {
            Campaign = json.Text("campaign_id") ?? json.Text("campaign"),
            Contact = json.Text("contact_id"),
            Variant = json.Text("variant"),
            Email = json.Text("email"),
            MessageId = json.Text("send_id") ?? json.Text("sg_message_id"),
            Url = json.Text("url"),
            Diagnosis = json.Text("reason") ?? json.Text("response"),
            IsMachine = json.IsTrue("sg_machine_open"),
            DeviceType = UserAgent.Device(json.Text("useragent")),
            // A group without its number cannot be told from the others: the safe reading is that they want nothing.
            Consequence = isListed && list is null ? (consequence == Consequence.UnsubscribeFromList ? Consequence.Unsubscribe : Consequence.None) : consequence,
            List = list,
        };
    }

    private static (string? Type, string? Reason, Consequence Consequence) Meaning(string? kind, JsonElement json) => kind switch
    {
        "processed" => ("sent", null, Consequence.None),
        "delivered" => ("delivered", null, Consequence.None),
        "open" => ("opened", null, Consequence.None),
        "click" => ("clicked", null, Consequence.None),
        "bounce" => ("bounced", null, Bounce(json)),
        "dropped" => json.Text("reason") switch
        {
            "Bounced Address" or "Invalid" => ("bounced", null, Consequence.HardBounce),
            "Unsubscribed Address" => (null, "SendGrid knew the address as unsubscribed and did not try.", Consequence.Unsubscribe),
            "Spam Reporting Address" => (null, "SendGrid knew a complaint of the address and did not try.", Consequence.Complaint),
            _ => (null, "SendGrid dropped the message without trying; that is no result of the campaign.", Consequence.None),
        },
        "unsubscribe" => ("unsubscribed", null, Consequence.Unsubscribe),
        "group_unsubscribe" => ("unsubscribed", null, Consequence.UnsubscribeFromList),
        "group_resubscribe" => (null, "group_resubscribe is no result of a campaign.", Consequence.ResubscribeToList),
        "spamreport" => ("complained", null, Consequence.Complaint),
        "deferred" or "account_status_change" => (null, $"{kind} is no result of a campaign.", Consequence.None),
        null => (null, "The event does not say what happened.", Consequence.None),
        _ => (null, $"The event kind '{(kind.Length > 40 ? kind[..40] : kind)}' is not known.", Consequence.None),
    };

    // "blocked" is about the sender: reputation, content, policy. Classifications are those of SendGrid's bounces API.
    private static Consequence Bounce(JsonElement json)
    {
        if (json.Text("type") == "blocked") return Consequence.None;
        var (classification, status) = (json.Text("bounce_classification") ?? "", json.Text("status") ?? "");
        bool Is(string prefix) => classification.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
        bool Has(string prefix) => status.StartsWith(prefix, StringComparison.Ordinal);
        if (Is("invalid") || Has("5.1.") || status == "5.4.4") return Consequence.HardBounce;
        if (Has("4.") || status == "5.2.2" || Is("technical") || Is("content") || Is("reputation") || Is("frequency") || Is("mailbox")) return Consequence.SoftBounce;
        return Has("5.7.") || Is("unclassified") ? Consequence.None : Consequence.HardBounce;
    }
}
