using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Marketing.Campaigns.Messages;

/// <summary>The plain-text part of a message: paragraphs by empty lines, items by dashes, addresses behind their words.</summary>
internal static partial class HtmlToText
{
    private const int MaxDepth = 200;
    private static readonly HashSet<string> Blocks = ["P", "DIV", "H1", "H2", "H3", "H4", "H5", "H6", "UL", "OL", "TABLE", "BLOCKQUOTE", "PRE", "SECTION", "ARTICLE", "HEADER", "FOOTER"];
    private static readonly HashSet<string> Unseen = ["SCRIPT", "STYLE", "HEAD", "TITLE", "TEMPLATE"];

    /// <summary>Draws the text from a page.</summary>
    /// <param name="page">The page, with Liquid as words.</param>
    /// <param name="restore">Brings Liquid back.</param>
    public static string Run(string page, Func<string, string> restore)
    {
        var text = new StringBuilder();
        Write(new HtmlParser().ParseDocument(page).Body!, text, 0);
        return restore(Spaces().Replace(LineEnds().Replace(text.ToString().Replace(CompiledMessage.PixelMark.ToString(), "", StringComparison.Ordinal), "\n"), "\n\n").Trim());
    }

    private static void Write(INode node, StringBuilder text, int depth)
    {
        if (depth > MaxDepth) return;
        foreach (var child in node.ChildNodes)
        {
            if (child is IText words) text.Append(Whitespace().Replace(words.Data, " "));
            if (child is not IElement element || Unseen.Contains(element.TagName) || element.ClassList.Contains("preheader")) continue;
            if (element.TagName == "BR") text.Append('\n');
            else if (element.TagName == "HR") text.Append("\n\n---\n\n");
            else if (element is IHtmlImageElement image) text.Append(image.AlternativeText);
            else if (Blocks.Contains(element.TagName)) Block(element, text, depth);
            else if (element.TagName is "LI" or "TR") Line(element, text, depth);
            else if (element.TagName is "TD" or "TH") Cell(element, text, depth);
            else if (element.TagName == "A") Link(element, text, depth);
            else Write(element, text, depth + 1);
        }
    }

    private static void Block(IElement element, StringBuilder text, int depth)
    {
        text.Append("\n\n");
        Write(element, text, depth + 1);
        text.Append("\n\n");
    }

    private static void Line(IElement element, StringBuilder text, int depth)
    {
        text.Append(element.TagName == "LI" ? "\n- " : "\n");
        Write(element, text, depth + 1);
    }

    private static void Cell(IElement element, StringBuilder text, int depth)
    {
        Write(element, text, depth + 1);
        text.Append(' ');
    }

    private static void Link(IElement element, StringBuilder text, int depth)
    {
        var before = text.Length;
        Write(element, text, depth + 1);
        var address = element.GetAttribute("href")?.Trim() ?? "";
        if (address.Length == 0 || address.StartsWith('#')) return;
        var words = text.ToString(before, text.Length - before).Trim();
        var shown = address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? address["mailto:".Length..] : address;
        if (words != shown) text.Append(words.Length == 0 ? shown : $" ({shown})");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();

    [GeneratedRegex(@"[ \t]+\n")]
    private static partial Regex LineEnds();

    [GeneratedRegex(@"[ \t]*\n[ \t]*\n[ \t\n]*")]
    private static partial Regex Spaces();
}
