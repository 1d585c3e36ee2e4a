using System.Text.RegularExpressions;
using Marketing.Data;

namespace Marketing.Social.Preflight;

/// <summary>The caption as it goes out: the column <c>caption</c>, then those of <c>mentions</c> and <c>hashtags</c> that it does not contain yet.</summary>
public static partial class CaptionText
{
    /// <summary>Composes the text. Hashtags and mentions may be stored with or without their sign.</summary>
    public static string Compose(SocialPost post)
    {
        var caption = (post.Caption ?? "").Trim();
        var present = Marks().Matches(caption).Select(mark => mark.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = Signed('@', post.Mentions).Concat(Signed('#', post.Hashtags)).Where(present.Add);
        var line = string.Join(' ', missing);
        return (caption, line) switch
        {
            (_, "") => caption,
            ("", _) => line,
            _ => $"{caption}\n\n{line}",
        };
    }

    /// <summary>Number of hashtags in a composed caption.</summary>
    public static int CountHashtags(string caption) => Marks().Matches(caption).Count(mark => mark.Value[0] == '#');

    /// <summary>Number of mentions in a composed caption.</summary>
    public static int CountMentions(string caption) => Marks().Matches(caption).Count(mark => mark.Value[0] == '@');

    private static IEnumerable<string> Signed(char sign, string[]? words) =>
        (words ?? []).Select(word => word.Trim().TrimStart(sign)).Where(word => word.Length > 0).Select(word => sign + word);

    [GeneratedRegex(@"(?<![\w/&])[#@][\w][\w.]*(?<!\.)")]
    private static partial Regex Marks();
}
