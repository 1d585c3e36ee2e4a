using System.Text.Json;
using Marketing.Problems;
using Marketing.Webhooks.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Marketing.Webhooks.StandardWebhooks;

/// <summary>Senders of Standard Webhooks; events are named as Resend names them. Source: Resend, "Event Types".</summary>
internal sealed class StandardProvider(StandardSignature signature, IOptions<EmailWebhookOptions> options) : IEmailProvider
{
    /// <inheritdoc />
    public string Name => "standard";

    /// <inheritdoc />
    public Problem? Refuse(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (options.Value.Standard.Secrets.Length == 0) return EmailWebhookEndpoints.NotConfigured("Webhooks:Standard:Secrets:0");
        return signature.Refuse(request.Headers, body) is { } reason ? Problem.Unauthorized("invalid_signature", reason) : null;
    }

    /// <inheritdoc />
    public string? MessageId(HttpRequest request, ReadOnlyMemory<byte> body) => StandardSignature.Id(request.Headers);

    /// <inheritdoc />
    public IReadOnlyList<ProviderEvent> Read(JsonElement body, string? messageId, DateTimeOffset receivedAt)
    {
        var data = body.Member("data");
        var bounce = data.Member("bounce");
        var (type, reason, consequence) = Meaning(body.Text("type"), bounce.Text("type"));
        // The event names no recipient among several: it is known only where there was one.
        var to = data.Member("to") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 1 ? list[0].Text() : data.Text("to");
        return
        [
            new ProviderEvent(messageId ?? ProviderEvent.Hash(body), type, reason, body.Member("created_at").IsoTime() ?? receivedAt, ProviderEvent.Storable(body))
            {
                Campaign = Tag(data, "campaign_id"), Contact = Tag(data, "contact_id"), Variant = Tag(data, "variant"), Email = to, MessageId = Tag(data, "send_id") ?? data.Text("email_id"),
                Url = data.Member("click").Text("link"), Diagnosis = bounce.Text("message"), Consequence = consequence, DeviceType = UserAgent.Device(data.Member("click").Text("userAgent")),
            },
        ];
    }

    private static (string? Type, string? Reason, Consequence Consequence) Meaning(string? type, string? bounce) => type switch
    {
        "email.sent" => ("sent", null, Consequence.None),
        "email.delivered" => ("delivered", null, Consequence.None),
        "email.opened" => ("opened", null, Consequence.None),
        "email.clicked" => ("clicked", null, Consequence.None),
        "email.bounced" => ("bounced", null, bounce == "Permanent" ? Consequence.HardBounce : Consequence.SoftBounce),
        "email.suppressed" => ("bounced", null, Consequence.HardBounce),
        "email.failed" => ("bounced", null, Consequence.None),
        "email.complained" => ("complained", null, Consequence.Complaint),
        null => (null, "The event does not say what happened.", Consequence.None),
        _ => (null, $"{(type.Length > 40 ? type[..40] : type)} is no result of a campaign.", Consequence.None),
    };

    // Tags come as an object, or as a list of names and values.
    private static string? Tag(JsonElement data, string name)
    {
        var tags = data.Member("tags");
        if (tags.ValueKind != JsonValueKind.Array) return tags.Text(name);
        foreach (var tag in tags.EnumerateArray())
            if (tag.Text("name") == name) return tag.Text("value");
        return null;
    }
}
