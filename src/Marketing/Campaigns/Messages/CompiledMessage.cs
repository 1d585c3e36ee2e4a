using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Marketing.Campaigns.Events;

namespace Marketing.Campaigns.Messages;

/// <summary>A message that is ready to render for any recipient. Safe for many threads at once; bounded in steps, size and time by <see cref="LiquidSandbox"/>.</summary>
internal sealed partial class CompiledMessage(string variant, LiquidTemplate subject, LiquidTemplate html, LiquidTemplate text, TrackingLinks? tracking, MessageFrame frame)
{
    /// <summary>Stands before the address of a link.</summary>
    public const char LinkStart = '\uE000';

    /// <summary>Stands behind the address of a link.</summary>
    public const char LinkEnd = '\uE001';

    /// <summary>Stands where the pixel goes.</summary>
    public const char PixelMark = '\uE002';

    /// <summary>Longest subject, in characters. Source: RFC 5322, 2.1.1, a line of at most 998 characters, less the name of the header.</summary>
    public const int MaxSubject = 980;

    /// <summary>Values beside the contact that templates may use.</summary>
    public static readonly IReadOnlyList<string> KnownNames = ["contact", "campaign.id", "campaign.name", "sender.company", "sender.postal_address", "unsubscribe_url", "preferences_url"];

    private static readonly HashSet<string> Schemes = ["http", "https", "mailto", "tel"];

    /// <summary>Name of the variant.</summary>
    public string Variant => variant;

    /// <summary>Postal address that the message shows; empty when none is set.</summary>
    public string PostalAddress => frame.PostalAddress;

    /// <summary>What subject and content use.</summary>
    public IReadOnlyList<LiquidNames> Names { get; } = [subject.Names, html.Names, text.Names];

    /// <summary>Renders for one recipient.</summary>
    /// <exception cref="MessageRenderException">It cannot be made for this recipient.</exception>
    public RenderedMessage Render(Recipient recipient)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["contact"] = recipient.Contact.ToDictionary(fact => fact.Key, fact => fact.Value is string value ? PrivateUse().Replace(value, "") : fact.Value, StringComparer.Ordinal),
            ["campaign"] = new Dictionary<string, object?> { ["id"] = frame.CampaignCode, ["name"] = frame.CampaignName },
            ["sender"] = new Dictionary<string, object?> { ["company"] = frame.Company, ["postal_address"] = frame.PostalAddress },
            ["unsubscribe_url"] = recipient.OneClick.AbsoluteUri,
            ["preferences_url"] = recipient.UnsubscribePage.AbsoluteUri,
        };
        var line = Breaks().Replace(LiquidSandbox.Render(subject, values, asHtml: false), " ").Trim();
        if (line.Length is 0 or > MaxSubject) throw new MessageRenderException(line.Length == 0 ? "subject: it is empty." : $"subject: it has more than {MaxSubject} characters.");
        return new RenderedMessage(line, Links(LiquidSandbox.Render(html, values, asHtml: true), recipient), Blank().Replace(LiquidSandbox.Render(text, values, asHtml: false), "\n\n").Trim() + "\n", Headers(recipient));
    }

    // One pass: each marked address is checked, and recorded by our link where we record.
    private string Links(string page, Recipient recipient)
    {
        var result = new StringBuilder(page.Length + 1_000);
        var at = 0;
        while (page.AsSpan(at).IndexOfAny(LinkStart, PixelMark) is >= 0 and var next)
        {
            result.Append(page, at, next);
            at += next + 1;
            if (page[at - 1] == PixelMark)
            {
                if (tracking is not null) result.Append($"""<img src="{tracking.Pixel(Message(recipient, null)).AbsoluteUri}" width="1" height="1" alt="">""");
                continue;
            }
            var end = page.IndexOf(LinkEnd, at);
            if (end < 0) throw new MessageRenderException("content: a Liquid tag stands across the end of a link's address.");
            result.Append(HtmlEncoder.Default.Encode(Target(WebUtility.HtmlDecode(page[at..end]).Trim(), recipient)));
            at = end + 1;
        }
        return result.Append(page, at, page.Length - at).ToString();
    }

    private string Target(string address, Recipient recipient)
    {
        if (address.StartsWith('#')) return address;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var target) || !Schemes.Contains(target.Scheme)) return "#";
        var isOwn = address == recipient.OneClick.AbsoluteUri || address == recipient.UnsubscribePage.AbsoluteUri;
        return tracking is null || isOwn || target.Scheme is not ("http" or "https") || address.Length > TrackingLinks.MaxUrlLength ? address : tracking.Click(Message(recipient, address)).AbsoluteUri;
    }

    private TrackedMessage Message(Recipient recipient, string? url) => new(frame.CampaignId, recipient.ContactId, recipient.SendId, variant, url);

    // RFC 8058: both headers, an https address, the exact second one. RFC 2919: List-Id.
    private Dictionary<string, string> Headers(Recipient recipient) => new(StringComparer.Ordinal)
    {
        ["List-Unsubscribe"] = $"<{recipient.OneClick.AbsoluteUri}>",
        ["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click",
        ["List-Id"] = $"<{(frame.List.Length == 0 ? "marketing" : frame.List)}.{frame.ListDomain}>",
    };

    [GeneratedRegex(@"[\p{C}\s]+")]
    private static partial Regex Breaks();

    [GeneratedRegex(@"\n[ \t]*\n\s*")]
    private static partial Regex Blank();

    [GeneratedRegex(@"[\uE000-\uE00F]")]
    private static partial Regex PrivateUse();
}
