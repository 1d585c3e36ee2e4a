using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Marketing.Social.Platforms.X;

/// <summary>
/// Whether a post read back is the one that was sent: X shortens links to t.co, appends a link for media, and escapes &amp;, &lt; and &gt;.
/// </summary>
internal static partial class PostMatch
{
    /// <summary>True when both are the same text.</summary>
    public static bool IsSame(string sent, XPost post)
    {
        var (text, entities) = post.NoteTweet is { Text: { } note } ? (note, post.NoteTweet.Entities ?? post.Entities) : (post.Text ?? "", post.Entities);
        foreach (var link in entities?.Urls ?? [])
        {
            if (link is not { Url: { Length: > 0 } shortened, ExpandedUrl: { } expanded }) continue;
            text = text.Replace(shortened, LinkOfMedium().IsMatch(expanded) ? "" : expanded, StringComparison.Ordinal);
        }
        return Plain(sent) == Plain(WebUtility.HtmlDecode(text));
    }

    private static string Plain(string text) =>
        LinkEnd().Replace(text.Replace("\r\n", "\n", StringComparison.Ordinal).Normalize(NormalizationForm.FormC), "$1").Trim();

    // X links a medium of the post itself so; form unverified.
    [GeneratedRegex(@"^https://(x|twitter)\.com/[^/]+/status/\d+/(photo|video)/\d+$")]
    private static partial Regex LinkOfMedium();

    [GeneratedRegex(@"(https?://\S*[^/\s])/+(?=\s|$)")]
    private static partial Regex LinkEnd();
}
