using System.Globalization;
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
    private const int MaxRange = 1_000;
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
            if (Range(text.ToString()) is { } range) return range;
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

    // A range becomes a list before its loop begins, so its length must be known here.
    private static string? Range(string tag)
    {
        if (!tag.Contains("..", StringComparison.Ordinal)) return null;
        var code = Quoted().Replace(tag, "''");
        if (Dots().Count(code) != Literal().Count(code)) return "A range in the template has two whole numbers, for example (1..5).";
        foreach (Match range in Literal().Matches(code))
        {
            var (first, last) = (int.Parse(range.Groups[1].ValueSpan, CultureInfo.InvariantCulture), int.Parse(range.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
            if (last - first > MaxRange) return $"A range in the template has at most {MaxRange} numbers.";
        }
        return null;
    }

    [GeneratedRegex("'[^']*'|\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\.\.")]
    private static partial Regex Dots();

    [GeneratedRegex(@"\(\s*([0-9]{1,6})\s*\.\.\s*([0-9]{1,6})\s*\)")]
    private static partial Regex Literal();

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
