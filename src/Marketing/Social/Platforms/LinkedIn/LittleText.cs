using System.Text;
using System.Text.RegularExpressions;

namespace Marketing.Social.Platforms.LinkedIn;

/// <summary>
/// LinkedIn's format of a post's text: reserved characters are escaped, hashtags are templates. An unescaped parenthesis would cut the
/// text without a word. Source: LinkedIn, "Little Text Format".
/// </summary>
internal static partial class LittleText
{
    private const string Reserved = @"\|{}@[]()<>#*_~";

    /// <summary>Writes a plain text; its hashtags become links.</summary>
    public static string Write(string text)
    {
        var written = new StringBuilder(text.Length + 32);
        var position = 0;
        foreach (Match tag in Hashtags().Matches(text))
        {
            written.Append(Escape(text[position..tag.Index])).Append(@"{hashtag|\#|").Append(Escape(tag.Value[1..])).Append('}');
            position = tag.Index + tag.Length;
        }
        return written.Append(Escape(text[position..])).ToString();
    }

    /// <summary>Escapes each reserved character.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (Reserved.Contains(character)) escaped.Append('\\');
            escaped.Append(character);
        }
        return escaped.ToString();
    }

    /// <summary>The plain text of what LinkedIn gives back.</summary>
    public static string Read(string written) =>
        Escapes().Replace(Mentions().Replace(Templates().Replace(written, "$1$2"), "$1"), "$1");

    [GeneratedRegex(@"(?<![\w/&])#\w+")]
    private static partial Regex Hashtags();

    [GeneratedRegex(@"\{hashtag\|(\\?[#＃])\|((?:[^\\}]|\\.)*)\}")]
    private static partial Regex Templates();

    [GeneratedRegex(@"(?<!\\)@\[((?:[^\\\]]|\\.)*)\]\(urn:li:[^)]*\)")]
    private static partial Regex Mentions();

    [GeneratedRegex(@"\\([\\|{}@\[\]()<>#*_~])")]
    private static partial Regex Escapes();
}
