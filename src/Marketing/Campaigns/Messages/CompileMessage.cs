using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Marketing.Campaigns.Events;
using Marketing.Content;

namespace Marketing.Campaigns.Messages;

/// <summary>
/// Makes a message ready to render: Markdown becomes HTML, the message enters its layout, footer and page, style is written into the elements, the plain-text
/// part is drawn from it. All of that happens once for a campaign; what remains for each recipient is Liquid and links.
/// <para>Raw HTML in Markdown is kept as far as <see cref="RenderHtml"/> allows: nothing that runs.</para>
/// </summary>
internal sealed partial class CompileMessage(TrackingLinks tracking)
{
    private const string BaseCss = """
        body { margin: 0; padding: 0; background: #ffffff; color: #1f2933; font-family: Helvetica, Arial, sans-serif; font-size: 16px; line-height: 1.5; }
        .message { max-width: 640px; margin: 0 auto; padding: 24px; }
        .message img { max-width: 100%; height: auto; }
        .message a { color: #0b5cad; }
        .footer { max-width: 640px; margin: 0 auto; padding: 24px; color: #52606d; font-size: 13px; }
        .footer a { color: #52606d; }
        .preheader { display: none; max-height: 0; overflow: hidden; }
        """;

    /// <summary>Makes the message.</summary>
    /// <param name="variant">Name of the variant.</param>
    /// <param name="source">What it is made from.</param>
    /// <param name="settings">How it looks.</param>
    /// <param name="frame">What all messages of the campaign share.</param>
    /// <exception cref="MessageRenderException">Content or subject cannot be understood; the message says why.</exception>
    public CompiledMessage Run(string variant, MessageSource source, MessageSettings settings, MessageFrame frame)
    {
        var subject = Parse(Clean(source.Subject), "subject");
        var protect = new ProtectLiquid([source.Body ?? "", source.Html ?? "", source.Layout ?? "", settings.Preheader, .. Footers]);
        var page = Page(Fragment(source, protect), source, settings);
        if (LiquidSource.Problem(page) is { } problem) throw new MessageRenderException($"content: {problem}");
        var html = Style(page, settings, protect);
        var text = HtmlToText.Run(protect.AsWords(page), protect.Restore);
        return new CompiledMessage(variant, subject, Parse(html, "content"), Parse(text, "content"), settings.Tracking == "own" ? tracking : null, frame);
    }

    // A body that was not written as HTML has its HTML from its Markdown; then Liquid is taken from the Markdown, where it stands as it was written.
    private static string Fragment(MessageSource source, ProtectLiquid protect)
    {
        if (source.Html is { } html && (source.Body is not { } written || html != RenderHtml.FromMarkdown(written))) return Clean(html);
        return source.Body is { } body ? protect.Restore(RenderHtml.FromMarkdown(protect.AsWords(TagLine().Replace(Clean(body), "\n$1\n")))) : throw new MessageRenderException("content: it has neither content_body nor content_html.");
    }

    private static readonly string[] Footers =
    [
        """<p>{{ sender.company }}{% if sender.company != "" and sender.postal_address != "" %} · {% endif %}{{ sender.postal_address }}</p>""",
        """<p><a href="{{ unsubscribe_url }}">Unsubscribe</a> · <a href="{{ preferences_url }}">Email preferences</a></p>""",
    ];

    private static string Page(string fragment, MessageSource source, MessageSettings settings)
    {
        var body = source.Layout is { } layout && Slot().IsMatch(layout) ? Slot().Replace(Clean(layout), _ => fragment, 1) : $"""<div class="message">{fragment}</div>""";
        // What the law demands stands in every message; an author who writes it places it.
        var footer = string.Concat(Footers.Where((_, index) => index == 0 ? !body.Contains("sender.postal_address", StringComparison.Ordinal) : !body.Contains("unsubscribe_url", StringComparison.Ordinal)));
        var preheader = settings.Preheader.Length == 0 ? "" : $"""<div class="preheader">{Clean(settings.Preheader)}</div>""";
        return $"""
            <!DOCTYPE html><html lang="{WebUtility.HtmlEncode(settings.Language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title></title></head>
            <body>{preheader}{body}{(footer.Length == 0 ? "" : $"""<div class="footer">{footer}</div>""")}{CompiledMessage.PixelMark}</body></html>
            """;
    }

    private static string Style(string page, MessageSettings settings, ProtectLiquid protect)
    {
        var document = new HtmlParser().ParseDocument(protect.AsComments(page));
        foreach (var link in document.QuerySelectorAll("a[href], area[href]"))
            link.SetAttribute("href", $"{CompiledMessage.LinkStart}{link.GetAttribute("href")}{CompiledMessage.LinkEnd}");
        using var mailer = new PreMailer.Net.PreMailer(document.DocumentElement.OuterHtml);
        var inlined = mailer.MoveCssInline(removeStyleElements: false, css: BaseCss + settings.Css, preserveMediaQueries: true);
        return $"<!DOCTYPE html>{protect.Restore(inlined.Html.Replace("<!DOCTYPE html>", "", StringComparison.OrdinalIgnoreCase).TrimStart())}";
    }

    private static LiquidTemplate Parse(string source, string part) =>
        LiquidSandbox.TryParse(source, out var template) is { } problem ? throw new MessageRenderException($"{part}: {problem}") : template!;

    // The marks for links and pixel are characters for private use, which no text of a person holds.
    private static string Clean(string text) => PrivateUse().Replace(text, "");

    [GeneratedRegex(@"[\uE000-\uE00F]")]
    private static partial Regex PrivateUse();

    // A line of one tag is no text: empty lines around it keep it out of the paragraphs beside it.
    [GeneratedRegex(@"^[ \t]*(\{%[^\n]*?%\})[ \t]*\r?$", RegexOptions.Multiline)]
    private static partial Regex TagLine();

    [GeneratedRegex(@"\{\{-?\s*content\s*-?\}\}")]
    private static partial Regex Slot();
}
