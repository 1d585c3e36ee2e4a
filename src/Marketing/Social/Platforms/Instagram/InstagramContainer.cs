using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketing.Social.Platforms.Media;

namespace Marketing.Social.Platforms.Instagram;

/// <summary>What Instagram is told of a post, by its type. Source: Instagram Platform, "IG User Media" (2026).</summary>
internal sealed class InstagramContainer(ReadMedia media)
{
    /// <summary>Longest alt text, in characters. Source: Instagram Platform, "IG User Media", field alt_text.</summary>
    private const int MaxAltTextLength = 1_000;

    /// <summary>Most items of a carousel.</summary>
    public const int MaxChildren = 10;

    /// <summary>True when the post becomes a carousel, whose children are containers of their own.</summary>
    public static bool IsCarousel(PublishTarget target) => target.PostType is "carousel" or "post" && target.MediaUrls.Count > 1;

    /// <summary>What no container can be made of; null when one can.</summary>
    public static Outcome? Refusal(PublishTarget target) => target switch
    {
        { PostType: not ("post" or "carousel" or "reel" or "video" or "story") } => new Outcome.Reject("post_type", $"Instagram takes no post of type '{target.PostType}'."),
        { MediaUrls.Count: 0 } => new Outcome.Reject("media_urls", "Instagram takes no post without an image or a video."),
        { PostType: "carousel", MediaUrls.Count: 1 } or { MediaUrls.Count: > MaxChildren } =>
            new Outcome.Reject("media_urls", $"An Instagram carousel has 2 to {MaxChildren} items; this one has {target.MediaUrls.Count}."),
        { PostType: "reel" or "video" or "story", MediaUrls.Count: > 1 } => new Outcome.Reject("media_urls", $"A {target.PostType} has one file; this one has {target.MediaUrls.Count}."),
        _ => null,
    };

    /// <summary>Fields of the container of a post that is no carousel.</summary>
    public async Task<List<KeyValuePair<string, string>>> SingleAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var isVideo = target.PostType is "reel" or "video" || await media.IsVideoAsync(target.MediaUrls[0], cancellationToken);
        var fields = new List<KeyValuePair<string, string>> { new(isVideo ? "video_url" : "image_url", target.MediaUrls[0]) };
        if (target.PostType == "story")
        {
            fields.Add(new("media_type", "STORIES"));
            AddUserTags(fields, target, isVideo: true);
            return fields;
        }

        fields.Add(new("caption", target.Caption));
        if (isVideo)
        {
            // A single video is always a reel.
            fields.Add(new("media_type", "REELS"));
            if (target.Options.Flag("share_to_feed") is { } share) fields.Add(new("share_to_feed", share ? "true" : "false"));
            if (target.Options.Number("cover_frame_ms") is { } frame) fields.Add(new("thumb_offset", frame.ToString(CultureInfo.InvariantCulture)));
            if (target.CoverUrl is { } cover) fields.Add(new("cover_url", cover));
        }
        else
        {
            AddAltText(fields, target, 0);
        }

        AddUserTags(fields, target, isVideo);
        AddPostFields(fields, target);
        return fields;
    }

    /// <summary>Fields of one item of a carousel.</summary>
    public async Task<List<KeyValuePair<string, string>>> ChildAsync(PublishTarget target, int medium, CancellationToken cancellationToken)
    {
        var isVideo = await media.IsVideoAsync(target.MediaUrls[medium], cancellationToken);
        var fields = new List<KeyValuePair<string, string>> { new("is_carousel_item", "true"), new(isVideo ? "video_url" : "image_url", target.MediaUrls[medium]) };
        if (isVideo) fields.Add(new("media_type", "VIDEO"));
        else AddAltText(fields, target, medium);
        return fields;
    }

    /// <summary>Fields of a carousel whose children are ready.</summary>
    public static List<KeyValuePair<string, string>> Carousel(PublishTarget target, IEnumerable<string> children)
    {
        var fields = new List<KeyValuePair<string, string>> { new("media_type", "CAROUSEL"), new("children", string.Join(',', children)), new("caption", target.Caption) };
        AddPostFields(fields, target);
        return fields;
    }

    private static void AddAltText(List<KeyValuePair<string, string>> fields, PublishTarget target, int medium)
    {
        if (target.AltTextOf(medium) is { } text) fields.Add(new("alt_text", text.Length > MaxAltTextLength ? text[..MaxAltTextLength] : text));
    }

    private static void AddPostFields(List<KeyValuePair<string, string>> fields, PublishTarget target)
    {
        if (target.Options.Text("location_id") is { Length: > 0 } location) fields.Add(new("location_id", location));
        if (target.Options.Texts("collaborators") is { Count: > 0 } collaborators) fields.Add(new("collaborators", JsonSerializer.Serialize(collaborators)));
        if (target.Options.Flag("is_ai_generated") == true) fields.Add(new("is_ai_generated", "true"));
    }

    // Places are needed on images and absent on reels.
    private static void AddUserTags(List<KeyValuePair<string, string>> fields, PublishTarget target, bool isVideo)
    {
        if (target.Options.Objects("user_tags") is not { Count: > 0 } tags) return;
        var sent = tags.Select(tag => isVideo
            ? new System.Text.Json.Nodes.JsonObject { ["username"] = tag["username"]?.DeepClone() }
            : tag.DeepClone());
        fields.Add(new("user_tags", new System.Text.Json.Nodes.JsonArray([.. sent]).ToJsonString()));
    }
}

/// <summary>How far a carousel is: the containers of its items, in order, and its own once they are ready.</summary>
/// <param name="Children">Containers of the items.</param>
/// <param name="Parent">Container of the carousel; null until it is made.</param>
internal sealed record CarouselState(List<string> Children, string? Parent)
{
    /// <summary>Reads the container's state; null for a post that is no carousel.</summary>
    public static CarouselState? Parse(string? state) => state is null ? null : JsonSerializer.Deserialize(state, CarouselJson.Default.CarouselState);

    /// <summary>The text to keep.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, CarouselJson.Default.CarouselState);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CarouselState))]
internal sealed partial class CarouselJson : JsonSerializerContext;
