namespace Marketing.Social.Platforms.TikTok;

/// <summary>Settings below <c>Social:TikTok</c>.</summary>
public sealed class TikTokOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:TikTok";

    /// <summary>Root of the API.</summary>
    public string ApiUrl { get; set; } = "https://open.tiktokapis.com";

    /// <summary>Longest wait for one answer; a part of a video, up to 16 MB, must be sent within it.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// True has TikTok fetch videos by address, which needs the address's domain verified for the app. A lost answer can then not be told
    /// from a post that is not out, so that a person must look; a video that is sent is proven either way, hence false.
    /// </summary>
    public bool PullVideos { get; set; }

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        _ when !Uri.TryCreate(ApiUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") =>
            $"{Section}:ApiUrl must be an absolute http(s) address, for example https://open.tiktokapis.com.",
        _ when RequestTimeout < TimeSpan.FromMilliseconds(100) || RequestTimeout > TimeSpan.FromMinutes(2) =>
            $"{Section}:RequestTimeout must lie between 00:00:00.1 and 00:02:00, for example 00:01:00.",
        _ => null,
    };
}
