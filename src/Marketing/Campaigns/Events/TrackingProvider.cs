using System.Text.Json;
using Marketing.Problems;
using Marketing.Webhooks;
using Marketing.Webhooks.Events;
using Microsoft.AspNetCore.Http;

namespace Marketing.Campaigns.Events;

/// <summary>Reads our own opens and clicks from the inbox.</summary>
internal sealed class TrackingProvider : IEmailProvider
{
    /// <summary>Its name in rows.</summary>
    public const string Tracking = "tracking";

    /// <inheritdoc />
    public string Name => Tracking;

    /// <inheritdoc />
    public Problem? Refuse(HttpRequest request, ReadOnlySpan<byte> body) => Problem.Unauthorized("not_for_senders", "Nobody sends these events; they come from tracking links.");

    /// <inheritdoc />
    public string? MessageId(HttpRequest request, ReadOnlyMemory<byte> body) => null;

    /// <inheritdoc />
    public IReadOnlyList<ProviderEvent> Read(JsonElement body, string? messageId, DateTimeOffset receivedAt)
    {
        var tracked = body.Deserialize<TrackedEvent>() ?? throw new JsonException("The body is no tracked event.");
        return
        [
            new ProviderEvent(messageId ?? ProviderEvent.Hash(body), tracked.Type, null, tracked.At, ProviderEvent.Storable(body))
            {
                Campaign = tracked.Message.Campaign.ToString(), Contact = tracked.Message.Contact.ToString(), MessageId = tracked.Message.SendId, Variant = tracked.Message.Variant,
                Url = tracked.Message.Url, DeviceType = tracked.DeviceType, IsMachine = tracked.IsMachine,
            },
        ];
    }
}
