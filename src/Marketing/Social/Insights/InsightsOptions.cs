namespace Marketing.Social.Insights;

/// <summary>Settings below <c>Social:Insights</c>.</summary>
public sealed class InsightsOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:Insights";

    /// <summary>Most accounts that one run of the timer queues.</summary>
    public int Batch { get; set; } = 200;

    /// <summary>Most posts of one account that one turn reads; the rest stays due.</summary>
    public int PostsAtOnce { get; set; } = 100;

    /// <summary>Time between two reads of an account's own figures.</summary>
    public TimeSpan AccountEvery { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How long one worker holds an account; a turn ends before.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Days read of an account that was never read before, where the platform keeps them.</summary>
    public int BackfillDays { get; set; } = 30;

    /// <summary>Calls an hour by platform: of the whole app, and of one account. What is left out has the product's own numbers.</summary>
    public Dictionary<string, CallBudget> Budgets { get; set; } = new(StringComparer.Ordinal);

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        { Batch: < 1 or > 1000 } => $"{Section}:Batch must lie between 1 and 1000, for example 200.",
        { PostsAtOnce: < 1 or > 500 } => $"{Section}:PostsAtOnce must lie between 1 and 500, for example 100.",
        { BackfillDays: < 1 or > 90 } => $"{Section}:BackfillDays must lie between 1 and 90, for example 30.",
        _ when AccountEvery < TimeSpan.FromMinutes(1) => $"{Section}:AccountEvery must be at least 00:01:00, for example 06:00:00.",
        _ when Lease < TimeSpan.FromMinutes(1) => $"{Section}:Lease must be at least 00:01:00, for example 00:05:00.",
        _ when Budgets.Values.Any(budget => budget.AppCallsPerHour < 0 || budget.AccountCallsPerHour < 0) => $"{Section}:Budgets: AppCallsPerHour and AccountCallsPerHour are 0 or more.",
        _ => null,
    };

    /// <summary>
    /// The budget of a platform. The numbers are ours: well below what the platforms document (Meta 200 calls an hour and user, TikTok 600 a
    /// minute, YouTube 10,000 units a day), for X as few as its price for each object asks for.
    /// </summary>
    public CallBudget Budget(string platform) => Budgets.TryGetValue(platform, out var own) ? own : platform switch
    {
        "instagram" or "facebook" => new CallBudget { AppCallsPerHour = 4000, AccountCallsPerHour = 120 },
        "youtube" => new CallBudget { AppCallsPerHour = 300, AccountCallsPerHour = 100 },
        "twitter" => new CallBudget { AppCallsPerHour = 100, AccountCallsPerHour = 12 },
        "linkedin" => new CallBudget { AppCallsPerHour = 200, AccountCallsPerHour = 20 },
        _ => new CallBudget { AppCallsPerHour = 2000, AccountCallsPerHour = 120 },
    };
}

/// <summary>Calls an hour.</summary>
public sealed class CallBudget
{
    /// <summary>Of all accounts of the platform together.</summary>
    public int AppCallsPerHour { get; set; }

    /// <summary>Of one account.</summary>
    public int AccountCallsPerHour { get; set; }
}
