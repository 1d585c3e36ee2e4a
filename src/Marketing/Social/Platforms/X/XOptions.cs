namespace Marketing.Social.Platforms.X;

/// <summary>Settings below <c>Social:X</c>.</summary>
public sealed class XOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:X";

    /// <summary>Longest segment that X takes, in bytes. Source: X API, "Upload media", append.</summary>
    private const int MaxSegmentBytes = 5_000_000;

    /// <summary>Root of the API.</summary>
    public string ApiUrl { get; set; } = "https://api.x.com/2";

    /// <summary>Bytes of one segment of a medium.</summary>
    public int SegmentBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Longest wait for one answer.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a new post may be missing in the list that is read to find it (unverified). Two reads this far apart prove that it is not out.</summary>
    public TimeSpan ShownWithin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        _ when PlatformSettings.AddressProblem($"{Section}:{nameof(ApiUrl)}", ApiUrl, "https://api.x.com/2") is { } problem => problem,
        { SegmentBytes: < 1024 or > MaxSegmentBytes } => $"{Section}:{nameof(SegmentBytes)} must lie between 1024 and {MaxSegmentBytes}, for example 4194304.",
        _ => PlatformSettings.ShownProblem($"{Section}:{nameof(ShownWithin)}", ShownWithin) ?? PlatformSettings.TimeoutProblem($"{Section}:{nameof(RequestTimeout)}", RequestTimeout),
    };
}
