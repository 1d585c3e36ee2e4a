using System.Text.RegularExpressions;

namespace Marketing.Social.Platforms.LinkedIn;

/// <summary>Settings below <c>Social:LinkedIn</c>.</summary>
public sealed partial class LinkedInOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:LinkedIn";

    /// <summary>Root of the versioned API.</summary>
    public string ApiUrl { get; set; } = "https://api.linkedin.com/rest";

    /// <summary>Header <c>LinkedIn-Version</c>: a month, for example 202607. A version lives a year at least; a dead one is answered with 426.</summary>
    public string ApiVersion { get; set; } = "202607";

    /// <summary>Longest wait for one answer.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A token just made may be refused for some seconds: how long to wait before the one repetition. The figure is from public programs.</summary>
    public TimeSpan FreshTokenWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait for an image whose state the account may not read, as members may not. The figure is from public programs.</summary>
    public TimeSpan UnreadableImageWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a new post may be missing in the list that is read to find it (unverified). Two reads this far apart prove that it is not out.</summary>
    public TimeSpan ShownWithin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        _ when PlatformSettings.AddressProblem($"{Section}:{nameof(ApiUrl)}", ApiUrl, "https://api.linkedin.com/rest") is { } problem => problem,
        _ when !Month().IsMatch(ApiVersion) => $"{Section}:{nameof(ApiVersion)} must be a month, for example 202607.",
        _ when FreshTokenWait < TimeSpan.Zero || FreshTokenWait > TimeSpan.FromSeconds(30) => $"{Section}:{nameof(FreshTokenWait)} must lie between 00:00:00 and 00:00:30, for example 00:00:05.",
        _ when UnreadableImageWait < TimeSpan.Zero || UnreadableImageWait > TimeSpan.FromMinutes(10) => $"{Section}:{nameof(UnreadableImageWait)} must lie between 00:00:00 and 00:10:00, for example 00:00:30.",
        _ => PlatformSettings.ShownProblem($"{Section}:{nameof(ShownWithin)}", ShownWithin) ?? PlatformSettings.TimeoutProblem($"{Section}:{nameof(RequestTimeout)}", RequestTimeout),
    };

    [GeneratedRegex(@"^20\d\d(0[1-9]|1[0-2])$")]
    private static partial Regex Month();
}
