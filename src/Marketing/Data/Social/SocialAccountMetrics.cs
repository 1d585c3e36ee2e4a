namespace Marketing.Data;

/// <summary>One row of <c>marketing.social_account_metrics</c>: Account-level social metrics over time.</summary>
public sealed class SocialAccountMetrics
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Account.</summary>
    public Guid AccountId { get; set; }

    /// <summary>Metric date.</summary>
    public DateOnly MetricDate { get; set; }

    /// <summary>Followers.</summary>
    public int? FollowerCount { get; set; }

    /// <summary>Change.</summary>
    public int? FollowerChange { get; set; }

    /// <summary>Following.</summary>
    public int? FollowingCount { get; set; }

    /// <summary>Posts.</summary>
    public int? PostCount { get; set; }

    /// <summary>Impressions.</summary>
    public int? Impressions { get; set; }

    /// <summary>Reach.</summary>
    public int? Reach { get; set; }

    /// <summary>Profile views.</summary>
    public int? ProfileViews { get; set; }

    /// <summary>Website clicks.</summary>
    public int? WebsiteClicks { get; set; }

    /// <summary>Avg engagement.</summary>
    public decimal? EngagementRate { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }
}
