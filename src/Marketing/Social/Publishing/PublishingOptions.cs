namespace Marketing.Social.Publishing;

/// <summary>Settings below <c>Social:Publishing</c>.</summary>
public sealed class PublishingOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:Publishing";

    /// <summary>Most posts claimed, and most jobs queued, at a time.</summary>
    public int Batch { get; set; } = 500;

    /// <summary>How long one run of the timer goes on claiming.</summary>
    public TimeSpan ClaimFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How late a post may go out; later it is missed and asks a person. An account and a post may say otherwise.</summary>
    public TimeSpan MaxLateness { get; set; } = TimeSpan.FromHours(2);

    /// <summary>What platforms allow; none listed for a platform takes what it documents (<see cref="PlatformLimit.Documented"/>).</summary>
    public IList<PlatformLimit> Limits { get; } = [];

    /// <summary>Added to each window of a limit, for calls that travel unequally long.</summary>
    public TimeSpan LimitMargin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a worker holds a job from its last recorded step. Must outlast any single call to a platform.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a due job may go without a worker before it is queued again.</summary>
    public TimeSpan RedispatchAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Waits between polls, in seconds; the last one repeats.</summary>
    public double[] PollSeconds { get; set; } = [1, 2, 3, 4, 5, 5, 20, 60];

    /// <summary>How long one invocation stays to poll; longer waits go through the queue.</summary>
    public TimeSpan PollInlineFor { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a platform may work on a container before another is made.</summary>
    public TimeSpan PollFor { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Least time between two reads that together prove that a post is not out.</summary>
    public TimeSpan RereadAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>First wait after a failure without a delay of the platform's own; doubles with each failure in a row.</summary>
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest such wait.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>When a post that still cannot be published is given up, counted from its claim.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>IANA name of the zone in which calendars are kept: the day of a post there finds its calendar item.</summary>
    public string CalendarTimeZone { get; set; } = "UTC";

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        { Batch: < 1 or > 1000 } => $"{Section}:Batch must lie between 1 and 1000, for example 100.",
        _ when ClaimFor <= TimeSpan.Zero || ClaimFor > TimeSpan.FromMinutes(1) => $"{Section}:ClaimFor must lie between a moment and a minute, for example 00:00:10.",
        _ when MaxLateness <= TimeSpan.Zero => $"{Section}:MaxLateness must be positive, for example 02:00:00.",
        _ when LimitMargin < TimeSpan.Zero => $"{Section}:LimitMargin must not be negative, for example 00:00:01.",
        _ when Limits.Select(limit => limit.Problem()).OfType<string>().FirstOrDefault() is { } problem => $"{Section}:Limits: {problem}",
        _ when Lease <= TimeSpan.Zero => $"{Section}:Lease must be positive and longer than Social:Instagram:RequestTimeout, for example 00:03:00.",
        _ when RedispatchAfter <= TimeSpan.Zero => $"{Section}:RedispatchAfter must be positive, for example 00:01:00.",
        _ when PollSeconds.Length == 0 || PollSeconds.Any(seconds => seconds is <= 0 or > 3600) =>
            $"{Section}:PollSeconds must hold waits between 0 and 3600 seconds, for example 1, 2, 5, 60.",
        _ when RereadAfter <= TimeSpan.Zero => $"{Section}:RereadAfter must be positive, for example 00:01:00.",
        _ when FirstRetryAfter <= TimeSpan.Zero || MaxRetryAfter < FirstRetryAfter =>
            $"{Section}:FirstRetryAfter must be positive and at most MaxRetryAfter, for example 00:01:00 and 01:00:00.",
        _ when GiveUpAfter <= TimeSpan.Zero => $"{Section}:GiveUpAfter must be positive, for example 1.00:00:00.",
        _ when !TimeZoneInfo.TryFindSystemTimeZoneById(CalendarTimeZone, out _) =>
            $"{Section}:CalendarTimeZone must be an IANA time zone, for example Europe/Lisbon.",
        _ => null,
    };

    /// <summary>The limits that a step of a platform counts against.</summary>
    internal IReadOnlyList<PlatformLimit> LimitsOf(string platform, string step)
    {
        IEnumerable<PlatformLimit> known = Limits.Any(limit => limit.Platform == platform) ? Limits : PlatformLimit.Documented;
        return [.. known.Where(limit => limit.Platform == platform && limit.Step == step)];
    }

    /// <summary>The wait before the poll after the given number of polls of one container.</summary>
    public TimeSpan PollDelay(int polls) => TimeSpan.FromSeconds(PollSeconds[Math.Min(Math.Max(polls - 1, 0), PollSeconds.Length - 1)]);

    /// <summary>The wait after a number of failures in a row.</summary>
    public TimeSpan RetryDelay(int failures)
    {
        var doublings = Math.Min(Math.Max(failures - 1, 0), 30);
        var seconds = FirstRetryAfter.TotalSeconds * Math.Pow(2, doublings);
        return seconds < MaxRetryAfter.TotalSeconds ? TimeSpan.FromSeconds(seconds) : MaxRetryAfter;
    }
}
