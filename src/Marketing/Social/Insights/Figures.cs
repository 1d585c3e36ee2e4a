namespace Marketing.Social.Insights;

/// <summary>Figures of a post, as totals or as those of one day. Null is "not measured" and never 0.</summary>
internal sealed record PostFigures
{
    public long? Impressions { get; init; }

    public long? Reach { get; init; }

    public long? Engagement { get; init; }

    public long? Likes { get; init; }

    public long? Comments { get; init; }

    public long? Shares { get; init; }

    public long? Saves { get; init; }

    public long? Clicks { get; init; }

    public long? VideoViews { get; init; }

    public long? WatchTimeSeconds { get; init; }

    /// <summary>What the rate counts engagement against: reach, impressions or views, as the platform has them.</summary>
    public long? RateBase { get; init; }

    /// <summary>True when there is nothing to store.</summary>
    public bool IsEmpty => (Impressions ?? Reach ?? Engagement ?? Likes ?? Comments ?? Shares ?? Saves ?? Clicks ?? VideoViews ?? WatchTimeSeconds) is null;

    /// <summary>Engagement as a fraction of <see cref="RateBase"/>; null when either is unknown or nobody saw it.</summary>
    public decimal? Rate => EngagementRate.Of(Engagement, RateBase);

    /// <summary>The sum of what is known; null when nothing is.</summary>
    public static long? Sum(params ReadOnlySpan<long?> parts)
    {
        long? sum = null;
        foreach (var part in parts)
            if (part is { } known) sum = (sum ?? 0) + known;
        return sum;
    }
}

/// <summary>Figures of an account on one day. Null is "not measured" and never 0.</summary>
internal sealed record AccountFigures
{
    public long? FollowerCount { get; init; }

    /// <summary>What the platform says; where it says nothing it is the difference to the day before.</summary>
    public long? FollowerChange { get; init; }

    public long? FollowingCount { get; init; }

    public long? PostCount { get; init; }

    public long? Impressions { get; init; }

    public long? Reach { get; init; }

    public long? ProfileViews { get; init; }

    public long? WebsiteClicks { get; init; }

    public decimal? Rate { get; init; }

    /// <summary>True when there is nothing to store.</summary>
    public bool IsEmpty => (FollowerCount ?? FollowerChange ?? FollowingCount ?? PostCount ?? Impressions ?? Reach ?? ProfileViews ?? WebsiteClicks) is null && Rate is null;
}

/// <summary>The engagement rate: engagement as a fraction, not per cent, of those who could have engaged.</summary>
internal static class EngagementRate
{
    // The column is numeric(5,4).
    private const decimal Largest = 9.9999m;

    /// <summary>The rate; null when it is not known or nobody saw it.</summary>
    public static decimal? Of(long? engagement, long? seen) => engagement is { } done && seen is > 0 and { } all ? Math.Min(Math.Round((decimal)done / all, 4), Largest) : null;
}
