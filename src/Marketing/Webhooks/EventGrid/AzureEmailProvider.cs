using System.Text.Json;
using Marketing.Problems;
using Marketing.Webhooks.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Marketing.Webhooks.EventGrid;

/// <summary>
/// Azure Communication Services Email through Event Grid, in both of its schemas, one event or many a call. Event Grid signs nothing: a
/// secret stands in the address (<c>?key=</c>) or in the header <c>x-webhook-key</c>. Source: Microsoft Learn, "Azure Communication Services: Email events".
/// </summary>
internal sealed class AzureEmailProvider(IOptions<EmailWebhookOptions> options) : IEmailProvider
{
    /// <summary>Header that may carry the secret.</summary>
    public const string KeyHeader = "x-webhook-key";

    private const string DeliveryReport = "Microsoft.Communication.EmailDeliveryReportReceived";
    private const string EngagementReport = "Microsoft.Communication.EmailEngagementTrackingReportReceived";

    /// <inheritdoc />
    public string Name => "azure";

    /// <inheritdoc />
    public Problem? Refuse(HttpRequest request, ReadOnlySpan<byte> body)
    {
        // Event Grid drops events that 401 answers; a missing setting is our fault, so it must try again.
        if (options.Value.Azure.Secrets.Length == 0) return EmailWebhookEndpoints.NotConfigured("Webhooks:Azure:Secrets:0");
        var key = request.Headers[KeyHeader].ToString() is { Length: > 0 } header ? header : request.Query["key"].ToString();
        return EmailWebhookOptions.Knows(options.Value.Azure, key) ? null : Problem.Unauthorized("invalid_credential", $"Send the secret of Webhooks:Azure:Secrets in the header {KeyHeader} or as ?key= of the address.");
    }

    /// <inheritdoc />
    public string? MessageId(HttpRequest request, ReadOnlyMemory<byte> body) => null;

    /// <summary>The code that answers a handshake; null when the call is none.</summary>
    /// <exception cref="ProblemException">The handshake is for a topic that the settings do not name.</exception>
    public string? HandshakeCode(JsonElement body)
    {
        foreach (var json in Each(body))
        {
            if ((json.Text("eventType") ?? json.Text("type")) is not "Microsoft.EventGrid.SubscriptionValidationEvent") continue;
            var topic = json.Text("topic") ?? json.Text("source") ?? "";
            if (options.Value.Azure.Topics.Length > 0 && !options.Value.Azure.Topics.Any(known => topic.StartsWith(known, StringComparison.OrdinalIgnoreCase)))
                throw new ProblemException(Problem.Forbidden("unknown_topic", "The topic is not among Webhooks:Azure:Topics."));
            var data = json.Member("data");
            // Subscriptions of the CloudEvents type send their data as a text.
            if (data.Text() is { } text)
            {
                using var inner = JsonDocument.Parse(text);
                return inner.RootElement.Text("validationCode");
            }
            return data.Text("validationCode");
        }
        return null;
    }

    /// <inheritdoc />
    public IReadOnlyList<ProviderEvent> Read(JsonElement body, string? messageId, DateTimeOffset receivedAt) => [.. Each(body).Select(json => Event(json, receivedAt))];

    private static ProviderEvent Event(JsonElement json, DateTimeOffset receivedAt)
    {
        if (json.ValueKind != JsonValueKind.Object) return ProviderEvent.Unreadable(json, "The entry of the batch is no object.", receivedAt);
        var (kind, data) = (json.Text("eventType") ?? json.Text("type"), json.Member("data"));
        var time = json.Member("eventTime").IsoTime() ?? json.Member("time").IsoTime() ?? receivedAt;
        var id = json.Text("id") is { Length: <= 200 } given ? given : ProviderEvent.Hash(json);
        var message = data.MemberInAnyCase("messageId").Text();
        switch (kind)
        {
            case DeliveryReport:
                var details = data.MemberInAnyCase("deliveryStatusDetails");
                var (type, reason, consequence) = Delivery(data.MemberInAnyCase("status").Text());
                return new ProviderEvent(id, type, reason, data.MemberInAnyCase("deliveryAttemptTimeStamp").IsoTime() ?? time, ProviderEvent.Storable(json))
                {
                    Email = data.MemberInAnyCase("recipient").Text(),
                    MessageId = message,
                    Diagnosis = details.Text() ?? details.MemberInAnyCase("statusMessage").Text(),
                    Consequence = consequence,
                };
            case EngagementReport:
                var engagement = data.MemberInAnyCase("engagementType").Text()?.ToLowerInvariant();
                return new ProviderEvent(id, engagement switch { "view" => "opened", "click" => "clicked", _ => null }, engagement is "view" or "click" ? null : "The engagement is neither view nor click.",
                    data.MemberInAnyCase("userActionTimeStamp").IsoTime() ?? time, ProviderEvent.Storable(json))
                {
                    MessageId = message,
                    Url = engagement == "click" ? data.MemberInAnyCase("engagementContext").Text() : null,
                    DeviceType = UserAgent.Device(data.MemberInAnyCase("userAgent").Text()),
                };
            default:
                return new ProviderEvent(id, null, $"{(kind is { Length: <= 80 } ? kind : "The event")} is no result of a campaign.", time, ProviderEvent.Storable(json));
        }
    }

    private static (string? Type, string? Reason, Consequence Consequence) Delivery(string? status) => status switch
    {
        "Delivered" => ("delivered", null, Consequence.None),
        "Bounced" or "Suppressed" => ("bounced", null, Consequence.HardBounce),
        "Failed" => ("bounced", null, Consequence.None),
        _ => (null, $"Status {(status is { Length: <= 40 } ? status : "unknown")} is no result of a campaign.", Consequence.None),
    };

    private static List<JsonElement> Each(JsonElement body) => body.ValueKind == JsonValueKind.Array ? [.. body.EnumerateArray()] : [body];
}
