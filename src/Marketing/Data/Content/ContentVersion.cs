namespace Marketing.Data;

/// <summary>One row of <c>marketing.content_versions</c>: Version history for content. Each edit creates new version preserving content at that point.</summary>
public sealed class ContentVersion
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Parent content.</summary>
    public Guid ContentId { get; set; }

    /// <summary>Version number.</summary>
    public int VersionNumber { get; set; }

    /// <summary>Full content at version, as JSON text.</summary>
    public string ContentSnapshot { get; set; } = null!;

    /// <summary>Who changed.</summary>
    public string? ChangedBy { get; set; }

    /// <summary>When changed.</summary>
    public DateTimeOffset? ChangedAt { get; set; }

    /// <summary>Summary of changes.</summary>
    public string? ChangeSummary { get; set; }
}
