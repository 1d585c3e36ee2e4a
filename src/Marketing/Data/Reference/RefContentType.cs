namespace Marketing.Data;

/// <summary>One row of <c>marketing.ref_content_types</c>: Content type definitions with guidelines.</summary>
public sealed class RefContentType
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Value that the tables use.</summary>
    public string Code { get; set; } = null!;

    /// <summary>Name shown to people.</summary>
    public string Name { get; set; } = null!;

    /// <summary>What it is.</summary>
    public string? Description { get; set; }

    /// <summary>How to write it.</summary>
    public string? Guidelines { get; set; }

    /// <summary>Fewest words.</summary>
    public int? MinWords { get; set; }

    /// <summary>Most words.</summary>
    public int? MaxWords { get; set; }

    /// <summary>Columns of content that must be filled before publishing.</summary>
    public string[]? RequiredFields { get; set; }

    /// <summary>Tone when none is given.</summary>
    public string? DefaultTone { get; set; }

    /// <summary>Where it is used.</summary>
    public string[]? Channels { get; set; }

    /// <summary>May be chosen for new rows.</summary>
    public bool IsActive { get; set; }

    /// <summary>Position in lists.</summary>
    public int SortOrder { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
