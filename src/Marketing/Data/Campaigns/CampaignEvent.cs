namespace Marketing.Data;

/// <summary>One row of <c>marketing.campaign_events</c>: Individual events/interactions in campaigns.</summary>
public sealed class CampaignEvent
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Business ID: CEVT-NNNNNN.</summary>
    public string CampaignEventId { get; set; } = null!;

    /// <summary>Campaign.</summary>
    public Guid CampaignId { get; set; }

    /// <summary>Contact.</summary>
    public Guid ContactId { get; set; }

    /// <summary>Type: sent, delivered, opened, clicked, converted.</summary>
    public string EventType { get; set; } = null!;

    /// <summary>When occurred.</summary>
    public DateTimeOffset? EventTimestamp { get; set; }

    /// <summary>Event details, as JSON text.</summary>
    public string? EventData { get; set; }

    /// <summary>Channel.</summary>
    public string? Channel { get; set; }

    /// <summary>Device.</summary>
    public string? DeviceType { get; set; }

    /// <summary>Location.</summary>
    public string? Location { get; set; }
}
