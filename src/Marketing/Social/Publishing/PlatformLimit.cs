namespace Marketing.Social.Publishing;

/// <summary>How many steps of a kind a platform allows in any window of a length.</summary>
public sealed class PlatformLimit
{
    /// <summary>Value of <c>social_accounts.platform</c>.</summary>
    public string Platform { get; set; } = "";

    /// <summary><c>account</c>, or <c>app</c> for all accounts of the platform together.</summary>
    public string Scope { get; set; } = "account";

    /// <summary><c>submit</c>, <c>poll</c> or <c>finalise</c>.</summary>
    public string Step { get; set; } = "finalise";

    /// <summary>Most uses in a window.</summary>
    public int Count { get; set; }

    /// <summary>Length of the window.</summary>
    public TimeSpan Per { get; set; }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    internal string? Problem() => this switch
    {
        { Platform.Length: 0 } => "Platform names a platform, for example instagram.",
        { Scope: not ("account" or "app") } => "Scope is account or app.",
        { Step: not ("submit" or "poll" or "finalise") } => "Step is submit, poll or finalise.",
        { Count: < 1 or > 100_000 } => "Count lies between 1 and 100000.",
        _ when Per <= TimeSpan.Zero || Per > TimeSpan.FromDays(31) => "Per lies between a moment and 31 days, for example 1.00:00:00.",
        _ => null,
    };

    /// <summary>
    /// What the platforms document. Instagram Platform, "Content Publishing" (100 posts and 400 containers in 24 hours); TikTok, "Rate limits"
    /// (6 inits and 30 status calls a minute and user); YouTube Data API, "Quota" (100 uploads a day and project); X API, "Rate limits" (100 posts in
    /// 15 minutes and user, 10,000 in 24 hours and app). The others publish none, and theirs are learnt from their answers.
    /// </summary>
    public static IReadOnlyList<PlatformLimit> Documented { get; } =
    [
        new() { Platform = "instagram", Step = "finalise", Count = 100, Per = TimeSpan.FromDays(1) },
        new() { Platform = "instagram", Step = "submit", Count = 400, Per = TimeSpan.FromDays(1) },
        new() { Platform = "tiktok", Step = "submit", Count = 6, Per = TimeSpan.FromMinutes(1) },
        new() { Platform = "tiktok", Step = "finalise", Count = 6, Per = TimeSpan.FromMinutes(1) },
        new() { Platform = "tiktok", Step = "poll", Count = 30, Per = TimeSpan.FromMinutes(1) },
        new() { Platform = "youtube", Scope = "app", Step = "submit", Count = 100, Per = TimeSpan.FromDays(1) },
        new() { Platform = "twitter", Step = "finalise", Count = 100, Per = TimeSpan.FromMinutes(15) },
        new() { Platform = "twitter", Scope = "app", Step = "finalise", Count = 10_000, Per = TimeSpan.FromDays(1) },
    ];
}
