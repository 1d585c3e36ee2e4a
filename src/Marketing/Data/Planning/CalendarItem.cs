namespace Marketing.Data;

/// <summary>One row of <c>marketing.calendar_items</c>: Individual items on content calendars.</summary>
public sealed class CalendarItem
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Business ID: CI-NNNNNN.</summary>
    public string CalendarItemId { get; set; } = null!;

    /// <summary>Calendar.</summary>
    public Guid CalendarId { get; set; }

    /// <summary>Content piece.</summary>
    public Guid? ContentId { get; set; }

    /// <summary>Asset.</summary>
    public Guid? LibraryAssetId { get; set; }

    /// <summary>Published post.</summary>
    public Guid? PublishedPostId { get; set; }

    /// <summary>Owner.</summary>
    public Guid? OwnerContactId { get; set; }

    /// <summary>Item title.</summary>
    public string Title { get; set; } = null!;

    /// <summary>Description.</summary>
    public string? Description { get; set; }

    /// <summary>Type: post, story, reel, blog.</summary>
    public string? ContentType { get; set; }

    /// <summary>Target platform.</summary>
    public string? Platform { get; set; }

    /// <summary>Scheduled date.</summary>
    public DateOnly ScheduledDate { get; set; }

    /// <summary>Scheduled time.</summary>
    public TimeOnly? ScheduledTime { get; set; }

    /// <summary>Status: planned, created, scheduled, published.</summary>
    public string? Status { get; set; }

    /// <summary>Priority.</summary>
    public string? Priority { get; set; }

    /// <summary>Tags.</summary>
    public string[]? Tags { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
