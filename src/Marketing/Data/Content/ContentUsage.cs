namespace Marketing.Data;

/// <summary>One row of <c>marketing.content_usage</c>: Tracks where content/assets are used (campaigns, posts, pages).</summary>
public sealed class ContentUsage
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Content piece.</summary>
    public Guid? ContentId { get; set; }

    /// <summary>Asset.</summary>
    public Guid? LibraryAssetId { get; set; }

    /// <summary>Type: campaign, social_post, website, email.</summary>
    public string UsageType { get; set; } = null!;

    /// <summary>ID of where used.</summary>
    public Guid UsageId { get; set; }

    /// <summary>Additional context.</summary>
    public string? UsageContext { get; set; }

    /// <summary>When used.</summary>
    public DateTimeOffset? UsedAt { get; set; }
}
