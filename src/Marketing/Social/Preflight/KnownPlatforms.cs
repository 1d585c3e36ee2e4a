using static Marketing.Social.Preflight.OptionKind;

namespace Marketing.Social.Preflight;

/// <summary>
/// The platforms' rules. Sources, as of November 2026: Instagram Platform, "IG User Media"; Pages API; TikTok Content Posting API, "Media transfer"
/// and "Direct post"; YouTube Data API, "Videos: insert"; X API, "Manage Posts" and twitter-text configuration 3; LinkedIn Posts, Images and Videos
/// API; Pinterest API 5. An option stands here when the platform's publisher reads it, and only then. Unverified: Facebook's caption length, hashtags and mentions; YouTube's 180 seconds of a Short; LinkedIn's 3,000.
/// </summary>
internal static class KnownPlatforms
{
    private const long Megabyte = 1_000_000;

    private static readonly string[] Mp4 = ["video/mp4"];
    private static readonly string[] Mp4AndMov = ["video/mp4", "video/quicktime"];
    private static readonly string[] Mp4MovAndWebm = ["video/mp4", "video/quicktime", "video/webm"];
    private static readonly string[] Jpeg = ["image/jpeg"];

    private static readonly OptionRule FirstComment = new("first_comment", Text) { Max = 2200, Example = "\"#villa #algarve\"" };
    private static readonly OptionRule AiGenerated = new("is_ai_generated", Flag);
    private static readonly OptionRule CoverFrame = new("cover_frame_ms", Number) { Max = 14_400_000, Example = "1500" };
    private static readonly OptionRule CoverUrl = new("cover_url", Text) { Max = 2048, Example = "\"https://media.example.com/cover.jpg\"" };

    /// <summary>By value of <c>social_accounts.platform</c>.</summary>
    public static IReadOnlyDictionary<string, PlatformRules> All { get; } =
        new[] { Instagram(), Facebook(), TikTok(), YouTube(), X(), LinkedIn(), Pinterest() }.ToDictionary(rules => rules.Platform);

    private static PlatformRules Instagram()
    {
        var image = new ImageRule(Jpeg, 8 * Megabyte) { MinRatio = 0.8, MaxRatio = 1.91, MinWidth = 320, Preset = "instagram_portrait" };
        var reel = new VideoRule(Mp4AndMov, 300 * Megabyte) { MinSeconds = 3, MaxSeconds = 900, MinRatio = 0.01, MaxRatio = 10 };
        return new PlatformRules("instagram", "Instagram", new CaptionRule(2200, CaptionUnit.Utf16))
        {
            MaxHashtags = 30,
            MaxMentions = 20,
            MaxAltText = 1000,
            PostTypes = new Dictionary<string, PostTypeRule>
            {
                ["post"] = new(1, 1, image, null),
                ["carousel"] = new(2, 10, image with { Preset = "instagram_square" }, reel),
                ["reel"] = new(1, 1, null, reel),
                ["story"] = new(1, 1, new ImageRule(Jpeg, 8 * Megabyte) { Preset = "instagram_story" }, new VideoRule(Mp4AndMov, 100 * Megabyte) { MinSeconds = 3, MaxSeconds = 60, MinRatio = 0.1, MaxRatio = 10 }),
            },
            Options =
            [
                FirstComment, AiGenerated, CoverFrame, CoverUrl, new("share_to_feed", Flag), new("collaborators", Texts) { Max = 30 },
                new("location_id", Text) { Max = 64, Example = "\"110774245616525\", the id of a Page with an address" },
                new("user_tags", UserTags) { Max = 20, Example = "[{\"username\":\"casa.azul\",\"x\":0.5,\"y\":0.8}]; a video takes no place" },
            ],
        };
    }

    private static PlatformRules Facebook()
    {
        var image = new ImageRule(["image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff"], 10 * Megabyte) { Preset = "preview" };
        return new PlatformRules("facebook", "Facebook", new CaptionRule(63_206, CaptionUnit.Utf16))
        {
            MaxHashtags = 30,
            MaxMentions = 50,
            MaxAltText = 1000,
            Link = LinkUse.Field,
            PostTypes = new Dictionary<string, PostTypeRule>
            {
                ["post"] = new(0, 1, image, null),
                ["carousel"] = new(2, 10, image, null),
                ["video"] = new(1, 1, null, new VideoRule(Mp4AndMov, 4_000 * Megabyte)),
                ["reel"] = new(1, 1, null, new VideoRule(Mp4, 4_000 * Megabyte) { MinSeconds = 3, MaxSeconds = 90, MinSide = 540, MaxRatio = 1 }),
                ["story"] = new(1, 1, image with { Preset = "instagram_story" }, new VideoRule(Mp4, 4_000 * Megabyte) { MinSeconds = 1, MaxSeconds = 60, MinSide = 540 }),
            },
            Options = [FirstComment, new("title", Text) { Max = 255 }],
        };
    }

    private static PlatformRules TikTok() => new("tiktok", "TikTok", new CaptionRule(2200, CaptionUnit.Utf16))
    {
        PostTypes = new Dictionary<string, PostTypeRule>
        {
            ["video"] = new(1, 1, null, new VideoRule(Mp4MovAndWebm, 4_000 * Megabyte) { MinSeconds = 3, MaxSeconds = 600, MinSide = 360, MaxSide = 4096 }),
            ["carousel"] = new(1, 35, new ImageRule(["image/jpeg", "image/webp"], 20 * Megabyte) { MaxPixels = 1080 * 1920, Preset = "tiktok" }, null) { Caption = new CaptionRule(4000, CaptionUnit.Utf16) },
        },
        Options =
        [
            new("privacy_level", Text) { Choices = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"], RequiredFor = ["video", "carousel"], Example = "\"PUBLIC_TO_EVERYONE\", one of those that the creator's account offers" },
            new("title", Text) { Max = 90 }, AiGenerated, CoverFrame, new("cover_index", Number) { Max = 34 },
            new("disable_comment", Flag), new("disable_duet", Flag), new("disable_stitch", Flag), new("brand_content_toggle", Flag), new("brand_organic_toggle", Flag),
            new("auto_add_music", Flag),
        ],
    };

    private static PlatformRules YouTube() => new("youtube", "YouTube", new CaptionRule(5000, CaptionUnit.Utf8Bytes))
    {
        ForbiddenInCaption = "<>",
        Link = LinkUse.Text,
        PostTypes = new Dictionary<string, PostTypeRule>
        {
            ["video"] = new(1, 1, null, new VideoRule(Mp4MovAndWebm, 256_000 * Megabyte)),
            ["reel"] = new(1, 1, null, new VideoRule(Mp4MovAndWebm, 256_000 * Megabyte) { MaxSeconds = 180, MaxRatio = 1 }),
        },
        Options =
        [
            new("title", Text) { Max = 100, RequiredFor = ["video", "reel"], Example = "\"A villa at dusk\"" },
            new("made_for_kids", Flag) { RequiredFor = ["video", "reel"], Example = "false" },
            new("privacy_status", Text) { Choices = ["public", "unlisted", "private"] }, new("category_id", Text) { Max = 10 }, new("tags", Texts) { Max = 100 },
            new("embeddable", Flag), new("notify_subscribers", Flag), AiGenerated, CoverUrl,
        ],
    };

    private static PlatformRules X() => new("twitter", "X", new CaptionRule(280, CaptionUnit.Weighted))
    {
        MaxAltText = 1000,
        Link = LinkUse.Text,
        PostTypes = new Dictionary<string, PostTypeRule>
        {
            ["post"] = new(0, 4, XImage, null),
            ["carousel"] = new(2, 4, XImage, null),
            ["video"] = new(1, 1, null, new VideoRule(Mp4, 512 * Megabyte) { MinSeconds = 0.5, MaxSeconds = 140, MinRatio = 1 / 3.0, MaxRatio = 3 }),
        },
        Options =
        [
            new("reply_settings", Text) { Choices = ["everyone", "following", "mentionedUsers", "subscribers", "verified"] }, new("paid_partnership", Flag),
            AiGenerated, new("max_length", Number) { Max = 25_000, Example = "25000 for a Premium account" },
        ],
    };

    private static ImageRule XImage => new(["image/jpeg", "image/png", "image/webp", "image/gif"], 5 * Megabyte) { Preset = "preview" };

    private static PlatformRules LinkedIn()
    {
        var image = new ImageRule(["image/jpeg", "image/png", "image/gif"], 100 * Megabyte) { MaxPixels = 36_152_319, Preset = "preview" };
        return new PlatformRules("linkedin", "LinkedIn", new CaptionRule(3000, CaptionUnit.Utf16))
        {
            MaxAltText = 4086,
            Link = LinkUse.Field,
            PostTypes = new Dictionary<string, PostTypeRule>
            {
                ["post"] = new(0, 1, image, null),
                ["carousel"] = new(2, 20, image, null),
                ["video"] = new(1, 1, null, new VideoRule(Mp4, 500 * Megabyte) { MinSeconds = 3, MaxSeconds = 1800 }),
            },
            Options =
            [
                new("visibility", Text) { Choices = ["PUBLIC", "CONNECTIONS"] }, new("disable_reshare", Flag), new("title", Text) { Max = 400 }, new("description", Text) { Max = 4000 },
            ],
        };
    }

    private static PlatformRules Pinterest()
    {
        var image = new ImageRule(["image/jpeg", "image/png"], 20 * Megabyte) { Preset = "pinterest" };
        return new PlatformRules("pinterest", "Pinterest", new CaptionRule(800, CaptionUnit.Utf16))
        {
            MaxAltText = 500,
            Link = LinkUse.Field,
            PostTypes = new Dictionary<string, PostTypeRule>
            {
                ["post"] = new(1, 1, image, null),
                ["carousel"] = new(2, 5, image, null),
                ["video"] = new(1, 1, null, new VideoRule(Mp4AndMov, 2_000 * Megabyte) { MinSeconds = 4, MaxSeconds = 900 }),
            },
            Options =
            [
                new("board_id", Text) { Max = 64, RequiredFor = ["post", "carousel", "video"], Example = "\"549755885175\"" }, new("board_section_id", Text) { Max = 64 },
                new("title", Text) { Max = 100 }, CoverUrl, CoverFrame,
            ],
        };
    }
}
