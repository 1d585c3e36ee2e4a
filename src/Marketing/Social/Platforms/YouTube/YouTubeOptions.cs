namespace Marketing.Social.Platforms.YouTube;

/// <summary>Settings below <c>Social:YouTube</c>.</summary>
public sealed class YouTubeOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:YouTube";

    /// <summary>Unit of parts, in bytes: every part but the last is a multiple of it. Source: YouTube Data API, "Resumable uploads".</summary>
    private const int PartUnit = 262_144;

    /// <summary>Root of Google's APIs.</summary>
    public string ApiUrl { get; set; } = "https://www.googleapis.com";

    /// <summary>Bytes of one part of a video.</summary>
    public int PartBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Longest wait for one answer.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// How long to wait for YouTube to process a video before it is published all the same; YouTube then shows it when it is done. Must be
    /// shorter than Social:Publishing:PollFor, after which the video would be sent again.
    /// </summary>
    public TimeSpan ProcessingWait { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>Category of videos without option <c>category_id</c>: 19 is Travel &amp; Events.</summary>
    public string CategoryId { get; set; } = "19";

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        _ when PlatformSettings.AddressProblem($"{Section}:{nameof(ApiUrl)}", ApiUrl, "https://www.googleapis.com") is { } problem => problem,
        _ when PartBytes is < PartUnit or > Media.ReadMedia.MaxPart || PartBytes % PartUnit != 0 =>
            $"{Section}:{nameof(PartBytes)} must be a multiple of {PartUnit} and at most {Media.ReadMedia.MaxPart}, for example 8388608.",
        _ when ProcessingWait < TimeSpan.Zero || ProcessingWait > TimeSpan.FromHours(12) => $"{Section}:{nameof(ProcessingWait)} must lie between 00:00:00 and 12:00:00, for example 00:20:00.",
        _ when CategoryId.Length == 0 || !CategoryId.All(char.IsAsciiDigit) => $"{Section}:{nameof(CategoryId)} must be a number, for example 19.",
        _ => PlatformSettings.TimeoutProblem($"{Section}:{nameof(RequestTimeout)}", RequestTimeout),
    };
}
