namespace Marketing.Data;

/// <summary>One row of <c>marketing.attribution</c>: Booking attribution tracking. Links reservations to marketing touchpoints.</summary>
public sealed class BookingAttribution
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Reservation.</summary>
    public Guid ReservationId { get; set; }

    /// <summary>First touch campaign.</summary>
    public Guid? FirstTouchCampaignId { get; set; }

    /// <summary>Last touch campaign.</summary>
    public Guid? LastTouchCampaignId { get; set; }

    /// <summary>First touch channel.</summary>
    public string? FirstTouchChannel { get; set; }

    /// <summary>First touch source.</summary>
    public string? FirstTouchSource { get; set; }

    /// <summary>First touch date.</summary>
    public DateTimeOffset? FirstTouchDate { get; set; }

    /// <summary>Last touch channel.</summary>
    public string? LastTouchChannel { get; set; }

    /// <summary>Last touch source.</summary>
    public string? LastTouchSource { get; set; }

    /// <summary>Last touch date.</summary>
    public DateTimeOffset? LastTouchDate { get; set; }

    /// <summary>All touchpoints, as JSON text.</summary>
    public string? Touchpoints { get; set; }

    /// <summary>Model used.</summary>
    public string? AttributionModel { get; set; }

    /// <summary>Revenue attributed.</summary>
    public decimal? RevenueAttributed { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }
}
