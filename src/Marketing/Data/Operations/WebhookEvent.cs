namespace Marketing.Data;

/// <summary>One event of a webhook delivery and what became of it. The key is the deduplication.</summary>
public sealed class WebhookEvent
{
    /// <summary>Sender: sendgrid, meta.</summary>
    public string Provider { get; set; } = null!;

    /// <summary>The sender's event id, or a hash of the event where it has none.</summary>
    public string EventId { get; set; } = null!;

    /// <summary>Delivery that brought it first.</summary>
    public Guid DeliveryId { get; set; }

    /// <summary>recorded, set_aside or ignored.</summary>
    public string Outcome { get; set; } = null!;

    /// <summary>Why it was set aside or ignored.</summary>
    public string? Reason { get; set; }

    /// <summary>Row of marketing.campaign_events that it became.</summary>
    public Guid? CampaignEventId { get; set; }

    /// <summary>The event as JSON.</summary>
    public string Event { get; set; } = null!;

    /// <summary>When it was processed.</summary>
    public DateTimeOffset ProcessedAt { get; set; }
}
