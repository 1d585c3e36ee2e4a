using System.Text.Json.Nodes;

namespace Marketing.IntegrationTests.Social.Platforms;

/// <summary>What YouTube, X, LinkedIn and Pinterest publish.</summary>
internal static class OtherPlatformCases
{
    private const string Board = """{"board_id":"board-1","title":"Villa at dusk"}""";

    /// <summary>Settings that point the product at the stand-ins.</summary>
    public static readonly (string Setting, string Path)[] Addresses =
    [
        ("Social:YouTube:ApiUrl", "youtube"),
        ("Social:X:ApiUrl", "x/2"),
        ("Social:LinkedIn:ApiUrl", "linkedin/rest"),
        ("Social:Pinterest:ApiUrl", "pinterest/v5"),
    ];

    /// <summary>Settings with shorter waits and parts.</summary>
    public static readonly (string Setting, string Value)[] Settings =
    [
        ("Social:YouTube:RequestTimeout", "00:00:03"),
        ("Social:YouTube:PartBytes", "262144"),
        ("Social:X:RequestTimeout", "00:00:03"),
        ("Social:X:SegmentBytes", "262144"),
        ("Social:X:ShownWithin", "00:00:00.3"),
        ("Social:LinkedIn:RequestTimeout", "00:00:03"),
        ("Social:LinkedIn:FreshTokenWait", "00:00:00.1"),
        ("Social:LinkedIn:UnreadableImageWait", "00:00:01"),
        ("Social:LinkedIn:ShownWithin", "00:00:00.3"),
        ("Social:Pinterest:RequestTimeout", "00:00:03"),
        ("Social:Pinterest:UploadTimeout", "00:00:05"),
        ("Social:Pinterest:ShownWithin", "00:00:00.3"),
    ];

    /// <summary>The kinds of posts.</summary>
    public static readonly PlatformCase[] All =
    [
        YouTube(new("youtube video in parts", "youtube", "video", "parts.mp4") { Options = """{"title":"Villa at dusk","made_for_kids":false,"tags":["villa","pool side"]}""" }),
        YouTube(new("youtube short", "youtube", "reel", "clip.mp4")),
        X(new("x text", "twitter", "post")),
        X(new("x link", "twitter", "post") { LinkUrl = "https://example.com/villas?id=1&lang=en" }),
        X(new("x image", "twitter", "post", "photo.jpg") { Options = """{"alt_texts":["A pool"]}""" }),
        X(new("x images", "twitter", "carousel", "photo.jpg", "photo.jpg", "photo.jpg")),
        X(new("x video in parts", "twitter", "video", "parts.mp4")),
        LinkedIn(new("linkedin text", "linkedin", "post")),
        LinkedIn(new("linkedin link", "linkedin", "post") { LinkUrl = "https://example.com/villas", Options = """{"title":"Our villas","description":"By the sea"}""" }),
        LinkedIn(new("linkedin image", "linkedin", "post", "photo.jpg") { Options = """{"alt_texts":["A pool (blue)"]}""" }),
        LinkedIn(new("linkedin images", "linkedin", "carousel", "photo.jpg", "photo.jpg")),
        LinkedIn(new("linkedin video in parts", "linkedin", "video", "parts.mp4")),
        Pinterest(new("pinterest image", "pinterest", "post", "photo.jpg") { LinkUrl = "https://example.com/villas?id=1" }),
        Pinterest(new("pinterest images", "pinterest", "carousel", "photo.jpg", "photo.jpg")),
        Pinterest(new("pinterest video", "pinterest", "video", "clip.mp4")),
    ];

    /// <summary>A member's text at LinkedIn, which nobody can read back.</summary>
    public static readonly PlatformCase LinkedInMember = LinkedIn(new("linkedin member", "linkedin", "post") { ProvesAbsence = false, AccountPrefix = "urn:li:person:a" });

    private static PlatformCase YouTube(PlatformCase kind) => kind with { Finalise = ("PUT", "/youtube/youtube/v3/videos") };

    private static PlatformCase X(PlatformCase kind) => kind with { Finalise = ("POST", "/x/2/tweets") };

    private static PlatformCase LinkedIn(PlatformCase kind) => kind with { Finalise = ("POST", "/linkedin/rest/posts"), Stub = new JsonObject { ["part_bytes"] = 262_144 } };

    private static PlatformCase Pinterest(PlatformCase kind) => kind with { Finalise = ("POST", "/pinterest/v5/pins"), Options = Board };
}
