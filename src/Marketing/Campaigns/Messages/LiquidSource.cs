using System.Text.RegularExpressions;

namespace Marketing.Campaigns.Messages;

/// <summary>
/// Limits of a template's text, checked before it is parsed: the parser calls itself for what is nested, and a process does not survive a full stack.
/// </summary>
internal static partial class LiquidSource
{
    private const int MaxTags = 5_000;
    private const int MaxTagLength = 2_000;
    private const int MaxNesting = 30;
    private const int MaxBrackets = 10;
    private static readonly HashSet<string> Blocks = ["if", "unless", "case", "for", "capture", "comment", "raw"];
    private static readonly HashSet<string> Others = ["elsif", "else", "when", "break", "continue", "assign", "cycle", .. Blocks.Select(block => $"end{block}")];

    /// <summary>What is wrong; null when nothing is.</summary>
    public static string? Problem(string source)
    {
        if (source.Length > LiquidSandbox.MaxSource) return $"The template has more than {LiquidSandbox.MaxSource} characters.";
        var (tags, nesting) = (0, 0);
        string? inside = null;
        foreach (var tag in Tag().EnumerateMatches(source))
        {
            var text = source.AsSpan(tag.Index, tag.Length);
            if (++tags > MaxTags) return $"The template has more than {MaxTags} Liquid tags.";
            if (text.Length > MaxTagLength) return $"A Liquid tag has more than {MaxTagLength} characters.";
            if (Brackets(text) > MaxBrackets) return $"Brackets in a Liquid tag are nested more than {MaxBrackets} deep.";
            if (text[1] != '%') continue;
            var name = Name().Match(text.ToString()).Groups[1].Value;
            if (inside is not null && name != $"end{inside}") continue;
            inside = name is "raw" or "comment" ? name : null;
            if (Blocks.Contains(name) && ++nesting > MaxNesting) return $"Liquid blocks are nested more than {MaxNesting} deep.";
            if (name.StartsWith("end", StringComparison.Ordinal)) nesting--;
            if (!Blocks.Contains(name) && !Others.Contains(name)) return $"There is no tag '{(name.Length > 40 ? name[..40] : name)}'. Tags: {string.Join(", ", Blocks.Order(StringComparer.Ordinal))}, elsif, else, when, break, continue, assign, cycle.";
        }
        return null;
    }

    /// <summary>Every Liquid tag and output of a text.</summary>
    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline)]
    public static partial Regex Tag();

    private static int Brackets(ReadOnlySpan<char> tag)
    {
        var (depth, most) = (0, 0);
        foreach (var letter in tag)
        {
            if (letter is '[' or '(') most = Math.Max(most, ++depth);
            if (letter is ']' or ')') depth--;
        }
        return most;
    }

    [GeneratedRegex(@"\A\{%-?\s*([^\s%-]*)")]
    private static partial Regex Name();
}
