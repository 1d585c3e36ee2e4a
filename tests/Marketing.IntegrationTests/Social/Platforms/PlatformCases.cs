namespace Marketing.IntegrationTests.Social.Platforms;

/// <summary>Every kind of post that is published, and where the stand-ins answer.</summary>
public static class PlatformCases
{
    /// <summary>Settings that point the product at the stand-ins: the setting and the path below the stand-in's address.</summary>
    public static readonly (string Setting, string Path)[] Addresses =
    [
        ("Social:Instagram:GraphUrl", ""),
        .. OtherPlatformCases.Addresses,
        ("Social:Facebook:GraphUrl", "facebook"),
        ("Social:TikTok:ApiUrl", "tiktok"),
    ];

    /// <summary>Settings with shorter waits, by platform.</summary>
    public static readonly (string Setting, string Value)[] Settings =
    [
        ("Social:Instagram:RequestTimeout", "00:00:03"),
        .. OtherPlatformCases.Settings,
        ("Social:Facebook:RequestTimeout", "00:00:03"),
        ("Social:TikTok:RequestTimeout", "00:00:03"),
    ];

    private const string Public = """{"privacy_level":"PUBLIC_TO_EVERYONE"}""";

    private static readonly PlatformCase[] Cases =
    [
        new("instagram image", "instagram", "post", "photo.jpg") { Finalise = ("POST", "/media_publish") },
        new("instagram image with first comment", "instagram", "post", "photo.jpg") { Finalise = ("POST", "/media_publish"), Options = """{"first_comment":"#pool #sea"}""" },
        new("instagram carousel", "instagram", "carousel", "photo.jpg", "clip.mp4", "photo.jpg") { Finalise = ("POST", "/media_publish") },
        new("instagram reel", "instagram", "reel", "clip.mp4") { Finalise = ("POST", "/media_publish") },
        new("instagram story", "instagram", "story", "photo.jpg") { Finalise = ("POST", "/media_publish") },
        .. OtherPlatformCases.All,
        new("facebook text", "facebook", "post") { Finalise = ("POST", "/feed"), LinkUrl = "https://example.com/villa" },
        new("facebook photo with first comment", "facebook", "post", "photo.jpg") { Finalise = ("POST", "/feed"), Options = """{"first_comment":"Book at example.com"}""" },
        new("facebook photos", "facebook", "carousel", "photo.jpg", "photo.jpg", "photo.jpg") { Finalise = ("POST", "/feed") },
        new("facebook video", "facebook", "video", "clip.mp4") { Finalise = ("POST", "/videos"), FinaliseSkip = 4, Stub = new() { ["part_bytes"] = 80_000 } },
        new("facebook reel", "facebook", "reel", "clip.mp4") { Finalise = ("POST", "/video_reels"), FinaliseSkip = 1 },
        new("facebook photo story", "facebook", "story", "photo.jpg") { Finalise = ("POST", "/photo_stories") },
        new("facebook video story", "facebook", "story", "clip.mp4") { Finalise = ("POST", "/video_stories"), FinaliseSkip = 1 },
        new("tiktok video", "tiktok", "video", "clip.mp4") { Finalise = ("PUT", "/tiktok/upload/"), Options = Public },
        new("tiktok video in parts", "tiktok", "video", "long.mp4") { Finalise = ("PUT", "/tiktok/upload/"), FinaliseSkip = 1, Options = Public },
        new("tiktok private video", "tiktok", "video", "clip.mp4") { Finalise = ("PUT", "/tiktok/upload/"), Options = """{"privacy_level":"SELF_ONLY"}""" },
        new("tiktok photos", "tiktok", "carousel", "photo.jpg", "photo.jpg") { Finalise = ("POST", "/content/init/"), Options = Public, ProvesAbsence = false },
    ];

    /// <summary>The cases by name.</summary>
    public static readonly IReadOnlyDictionary<string, PlatformCase> All = Cases.ToDictionary(each => each.Name, StringComparer.Ordinal);

    /// <summary>Names of the cases, one a row.</summary>
    public static TheoryData<string> Names => [.. Cases.Select(each => each.Name)];
}
