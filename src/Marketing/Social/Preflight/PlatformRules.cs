namespace Marketing.Social.Preflight;

/// <summary>What one platform takes. The figures are in <see cref="KnownPlatforms"/>.</summary>
/// <param name="Platform">Value of <c>social_accounts.platform</c>.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Caption">Its caption.</param>
internal sealed record PlatformRules(string Platform, string Name, CaptionRule Caption)
{
    /// <summary>Most hashtags; null where no limit is known.</summary>
    public int? MaxHashtags { get; init; }

    /// <summary>Most mentions; null where no limit is known.</summary>
    public int? MaxMentions { get; init; }

    /// <summary>Longest alternative text, in UTF-16 units; null where it takes none.</summary>
    public int? MaxAltText { get; init; }

    /// <summary>Where a link goes.</summary>
    public LinkUse Link { get; init; }

    /// <summary>Characters that captions must not hold.</summary>
    public string ForbiddenInCaption { get; init; } = "";

    /// <summary>The types of posts that it takes.</summary>
    public required IReadOnlyDictionary<string, PostTypeRule> PostTypes { get; init; }

    /// <summary>Options of posts that it knows, beside those that every platform knows.</summary>
    public IReadOnlyList<OptionRule> Options { get; init; } = [];

    /// <summary>Every option that may be set.</summary>
    public IEnumerable<OptionRule> AllOptions => Options.Concat(OptionRule.Common);

    /// <summary>Why the platform does not take posts of a type; null when it does.</summary>
    public string? Refusal(string postType) => PostTypes.ContainsKey(postType) ? null
        : postType == "live" ? "Live streams cannot be scheduled or published through this product; go live in the platform's own app."
        : $"{Name} takes no post_type '{postType}' through its API. Use {string.Join(" or ", PostTypes.Keys)}.";
}

/// <summary>A caption's limit.</summary>
/// <param name="Max">Longest, in the unit.</param>
/// <param name="Unit">How the platform counts.</param>
internal sealed record CaptionRule(int Max, CaptionUnit Unit);

/// <summary>How a platform counts a caption.</summary>
internal enum CaptionUnit
{
    /// <summary>UTF-16 code units.</summary>
    Utf16,

    /// <summary>Bytes of UTF-8.</summary>
    Utf8Bytes,

    /// <summary>Code points weighed 1 or 2, emoji 2, links 23.</summary>
    Weighted,
}

/// <summary>What becomes of <c>link_url</c>.</summary>
internal enum LinkUse
{
    /// <summary>Nothing: no link can be followed from the post.</summary>
    None,

    /// <summary>It is a field of the post.</summary>
    Field,

    /// <summary>It stands in the text and counts there.</summary>
    Text,
}

/// <summary>What one type of post holds.</summary>
/// <param name="MinItems">Least media.</param>
/// <param name="MaxItems">Most media.</param>
/// <param name="Image">What its images must be; null when it takes none.</param>
/// <param name="Video">What its videos must be; null when it takes none.</param>
internal sealed record PostTypeRule(int MinItems, int MaxItems, ImageRule? Image, VideoRule? Video)
{
    /// <summary>Its own caption limit, where it differs from the platform's.</summary>
    public CaptionRule? Caption { get; init; }
}

/// <summary>What an image must be. Sizes in bytes and pixels, ratios width to height.</summary>
internal sealed record ImageRule(IReadOnlyList<string> Formats, long MaxBytes)
{
    public double? MinRatio { get; init; }
    public double? MaxRatio { get; init; }
    public int? MinWidth { get; init; }
    public long? MaxPixels { get; init; }

    /// <summary>Preset of the library's renditions that fits.</summary>
    public string? Preset { get; init; }
}

/// <summary>What a video must be. Sizes in bytes and pixels, ratios width to height.</summary>
internal sealed record VideoRule(IReadOnlyList<string> Formats, long MaxBytes)
{
    public double? MinSeconds { get; init; }
    public double? MaxSeconds { get; init; }
    public double? MinRatio { get; init; }
    public double? MaxRatio { get; init; }
    public int? MinSide { get; init; }
    public int? MaxSide { get; init; }
}
