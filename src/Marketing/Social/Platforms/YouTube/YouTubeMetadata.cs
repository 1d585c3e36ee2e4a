using System.Text;

namespace Marketing.Social.Platforms.YouTube;

/// <summary>What a post becomes as a video's texts and declarations. Source of the limits: YouTube Data API, "Videos".</summary>
internal static class YouTubeMetadata
{
    // Characters, and bytes of UTF-8.
    private const int MaxTitle = 100;
    private const int MaxDescriptionBytes = 5_000;
    private const int MaxTags = 500;

    /// <summary>The tag by which a video of ours is found again: the post's id.</summary>
    public static string Mark(PublishTarget target) => $"post-{target.PostId:N}";

    /// <summary>Who is to see the video: option <c>privacy_status</c>, else everybody.</summary>
    public static string Privacy(PublishTarget target) => target.Options.Text("privacy_status") ?? "public";

    /// <summary>Title, description, tags and category. The title is option <c>title</c>, else the first line of the caption.</summary>
    public static YouTubeSnippet Snippet(PublishTarget target, string defaultCategory)
    {
        var title = target.Options.Text("title") is { Length: > 0 } given ? given : target.Caption.Split('\n', 2)[0];
        return new YouTubeSnippet(
            (Plain(title).Trim() is { Length: > 0 } text ? text : "Video").Shortened(MaxTitle), CutBytes(Plain(Description(target)), MaxDescriptionBytes),
            Tags(target), target.Options.Text("category_id") ?? defaultCategory);
    }

    /// <summary>Declarations, and who sees the video. All are sent each time: an update drops what it does not name.</summary>
    public static YouTubeStatus Status(PublishTarget target, string privacy) => new(
        privacy, target.Options.Flag("made_for_kids") ?? false, target.Options.Flag("is_ai_generated"), Embeddable: target.Options.Flag("embeddable") ?? true, License: "youtube");

    private static string Description(PublishTarget target) => target.LinkUrl switch
    {
        { Length: > 0 } link when !target.Caption.Contains(link, StringComparison.Ordinal) => target.Caption.Length == 0 ? link : $"{target.Caption}\n\n{link}",
        _ => target.Caption,
    };

    // A tag with a space counts two more, for its quotes, and each but the first one more, for its comma.
    private static List<string> Tags(PublishTarget target)
    {
        var tags = new List<string>();
        var left = MaxTags;
        foreach (var tag in target.Options.Texts("tags").Prepend(Mark(target)).Select(tag => Plain(tag).Replace(",", " ", StringComparison.Ordinal).Trim()).Where(tag => tag.Length > 0).Distinct())
        {
            var length = tag.Length + (tag.Contains(' ', StringComparison.Ordinal) ? 2 : 0) + (tags.Count > 0 ? 1 : 0);
            if (length > left) break;
            left -= length;
            tags.Add(tag);
        }
        return tags;
    }

    // YouTube refuses both signs in titles and descriptions.
    private static string Plain(string text) => text.Replace('<', '‹').Replace('>', '›');

    private static string CutBytes(string text, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytes) return text;
        var cut = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if ((bytes -= rune.Utf8SequenceLength) < 0) break;
            cut.Append(rune.ToString());
        }
        return cut.ToString();
    }
}
