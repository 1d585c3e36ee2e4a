namespace Marketing.Data;

/// <summary>One row of <c>marketing.social_analytics</c>: Performance metrics for social posts.</summary>
public sealed class SocialAnalytics
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Post.</summary>
    public Guid PostId { get; set; }

    /// <summary>Metric date.</summary>
    public DateOnly MetricDate { get; set; }

    /// <summary>Impressions.</summary>
    public int? Impressions { get; set; }

    /// <summary>Reach.</summary>
    public int? Reach { get; set; }

    /// <summary>Total engagement.</summary>
    public int? Engagement { get; set; }

    /// <summary>Likes.</summary>
    public int? Likes { get; set; }

    /// <summary>Comments.</summary>
    public int? Comments { get; set; }

    /// <summary>Shares.</summary>
    public int? Shares { get; set; }

    /// <summary>Saves.</summary>
    public int? Saves { get; set; }

    /// <summary>Link clicks.</summary>
    public int? Clicks { get; set; }

    /// <summary>Video views.</summary>
    public int? VideoViews { get; set; }

    /// <summary>Watch time.</summary>
    public int? WatchTimeSeconds { get; set; }

    /// <summary>Engagement rate.</summary>
    public decimal? EngagementRate { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }
}
