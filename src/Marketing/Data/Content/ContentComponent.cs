namespace Marketing.Data;

/// <summary>One row of <c>marketing.content_components</c>: Tracks content composition (which pieces/assets make up larger content).</summary>
public sealed class ContentComponent
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Parent content.</summary>
    public Guid ParentContentId { get; set; }

    /// <summary>Child content.</summary>
    public Guid? ComponentContentId { get; set; }

    /// <summary>Child asset.</summary>
    public Guid? ComponentAssetId { get; set; }

    /// <summary>Type: header, body, image, cta.</summary>
    public string? ComponentType { get; set; }

    /// <summary>Position in parent.</summary>
    public int? Position { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }
}
