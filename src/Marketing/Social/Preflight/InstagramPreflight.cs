using Marketing.Data;
using Marketing.Problems;

namespace Marketing.Social.Preflight;

/// <summary>What Instagram would refuse, as far as the row shows it. Source of the figures: Instagram Platform, "IG User Media" (2026).</summary>
internal static class InstagramPreflight
{
    /// <summary>Longest caption, in characters.</summary>
    public const int MaxCaptionLength = 2_200;

    /// <summary>Most hashtags in a caption.</summary>
    public const int MaxHashtags = 30;

    /// <summary>Most mentions in a caption.</summary>
    public const int MaxMentions = 20;

    public static IEnumerable<FieldError> Check(SocialPost post)
    {
        if (post.PostType != "post")
        {
            yield return new("post_type", "post_type_not_published",
                $"Posts of type '{post.PostType}' are not published to Instagram by this product yet. Use post_type 'post' with one image.");
        }

        if (post.MediaUrls is not { Length: 1 })
        {
            yield return new("media_urls", "media_count",
                $"An Instagram post needs exactly one image in media_urls; this one has {post.MediaUrls?.Length ?? 0}.");
        }

        var caption = CaptionText.Compose(post);
        if (caption.Length > MaxCaptionLength)
        {
            yield return new("caption", "caption_too_long",
                $"The caption with its hashtags and mentions is {caption.Length} characters long; Instagram takes at most {MaxCaptionLength}.");
        }

        if (CaptionText.CountHashtags(caption) is > MaxHashtags and var hashtags)
            yield return new("hashtags", "too_many_hashtags", $"The caption carries {hashtags} hashtags; Instagram takes at most {MaxHashtags}.");
        if (CaptionText.CountMentions(caption) is > MaxMentions and var mentions)
            yield return new("mentions", "too_many_mentions", $"The caption carries {mentions} mentions; Instagram takes at most {MaxMentions}.");
    }
}
