using System.Text.Json.Nodes;

namespace Marketing.IntegrationTests.Social.Platforms;

/// <summary>One kind of post on one platform, for the tests that every platform must pass.</summary>
/// <param name="Name">Shown by the test runner.</param>
/// <param name="Platform">Value of <c>social_accounts.platform</c>.</param>
/// <param name="PostType">Value of <c>social_posts.post_type</c>.</param>
/// <param name="Media">Files of the post: <c>photo.jpg</c>, <c>clip.mp4</c> (small), <c>parts.mp4</c> (700 KB), <c>long.mp4</c> (18 MB) or <c>fake.mp4</c> (no video).</param>
public sealed record PlatformCase(string Name, string Platform, string PostType, params string[] Media)
{
    /// <summary>Begin of the caption; the post's key follows.</summary>
    public string Caption { get; init; } = "Slow mornings ";

    /// <summary>Options of the post, as JSON.</summary>
    public string? Options { get; init; }

    /// <summary>Value of <c>social_posts.link_url</c>.</summary>
    public string? LinkUrl { get; init; }

    /// <summary>What stands before the number in the platform's id of the account.</summary>
    public string AccountPrefix { get; init; } = "";

    /// <summary>How the stand-in's account behaves.</summary>
    public JsonObject Stub { get; init; } = [];

    /// <summary>Part of the path of the call that makes the post visible, with its method.</summary>
    public (string Method, string Path) Finalise { get; init; } = ("POST", "");

    /// <summary>How many calls of that path come before it, as where a path takes several phases.</summary>
    public int FinaliseSkip { get; init; }

    /// <summary>False where the platform cannot prove that a post is not out: a lost answer may then end as unconfirmed, for a person to look at.</summary>
    public bool ProvesAbsence { get; init; } = true;

    public override string ToString() => Name;
}
