namespace Marketing.Data;

/// <summary>One row of <c>marketing.content_strategy</c>: Content strategy per property defining themes, frequency, and goals.</summary>
public sealed class ContentStrategy
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Business ID: STRAT-NNNNNN.</summary>
    public string StrategyId { get; set; } = null!;

    /// <summary>Property.</summary>
    public Guid PropertyId { get; set; }

    /// <summary>Strategy name.</summary>
    public string StrategyName { get; set; } = null!;

    /// <summary>Goals and KPIs, as JSON text.</summary>
    public string? Goals { get; set; }

    /// <summary>Content themes.</summary>
    public string[]? Themes { get; set; }

    /// <summary>{"instagram": "3/week", "facebook": "2/week"}, as JSON text.</summary>
    public string? PostingFrequency { get; set; }

    /// <summary>Target audience.</summary>
    public string? TargetAudience { get; set; }

    /// <summary>Tone notes.</summary>
    public string? ToneGuidelines { get; set; }

    /// <summary>Status.</summary>
    public string? Status { get; set; }

    /// <summary>Start date.</summary>
    public DateOnly? EffectiveDate { get; set; }

    /// <summary>Next review.</summary>
    public DateOnly? ReviewDate { get; set; }

    /// <summary>Who created.</summary>
    public string? CreatedBy { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
