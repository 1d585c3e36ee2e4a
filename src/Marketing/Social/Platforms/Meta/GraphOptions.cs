using System.Text.RegularExpressions;

namespace Marketing.Social.Platforms.Meta;

/// <summary>Settings that every caller of the Graph API has.</summary>
public abstract partial class GraphOptions
{
    private readonly string section;

    /// <summary>Settings below a section, with the usual wait for one answer.</summary>
    private protected GraphOptions(string section, TimeSpan requestTimeout) => (this.section, RequestTimeout) = (section, requestTimeout);

    /// <summary>
    /// Root of the Graph API. <c>https://graph.facebook.com</c> for Pages and for Instagram accounts linked to one,
    /// <c>https://graph.instagram.com</c> for accounts connected by Instagram Login.
    /// </summary>
    public string GraphUrl { get; set; } = "https://graph.facebook.com";

    /// <summary>Version of the Graph API, for example v26.0.</summary>
    public string ApiVersion { get; set; } = "v26.0";

    /// <summary>Longest wait for one answer; a part of a video must be sent within it.</summary>
    public TimeSpan RequestTimeout { get; set; }

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() =>
        PlatformSettings.AddressProblem($"{section}:{nameof(GraphUrl)}", GraphUrl, "https://graph.facebook.com")
        ?? (Version().IsMatch(ApiVersion) ? null : $"{section}:{nameof(ApiVersion)} must look like v26.0.")
        ?? PlatformSettings.TimeoutProblem($"{section}:{nameof(RequestTimeout)}", RequestTimeout);

    [GeneratedRegex(@"\Av\d{1,3}\.\d\z")]
    private static partial Regex Version();
}
