namespace Marketing.IntegrationTests.Social.Platforms;

/// <summary>Every kind of post that is published, and where the stand-ins answer.</summary>
public static class PlatformCases
{
    /// <summary>Settings that point the product at the stand-ins: the setting and the path below the stand-in's address.</summary>
    public static readonly (string Setting, string Path)[] Addresses =
    [
        ("Social:Instagram:GraphUrl", ""),
        .. OtherPlatformCases.Addresses,
    ];

    /// <summary>Settings with shorter waits, by platform.</summary>
    public static readonly (string Setting, string Value)[] Settings =
    [
        ("Social:Instagram:RequestTimeout", "00:00:03"),
        .. OtherPlatformCases.Settings,
    ];

    private static readonly PlatformCase[] Cases =
    [
        new("instagram image", "instagram", "post", "photo.jpg") { Finalise = ("POST", "/media_publish") },
        new("instagram image with first comment", "instagram", "post", "photo.jpg") { Finalise = ("POST", "/media_publish"), Options = """{"first_comment":"#pool #sea"}""" },
        new("instagram carousel", "instagram", "carousel", "photo.jpg", "clip.mp4", "photo.jpg") { Finalise = ("POST", "/media_publish") },
        new("instagram reel", "instagram", "reel", "clip.mp4") { Finalise = ("POST", "/media_publish") },
        new("instagram story", "instagram", "story", "photo.jpg") { Finalise = ("POST", "/media_publish") },
        .. OtherPlatformCases.All,
    ];

    /// <summary>The cases by name.</summary>
    public static readonly IReadOnlyDictionary<string, PlatformCase> All = Cases.ToDictionary(each => each.Name, StringComparer.Ordinal);

    /// <summary>Names of the cases, one a row.</summary>
    public static TheoryData<string> Names => [.. Cases.Select(each => each.Name)];
}
