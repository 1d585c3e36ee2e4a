namespace Marketing.Data;

/// <summary>One row of <c>marketing.content_calendars</c>: Content calendars for planning and scheduling.</summary>
public sealed class ContentCalendar
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Business ID: CAL-NNNNNN.</summary>
    public string CalendarId { get; set; } = null!;

    /// <summary>Property (NULL = company).</summary>
    public Guid? PropertyId { get; set; }

    /// <summary>Strategy.</summary>
    public Guid? ContentStrategyId { get; set; }

    /// <summary>Campaign.</summary>
    public Guid? CampaignId { get; set; }

    /// <summary>Calendar name.</summary>
    public string CalendarName { get; set; } = null!;

    /// <summary>Type: social, blog, email.</summary>
    public string? CalendarType { get; set; }

    /// <summary>Calendar start.</summary>
    public DateOnly? StartDate { get; set; }

    /// <summary>Calendar end.</summary>
    public DateOnly? EndDate { get; set; }

    /// <summary>Status.</summary>
    public string? Status { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
