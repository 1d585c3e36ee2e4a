using System.Text;
using AngleSharp.Html.Parser;
using Marketing.Campaigns.Messages;
using Marketing.Operations.Outbound;

namespace Marketing.Campaigns.Preflight;

/// <summary>Looks at one message as a recipient gets it: the way out, the postal address, links, pictures, size.</summary>
internal static class CheckMessage
{
    /// <summary>From this size on Gmail shows a message cut off. Source: widely observed, about 102 KB of HTML; unverified.</summary>
    public const int ClipBytes = 102 * 1024;

    /// <summary>Subjects are cut off in most mailboxes from about this length. Source: unverified.</summary>
    public const int LongSubject = 150;

    private const int MaxFindings = 20;

    /// <summary>Everything wrong with a message.</summary>
    /// <param name="field">The variant, as the field to blame.</param>
    /// <param name="message">The message, without tracking, so that links are those that were written.</param>
    /// <param name="recipient">Whose it is.</param>
    /// <param name="postalAddress">Postal address that it must show; empty when none is set.</param>
    public static IEnumerable<Finding> Run(string field, RenderedMessage message, Recipient recipient, string postalAddress)
    {
        var document = new HtmlParser().ParseDocument(message.Html);
        var links = document.QuerySelectorAll("a[href], area[href]").Select(link => link.GetAttribute("href")!).ToList();
        var ways = new[] { recipient.OneClick.AbsoluteUri, recipient.UnsubscribePage.AbsoluteUri };
        if (!links.Any(ways.Contains)) yield return Finding.Error($"{field}.content_id", "no_unsubscribe_link", "The message has no link by which a recipient leaves.", "Write <a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>, or leave the footer to us.");
        if (!ways.Any(way => message.Text.Contains(way, StringComparison.Ordinal))) yield return Finding.Error($"{field}.content_id", "no_unsubscribe_link", "The plain-text part has no link by which a recipient leaves.", "Write the link as a link, not as a picture alone.");
        if (postalAddress.Length == 0) yield return Finding.Error("settings.postal_address", "no_postal_address", "There is no postal address.", "Set Email:PostalAddress, or settings.postal_address of this campaign.");
        else if (!Flat(document.Body?.TextContent ?? "").Contains(Flat(postalAddress), StringComparison.Ordinal)) yield return Finding.Error($"{field}.content_id", "no_postal_address", "The message does not show the postal address.", "Write {{ sender.postal_address }} where it can be read.");
        foreach (var finding in links.Except(ways).Distinct(StringComparer.Ordinal).Select(link => Link(field, link)).OfType<Finding>().Take(MaxFindings)) yield return finding;
        foreach (var source in document.QuerySelectorAll("img").Select(image => image.GetAttribute("src") ?? "").Distinct(StringComparer.Ordinal).Where(source => !IsPublic(source, out _)).Take(MaxFindings))
            yield return Finding.Error($"{field}.content_id", "broken_image", $"A picture comes from '{Short(source)}', which no recipient can reach.", "Use an absolute https address of a public host.");
        if (document.QuerySelectorAll("img:not([alt])").Length is > 0 and var unnamed) yield return Finding.Warning($"{field}.content_id", "image_without_text", $"{unnamed} pictures have no text for those who do not see them.", "Give each an alt text, empty for decoration.");
        var bytes = Encoding.UTF8.GetByteCount(message.Html);
        if (bytes > ClipBytes) yield return Finding.Warning($"{field}.content_id", "clipped", $"The HTML has {bytes} bytes; Gmail cuts messages off from about {ClipBytes}, and the way out with them.", "Shorten the message, or move parts of it to a page.");
        if (message.Subject.Length > LongSubject) yield return Finding.Warning($"{field}.subject", "long_subject", $"The subject has {message.Subject.Length} characters; most mailboxes show fewer than {LongSubject}.", "Say it shorter, the most important first.");
    }

    private static Finding? Link(string field, string link)
    {
        if (link.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) || link.StartsWith("tel:", StringComparison.OrdinalIgnoreCase) || (link.Length > 1 && link[0] == '#')) return null;
        if (!IsPublic(link, out var isPlain)) return Finding.Error($"{field}.content_id", "broken_link", link == "#" ? "A link leads nowhere: its address is none of the web, mail or telephone, or is empty for a recipient." : $"The link '{Short(link)}' leads to no public host.", "Write an absolute address that begins with https://.");
        return isPlain ? Finding.Warning($"{field}.content_id", "plain_http", $"The link '{Short(link)}' is not encrypted.", "Begin it with https://.") : null;
    }

    private static bool IsPublic(string address, out bool isPlain)
    {
        isPlain = address.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        return Uri.TryCreate(address, UriKind.Absolute, out var target) && PublicAddress.Problem(target, allowHttp: true) is null;
    }

    private static string Short(string text) => text.Length > 200 ? $"{text[..200]}…" : text;

    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
