namespace Marketing.Social.Platforms.Pinterest;

/// <summary>Settings below <c>Social:Pinterest</c>.</summary>
public sealed class PinterestOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:Pinterest";

    /// <summary>Root of the API.</summary>
    public string ApiUrl { get; set; } = "https://api.pinterest.com/v5";

    /// <summary>Longest wait for one answer.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time for sending one video, which goes in one piece; it must end before Social:Publishing:Lease does.</summary>
    public TimeSpan UploadTimeout { get; set; } = TimeSpan.FromSeconds(150);

    /// <summary>
    /// Adds <c>sp=…</c>, the post's id, to the link of a pin. Pinterest refuses no duplicates: by this mark a pin whose answer was lost is
    /// found for certain, also among pins of the same text.
    /// </summary>
    public bool MarkLinks { get; set; } = true;

    /// <summary>How long a new pin may be missing in the list that is read to find it (unverified). Two reads this far apart prove that it is not out.</summary>
    public TimeSpan ShownWithin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem() =>
        PlatformSettings.AddressProblem($"{Section}:{nameof(ApiUrl)}", ApiUrl, "https://api.pinterest.com/v5")
        ?? PlatformSettings.ShownProblem($"{Section}:{nameof(ShownWithin)}", ShownWithin)
        ?? PlatformSettings.TimeoutProblem($"{Section}:{nameof(RequestTimeout)}", RequestTimeout)
        ?? PlatformSettings.TimeoutProblem($"{Section}:{nameof(UploadTimeout)}", UploadTimeout);
}
