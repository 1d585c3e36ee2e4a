namespace Marketing.Social.Platforms.Facebook;

/// <summary>Settings below <c>Social:Facebook</c>.</summary>
public sealed class FacebookOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:Facebook";

    /// <summary>Root of the Graph API.</summary>
    public string GraphUrl { get; set; } = "https://graph.facebook.com";

    /// <summary>Version of the Graph API, for example v26.0.</summary>
    public string ApiVersion { get; set; } = "v26.0";

    /// <summary>Longest wait for one answer; a part of a video must be sent within it.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        _ when !Uri.TryCreate(GraphUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") =>
            $"{Section}:GraphUrl must be an absolute http(s) address, for example https://graph.facebook.com.",
        _ when !System.Text.RegularExpressions.Regex.IsMatch(ApiVersion, @"^v\d{1,3}\.\d$") =>
            $"{Section}:ApiVersion must look like v26.0.",
        _ when RequestTimeout < TimeSpan.FromMilliseconds(100) || RequestTimeout > TimeSpan.FromMinutes(2) =>
            $"{Section}:RequestTimeout must lie between 00:00:00.1 and 00:02:00, for example 00:01:00.",
        _ => null,
    };
}
