namespace Marketing.Data;

/// <summary>One row of <c>marketing.ref_social_platforms</c>: Social platform configurations.</summary>
public sealed class RefSocialPlatform
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Value that the tables use.</summary>
    public string Code { get; set; } = null!;

    /// <summary>Name shown to people.</summary>
    public string Name { get; set; } = null!;

    /// <summary>What it is.</summary>
    public string? Description { get; set; }

    /// <summary>Longest caption in the unit named by media_rules.caption_unit.</summary>
    public int? CaptionMaxLength { get; set; }

    /// <summary>Most hashtags.</summary>
    public int? HashtagMaxCount { get; set; }

    /// <summary>Most mentions.</summary>
    public int? MentionMaxCount { get; set; }

    /// <summary>Values of social_posts.post_type it takes.</summary>
    public string[]? AllowedPostTypes { get; set; }

    /// <summary>Formats, bytes, aspect ratios, durations, counts by post type, as JSON text.</summary>
    public string? MediaRules { get; set; }

    /// <summary>Limits of its API, as JSON text.</summary>
    public string? RateLimits { get; set; }

    /// <summary>Permissions to ask for.</summary>
    public string[]? Scopes { get; set; }

    /// <summary>Version of its API.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Address of its API.</summary>
    public string? ApiBaseUrl { get; set; }

    /// <summary>May be chosen for new rows.</summary>
    public bool IsActive { get; set; }

    /// <summary>Position in lists.</summary>
    public int SortOrder { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
