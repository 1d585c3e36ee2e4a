namespace Marketing.Social.Insights;

/// <summary>How often a post's figures are read, by its age: often while they move, rarely when they hardly do, and never once platforms stop keeping them.</summary>
internal static class ReadSchedule
{
    // Meta keeps the figures of a story for 24 hours.
    private static readonly TimeSpan LastStoryRead = TimeSpan.FromMinutes(23.5 * 60);

    // Meta keeps figures of media for two years.
    private static readonly TimeSpan Ends = TimeSpan.FromDays(730);

    /// <summary>When a post that was read now is read again; null for never.</summary>
    /// <param name="platform">Where it is.</param>
    /// <param name="postType">Value of <c>social_posts.post_type</c>.</param>
    /// <param name="publishedAt">When it went out.</param>
    /// <param name="now">Now.</param>
    /// <param name="chance">From 0 to 1: spreads reads that would fall together.</param>
    public static DateTimeOffset? Next(string platform, string postType, DateTimeOffset publishedAt, DateTimeOffset now, double chance)
    {
        var age = now - publishedAt;
        if (postType == "story")
        {
            if (age >= LastStoryRead) return null;
            var next = now + TimeSpan.FromHours(1);
            return next < publishedAt + LastStoryRead ? next : publishedAt + LastStoryRead;
        }
        if (age >= Ends) return null;
        var every = age switch
        {
            _ when age < TimeSpan.FromDays(1) => TimeSpan.FromHours(1),
            _ when age < TimeSpan.FromDays(3) => TimeSpan.FromHours(3),
            _ when age < TimeSpan.FromDays(7) => TimeSpan.FromHours(8),
            _ when age < TimeSpan.FromDays(30) => TimeSpan.FromDays(1),
            _ when age < TimeSpan.FromDays(90) => TimeSpan.FromDays(7),
            _ => TimeSpan.FromDays(30),
        };
        // X charges for each object read; YouTube and Pinterest give figures by day, hours later.
        if (platform == "twitter") every *= 4;
        else if (platform is "youtube" or "pinterest" && every < TimeSpan.FromHours(12)) every = TimeSpan.FromHours(12);
        return now + (every * (0.95 + (0.1 * chance)));
    }

    /// <summary>The wait after a number of failed reads in a row.</summary>
    public static TimeSpan AfterFailure(int failures) => TimeSpan.FromMinutes(Math.Min(15 * Math.Pow(2, Math.Clamp(failures - 1, 0, 10)), 24 * 60));
}
