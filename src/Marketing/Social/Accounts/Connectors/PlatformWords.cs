using System.Text.RegularExpressions;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>Makes a platform's sentence fit to be kept and shown: short, one line, and without anything that looks like a token, since some errors repeat the token sent.</summary>
internal static partial class PlatformWords
{
    private const int MaxLength = 300;

    /// <summary>The sentence; a substitute when there is none.</summary>
    public static string Clean(string? text, string otherwise)
    {
        if (string.IsNullOrWhiteSpace(text)) return otherwise;
        var line = TokenLike().Replace(Blank().Replace(text, " "), "…").Trim();
        return line.Length > MaxLength ? line[..MaxLength] + "…" : line;
    }

    // Letters, digits and the marks of base64url and JWT without a break, longer than any word or number of an error.
    [GeneratedRegex(@"[A-Za-z0-9_\-.~+/=|!]{28,}")]
    private static partial Regex TokenLike();

    [GeneratedRegex(@"[\s\p{C}]+")]
    private static partial Regex Blank();
}
