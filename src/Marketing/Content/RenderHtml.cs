using Ganss.Xss;
using Markdig;

namespace Marketing.Content;

/// <summary>Makes HTML that may be put into a page of ours: from Markdown, or from HTML of a caller.</summary>
public static class RenderHtml
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoLinks().UseFootnotes().UseEmphasisExtras().Build();

    /// <summary>Renders Markdown, then removes what could run: scripts, event handlers, addresses that are none of the web or mail.</summary>
    public static string FromMarkdown(string markdown) => Sanitise(Markdown.ToHtml(markdown, Pipeline));

    /// <summary>Removes what could run from HTML.</summary>
    public static string Sanitise(string html)
    {
        var sanitizer = new HtmlSanitizer();
        sanitizer.AllowedSchemes.Add("mailto");
        sanitizer.AllowedSchemes.Add("tel");
        return sanitizer.Sanitize(html).Trim();
    }
}
