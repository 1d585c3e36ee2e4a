namespace Marketing.Social.Platforms;

/// <summary>What can be wrong with the settings that every platform has.</summary>
internal static class PlatformSettings
{
    /// <summary>What is wrong with a root address; null when nothing is.</summary>
    public static string? AddressProblem(string setting, string address, string example) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" ? null : $"{setting} must be an absolute http(s) address, for example {example}.";

    /// <summary>What is wrong with the time within which a platform shows a new post; null when nothing is.</summary>
    public static string? ShownProblem(string setting, TimeSpan within) =>
        within < TimeSpan.Zero || within > TimeSpan.FromHours(1) ? $"{setting} must lie between 00:00:00 and 01:00:00, for example 00:02:00." : null;

    /// <summary>What is wrong with the longest wait for an answer, which must end before a worker's hold on the post does; null when nothing is.</summary>
    public static string? TimeoutProblem(string setting, TimeSpan timeout) =>
        timeout < TimeSpan.FromMilliseconds(100) || timeout > TimeSpan.FromSeconds(150) ? $"{setting} must lie between 00:00:00.1 and 00:02:30, for example 00:01:00." : null;
}
