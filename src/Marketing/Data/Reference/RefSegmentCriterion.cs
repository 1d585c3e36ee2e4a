namespace Marketing.Data;

/// <summary>One row of <c>marketing.ref_segment_criteria</c>: Available segment filter criteria.</summary>
public sealed class RefSegmentCriterion
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Value that the tables use.</summary>
    public string Code { get; set; } = null!;

    /// <summary>Name shown to people.</summary>
    public string Name { get; set; } = null!;

    /// <summary>What it is.</summary>
    public string? Description { get; set; }

    /// <summary>Label in a criteria editor.</summary>
    public string Label { get; set; } = null!;

    /// <summary>text, number, date, boolean, list.</summary>
    public string DataType { get; set; } = null!;

    /// <summary>Operators it takes.</summary>
    public string[] AllowedOperators { get; set; } = null!;

    /// <summary>Where the value comes from, as entity.field.</summary>
    public string Source { get; set; } = null!;

    /// <summary>Values to choose from, as JSON text.</summary>
    public string? ValueOptions { get; set; }

    /// <summary>A criterion that uses it, as JSON text.</summary>
    public string? Example { get; set; }

    /// <summary>May be chosen for new rows.</summary>
    public bool IsActive { get; set; }

    /// <summary>Position in lists.</summary>
    public int SortOrder { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
