using System.Globalization;
using System.Text.Json;

namespace Marketing.Social.Preflight;

/// <summary>Findings about the text: length, hashtags, mentions, links.</summary>
internal static class CaptionRules
{
    /// <summary>The text as it goes out and its length, for an answer.</summary>
    public static (string Text, int Length, CaptionRule Rule) Measure(Draft draft)
    {
        var text = CaptionText.Compose(draft.Post);
        if (draft.Rules.Link == LinkUse.Text && draft.Post.LinkUrl is { Length: > 0 } link && !text.Contains(link, StringComparison.Ordinal)) text = text.Length == 0 ? link : $"{text} {link}";
        var rule = draft.Type?.Caption ?? draft.Rules.Caption;
        if (rule.Unit == CaptionUnit.Weighted && draft.Option("max_length") is { ValueKind: JsonValueKind.Number } own && own.TryGetInt32(out var longer) && longer > rule.Max) rule = rule with { Max = longer };
        return (text, CountCaption.Run(text, rule.Unit), rule);
    }

    public static IEnumerable<Finding> Check(Draft draft)
    {
        var (rules, post) = (draft.Rules, draft.Post);
        var (text, length, rule) = Measure(draft);
        if (length > rule.Max)
            yield return Finding.Error("caption", "caption_too_long", $"{rule.Max} {CountCaption.Name(rule.Unit)}", Text(length), $"Shorten caption, hashtags and mentions together by {length - rule.Max}: {rules.Name} takes {rule.Max} {CountCaption.Name(rule.Unit)}.");
        if (CaptionText.CountHashtags(text) is var hashtags && hashtags > rules.MaxHashtags)
            yield return Finding.Error("hashtags", "too_many_hashtags", Text(rules.MaxHashtags), Text(hashtags), $"Remove {hashtags - rules.MaxHashtags} hashtags: {rules.Name} takes at most {rules.MaxHashtags}.");
        if (CaptionText.CountMentions(text) is var mentions && mentions > rules.MaxMentions)
            yield return Finding.Error("mentions", "too_many_mentions", Text(rules.MaxMentions), Text(mentions), $"Remove {mentions - rules.MaxMentions} mentions: {rules.Name} takes at most {rules.MaxMentions}.");
        if (rules.ForbiddenInCaption.Length > 0 && text.AsSpan().IndexOfAny(rules.ForbiddenInCaption) is >= 0 and var at)
            yield return Finding.Error("caption", "forbidden_character", $"none of {rules.ForbiddenInCaption}", text[at].ToString(), $"Remove '{text[at]}': {rules.Name} refuses texts that hold it.");
        if (text.Length == 0 && post.MediaUrls is null or { Length: 0 } && post.LinkUrl is null && draft.Type is { MinItems: 0 })
            yield return Finding.Error("caption", "nothing_to_publish", null, null, "Write a caption, or add media.");
        if (post.LinkUrl is { } link)
        {
            if (rules.Link == LinkUse.None)
                yield return Finding.Warning("link_url", "link_not_shown", null, link, $"{rules.Name} shows no link with a post: readers will not see link_url. Put it into the profile, or remove it.");
            else if (link.Length > 2048)
                yield return Finding.Error("link_url", "link_too_long", "2048", Text(link.Length), "Shorten link_url to 2048 characters.");
            else if (rules is { Link: LinkUse.Field } && post.MediaUrls is { Length: > 0 } && rules.Platform is "facebook" or "linkedin")
                yield return Finding.Warning("link_url", "link_beside_media", null, link, $"{rules.Name} shows a link's preview or media, not both: with media_urls the link is not shown. Remove one of them, or put the link into the caption.");
        }
        if (rules.Platform == "twitter" && Links(text)) yield return Finding.Warning("caption", "link_costs_more", null, null, "X charges a post with a link more than ten times as much as one without.");
    }

    private static bool Links(string text) => text.Contains("https://", StringComparison.OrdinalIgnoreCase) || text.Contains("http://", StringComparison.OrdinalIgnoreCase);

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
