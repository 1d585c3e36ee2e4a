namespace Marketing.Data;

/// <summary>One row of <c>marketing.social_posts</c>: Social media posts (scheduled and published).</summary>
public sealed class SocialPost
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Business ID: SP-NNNNNN.</summary>
    public string SocialPostId { get; set; } = null!;

    /// <summary>Account.</summary>
    public Guid AccountId { get; set; }

    /// <summary>Campaign.</summary>
    public Guid? CampaignId { get; set; }

    /// <summary>Content.</summary>
    public Guid? ContentId { get; set; }

    /// <summary>Type: post, story, reel, video.</summary>
    public string PostType { get; set; } = null!;

    /// <summary>Post caption.</summary>
    public string? Caption { get; set; }

    /// <summary>Media URLs.</summary>
    public string[]? MediaUrls { get; set; }

    /// <summary>Hashtags.</summary>
    public string[]? Hashtags { get; set; }

    /// <summary>@mentions.</summary>
    public string[]? Mentions { get; set; }

    /// <summary>Link in post.</summary>
    public string? LinkUrl { get; set; }

    /// <summary>Location tag.</summary>
    public string? LocationTag { get; set; }

    /// <summary>Scheduled time.</summary>
    public DateTimeOffset? ScheduledAt { get; set; }

    /// <summary>Actual publish time.</summary>
    public DateTimeOffset? PublishedAt { get; set; }

    /// <summary>Platform's post ID.</summary>
    public string? ExternalPostId { get; set; }

    /// <summary>Post URL.</summary>
    public string? ExternalUrl { get; set; }

    /// <summary>Status.</summary>
    public string? Status { get; set; }

    /// <summary>AI generated.</summary>
    public bool? AiGenerated { get; set; }

    /// <summary>Approval status.</summary>
    public string? ApprovalStatus { get; set; }

    /// <summary>Who approved.</summary>
    public string? ApprovedBy { get; set; }

    /// <summary>Who created.</summary>
    public string? CreatedBy { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
