using System.Text.RegularExpressions;
using Ganss.Xss;
using Markdig;

namespace Marketing.Content;

/// <summary>Makes HTML that may be put into a page of ours: from Markdown, or from HTML of a caller.</summary>
public static partial class RenderHtml
{
    /// <summary>Elements within each other. What parses and writes HTML needs time by the square of it and calls itself for each; a process does not survive a full stack.</summary>
    public const int MaxDepth = 500;

    // Elements that need no end, so that their beginnings say nothing of depth.
    private static readonly HashSet<string> Endless = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup", "rp", "rt",
    };

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoLinks().UseFootnotes().UseEmphasisExtras().Build();

    /// <summary>Renders Markdown, then removes what could run: scripts, event handlers, addresses that are none of the web or mail.</summary>
    /// <exception cref="FormatException">It is nested too deep; the message may be shown.</exception>
    public static string FromMarkdown(string markdown)
    {
        string html;
        try
        {
            html = Markdown.ToHtml(markdown, Pipeline);
        }
        catch (ArgumentException deep)
        {
            throw new FormatException("Quotations, lists or brackets are nested too deep.", deep);
        }
        return Sanitise(html);
    }

    /// <summary>Removes what could run from HTML.</summary>
    /// <exception cref="FormatException">It is nested more than <see cref="MaxDepth"/> deep; the message may be shown.</exception>
    public static string Sanitise(string html)
    {
        var depth = 0;
        foreach (Match tag in Tag().Matches(html))
        {
            if (Endless.Contains(tag.Groups[2].Value)) continue;
            depth = tag.Groups[1].Length > 0 ? Math.Max(0, depth - 1) : depth + 1;
            if (depth > MaxDepth) throw new FormatException($"Elements are nested more than {MaxDepth} deep, or are not closed.");
        }
        var sanitizer = new HtmlSanitizer();
        sanitizer.AllowedSchemes.Add("mailto");
        sanitizer.AllowedSchemes.Add("tel");
        return sanitizer.Sanitize(html).Trim();
    }

    [GeneratedRegex("<(/?)([A-Za-z][A-Za-z0-9]*)")]
    private static partial Regex Tag();
}
