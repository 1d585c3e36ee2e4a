namespace Marketing.Data;

/// <summary>One row of <c>marketing.campaigns</c>: Marketing campaign definitions.</summary>
public sealed class Campaign
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Business ID: CMP-NNNNNN.</summary>
    public string CampaignId { get; set; } = null!;

    /// <summary>Property (NULL = company).</summary>
    public Guid? PropertyId { get; set; }

    /// <summary>Target segment.</summary>
    public Guid? SegmentId { get; set; }

    /// <summary>Campaign name.</summary>
    public string CampaignName { get; set; } = null!;

    /// <summary>Type: email, social, paid, retargeting.</summary>
    public string CampaignType { get; set; } = null!;

    /// <summary>Campaign goal.</summary>
    public string? Goal { get; set; }

    /// <summary>Budget.</summary>
    public decimal? Budget { get; set; }

    /// <summary>Start date.</summary>
    public DateOnly? StartDate { get; set; }

    /// <summary>End date.</summary>
    public DateOnly? EndDate { get; set; }

    /// <summary>Status.</summary>
    public string? Status { get; set; }

    /// <summary>Target KPIs, as JSON text.</summary>
    public string? TargetMetrics { get; set; }

    /// <summary>Actual results, as JSON text.</summary>
    public string? ActualMetrics { get; set; }

    /// <summary>Who created.</summary>
    public string? CreatedBy { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
