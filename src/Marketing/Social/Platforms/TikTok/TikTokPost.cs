using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Social.Platforms.Http;

namespace Marketing.Social.Platforms.TikTok;

/// <summary>
/// What TikTok is told of a post. The privacy level must be chosen, and from what the creator's account offers; what the creator has
/// switched off stays off. Sources: TikTok for Developers, "Direct Post", "Photo Post" and "Content Sharing Guidelines" (2026).
/// </summary>
internal static class TikTokPost
{
    /// <summary>Most photos of a post.</summary>
    public const int MaxPhotos = 35;

    private const int MaxTitle = 2_200;
    private const int MaxPhotoTitle = 90;
    private const int MaxDescription = 4_000;
    private const string Private = "SELF_ONLY";
    private const string Public = "PUBLIC_TO_EVERYONE";

    /// <summary>True when a post of this privacy level gets an id that can be read, once TikTok has moderated it.</summary>
    public static bool IsNamed(string privacyLevel) => privacyLevel == Public;

    /// <summary>What keeps the post from this creator; null when nothing does.</summary>
    /// <param name="target">The post.</param>
    /// <param name="creator">Answer of creator_info.</param>
    public static Outcome? Refusal(PublishTarget target, JsonElement creator)
    {
        var offered = creator.Items("privacy_level_options").Select(option => option.Text()).OfType<string>().ToList();
        if (target.Options.Text("privacy_level") is not { Length: > 0 } level)
            return new Outcome.Reject("options.privacy_level", $"TikTok demands that the privacy level is chosen. This account offers {string.Join(", ", offered)}.");
        if (!offered.Contains(level)) return new Outcome.Reject("options.privacy_level", $"This account does not offer {level} but {string.Join(", ", offered)}.");
        if (level == Private && target.Options.Flag("brand_content_toggle") == true)
            return new Outcome.Reject("options.brand_content_toggle", "Branded content may not be posted for the creator alone.");
        return null;
    }

    /// <summary>Fields of a video.</summary>
    public static JsonObject Video(PublishTarget target, JsonElement creator)
    {
        var info = Common(target, creator, Cut(target.Caption, MaxTitle));
        (info["disable_duet"], info["disable_stitch"]) = (IsOff(target, creator, "duet"), IsOff(target, creator, "stitch"));
        if (target.Options.Number("cover_frame_ms") is { } frame) info["video_cover_timestamp_ms"] = frame;
        if (target.Options.Flag("is_ai_generated") is { } generated) info["is_aigc"] = generated;
        return info;
    }

    /// <summary>Body of a post of photos. The AI label stands at its top, unlike a video's.</summary>
    public static JsonObject Photos(PublishTarget target, JsonElement creator)
    {
        var info = Common(target, creator, Cut(target.Options.Text("title") ?? "", MaxPhotoTitle));
        info["description"] = Cut(target.Caption, MaxDescription);
        if (target.Options.Flag("auto_add_music") is { } music) info["auto_add_music"] = music;
        var body = new JsonObject
        {
            ["media_type"] = "PHOTO",
            ["post_mode"] = "DIRECT_POST",
            ["post_info"] = info,
            ["source_info"] = new JsonObject
            {
                ["source"] = "PULL_FROM_URL",
                ["photo_cover_index"] = target.Options.Number("cover_index") ?? 0,
                ["photo_images"] = new JsonArray([.. target.MediaUrls.Select(url => JsonValue.Create(url))]),
            },
        };
        if (target.Options.Flag("is_ai_generated") is { } generated) body["is_aigc"] = generated;
        return body;
    }

    private static JsonObject Common(PublishTarget target, JsonElement creator, string title) => new()
    {
        ["title"] = title,
        ["privacy_level"] = target.Options.Text("privacy_level"),
        ["disable_comment"] = IsOff(target, creator, "comment"),
        ["brand_content_toggle"] = target.Options.Flag("brand_content_toggle") ?? false,
        ["brand_organic_toggle"] = target.Options.Flag("brand_organic_toggle") ?? false,
    };

    private static bool IsOff(PublishTarget target, JsonElement creator, string interaction) =>
        creator.Flag($"{interaction}_disabled") || target.Options.Flag($"disable_{interaction}") == true;

    // TikTok counts UTF-16 units, as string does. Preflight tells of a text that is too long; here no post is lost for it.
    private static string Cut(string text, int max) => text.Length <= max ? text : text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
}
