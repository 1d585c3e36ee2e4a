using System.Text;

namespace Marketing.Social.Platforms.Meta;

/// <summary>
/// Whether a caption read back is the one that was sent: Instagram may drop the @ of mentions, and trims. Behaviour seen in public
/// programs, not on Meta's pages.
/// </summary>
internal static class CaptionMatch
{
    /// <summary>True when both are the same text.</summary>
    public static bool IsSame(string? sent, string? readBack) => Plain(sent) == Plain(readBack);

    private static string Plain(string? caption) =>
        (caption ?? "").Replace("@", "", StringComparison.Ordinal).Replace("\r\n", "\n", StringComparison.Ordinal).Normalize(NormalizationForm.FormC).Trim();
}
