using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Marketing.Campaigns.Messages;

/// <summary>
/// Keeps Liquid out of the way of what reads Markdown and HTML: each tag becomes a word of lower-case letters and digits, or between elements a comment,
/// which may stand also where a table allows no text; later each becomes itself again.
/// </summary>
internal sealed class ProtectLiquid
{
    private readonly List<string> tags = [];
    private readonly string word;

    /// <summary>For texts of one message.</summary>
    /// <param name="texts">All texts that will be protected; the words are ones that none of them holds.</param>
    public ProtectLiquid(params IEnumerable<string> texts)
    {
        var all = texts.ToList();
        word = "lqz";
        while (all.Any(text => text.Contains(word, StringComparison.OrdinalIgnoreCase))) word += "q";
    }

    /// <summary>Tags as words.</summary>
    public string AsWords(string text) => LiquidSource.Tag().Replace(text, tag => Word(tag.Value));

    /// <summary>Tags between elements as comments, those within an element as words.</summary>
    public string AsComments(string html)
    {
        var result = new StringBuilder(html.Length);
        var at = 0;
        var isInElement = false;
        var quote = '\0';
        foreach (Match tag in LiquidSource.Tag().Matches(html))
        {
            for (; at < tag.Index; at++)
            {
                var letter = html[at];
                result.Append(letter);
                if (isInElement && quote == '\0' && letter is '"' or '\'') quote = letter;
                else if (isInElement && letter == quote) quote = '\0';
                else if (letter == '<' && !isInElement && at + 1 < html.Length && (char.IsAsciiLetter(html[at + 1]) || html[at + 1] == '/')) isInElement = true;
                else if (letter == '>' && quote == '\0') isInElement = false;
            }
            result.Append(isInElement ? Word(tag.Value) : $"<!--{Word(tag.Value)}-->");
            at += tag.Length;
        }
        return result.Append(html, at, html.Length - at).ToString();
    }

    /// <summary>Words and comments as the tags that they stood for. A paragraph of one tag that prints nothing loses its element.</summary>
    public string Restore(string text)
    {
        var number = $"{word}([0-9]+)z";
        text = Regex.Replace(text, $@"<p>\s*{number}\s*</p>", match => Find(match.Groups[1].Value) is var tag && tag[1] == '%' ? tag : match.Value, RegexOptions.None, Limit);
        return Regex.Replace(text, $@"<!--{number}-->|{number}(?:="""")?", match => Find(match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value), RegexOptions.None, Limit);
    }

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private string Word(string tag)
    {
        tags.Add(tag);
        return string.Create(CultureInfo.InvariantCulture, $"{word}{tags.Count - 1}z");
    }

    private string Find(string number) => tags[int.Parse(number, CultureInfo.InvariantCulture)];
}
