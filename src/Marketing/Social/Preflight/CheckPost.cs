using Marketing.Data;
using Marketing.Problems;

namespace Marketing.Social.Preflight;

/// <summary>Everything that keeps a post from being published on a platform, as far as it can be known without asking the platform.</summary>
internal static class CheckPost
{
    /// <summary>Checks one post against one platform's rules.</summary>
    public static IEnumerable<FieldError> For(string platform, SocialPost post) => platform switch
    {
        "instagram" => InstagramPreflight.Check(post),
        _ => [new FieldError("account_id", "platform_not_published", $"Posts are not published to {platform} by this product yet.")],
    };
}
