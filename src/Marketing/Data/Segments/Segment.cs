namespace Marketing.Data;

/// <summary>One row of <c>marketing.segments</c>: Guest/contact segments for targeting.</summary>
public sealed class Segment
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Business ID: SEG-NNNNNN.</summary>
    public string SegmentId { get; set; } = null!;

    /// <summary>Segment name.</summary>
    public string SegmentName { get; set; } = null!;

    /// <summary>Type: static, dynamic.</summary>
    public string? SegmentType { get; set; }

    /// <summary>Description.</summary>
    public string? Description { get; set; }

    /// <summary>Filter criteria, as JSON text.</summary>
    public string? Criteria { get; set; }

    /// <summary>Current count.</summary>
    public int? MemberCount { get; set; }

    /// <summary>Last refresh.</summary>
    public DateTimeOffset? LastCalculatedAt { get; set; }

    /// <summary>Auto-refresh.</summary>
    public bool? AutoRefresh { get; set; }

    /// <summary>Status.</summary>
    public string? Status { get; set; }

    /// <summary>Who created.</summary>
    public string? CreatedBy { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
