namespace Marketing.Social.Insights;

/// <summary>One thing that a read of figures brought. Each is stored as it comes, so that what follows may fail.</summary>
internal abstract record Reading
{
    private Reading() { }

    /// <summary>Figures of a post for a day.</summary>
    public sealed record Post(Guid PostId, DateOnly Date, PostFigures Figures) : Reading;

    /// <summary>Everything of a post is read; figures may have come or not.</summary>
    public sealed record PostDone(Guid PostId) : Reading;

    /// <summary>The platform has no figures of the post now; that is not zero.</summary>
    public sealed record NothingYet(Guid PostId, string Reason) : Reading;

    /// <summary>The platform does not find the post.</summary>
    public sealed record Missing(Guid PostId, string Reason) : Reading;

    /// <summary>The post could not be read; the others go on.</summary>
    public sealed record Failed(Guid PostId, string Reason) : Reading;

    /// <summary>Figures of the account for a day.</summary>
    public sealed record Account(DateOnly Date, AccountFigures Figures) : Reading;

    /// <summary>The account's own figures could not be read; posts go on.</summary>
    public sealed record AccountFailed(string Reason) : Reading;

    /// <summary>Reading ends here for now.</summary>
    /// <param name="Reason">In words.</param>
    /// <param name="After">How long; null for the usual wait.</param>
    public sealed record Stop(string Reason, TimeSpan? After) : Reading
    {
        /// <summary>Every account of the platform waits, not this one alone.</summary>
        public bool IsForWholeApp { get; init; }

        /// <summary>The platform refuses the token.</summary>
        public bool IsTokenRefused { get; init; }
    }
}

/// <summary>A post whose figures are due.</summary>
/// <param name="PostId">Its row.</param>
/// <param name="ExternalId">The platform's id of it.</param>
/// <param name="PostType">Value of <c>social_posts.post_type</c>.</param>
/// <param name="PublishedAt">When it went out.</param>
internal sealed record PostToRead(Guid PostId, string ExternalId, string PostType, DateTimeOffset PublishedAt)
{
    /// <summary>When it was read last; null for never.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>The first day to ask for where figures come by day: all of them at the first read, later those that could have come or changed since the last.</summary>
    /// <param name="corrected">Days for which the platform still adds and corrects.</param>
    public DateOnly FirstDay(int corrected)
    {
        // A day before, since the platform's day may have begun earlier than ours.
        var published = DateOnly.FromDateTime(PublishedAt.UtcDateTime).AddDays(-1);
        var again = ReadAt is { } at ? DateOnly.FromDateTime(at.UtcDateTime).AddDays(-corrected) : published;
        return again > published ? again : published;
    }
}

/// <summary>An account whose figures are due.</summary>
/// <param name="AccountId">Its row.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="ExternalId">The platform's id of it.</param>
/// <param name="Posts">The posts that are due.</param>
/// <param name="Today">The day, UTC, by the database's clock.</param>
internal sealed record AccountToRead(Guid AccountId, string Platform, string ExternalId, IReadOnlyList<PostToRead> Posts, DateOnly Today)
{
    /// <summary>True when the account's own figures are due.</summary>
    public bool WantsAccount { get; init; }

    /// <summary>How many days back its own figures are read.</summary>
    public int Days { get; init; }
}
