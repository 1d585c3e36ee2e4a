namespace Marketing.Data;

/// <summary>One row of <c>marketing.ref_campaign_types</c>: Campaign type definitions and templates.</summary>
public sealed class RefCampaignType
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Value that the tables use.</summary>
    public string Code { get; set; } = null!;

    /// <summary>Name shown to people.</summary>
    public string Name { get; set; } = null!;

    /// <summary>What it is.</summary>
    public string? Description { get; set; }

    /// <summary>Channels it uses.</summary>
    public string[]? Channels { get; set; }

    /// <summary>Values for a new campaign, as JSON text.</summary>
    public string? Template { get; set; }

    /// <summary>Target KPIs when none are given, as JSON text.</summary>
    public string? DefaultTargetMetrics { get; set; }

    /// <summary>Columns of campaigns that must be filled before activation.</summary>
    public string[]? RequiredFields { get; set; }

    /// <summary>May be chosen for new rows.</summary>
    public bool IsActive { get; set; }

    /// <summary>Position in lists.</summary>
    public int SortOrder { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
