using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketing.Social.Platforms.Facebook;

/// <summary>What a post becomes on a Page, and how far it is.</summary>
/// <param name="Form">What it becomes.</param>
/// <param name="Photos">Unpublished photos so far, in the order of the media.</param>
/// <param name="UploadUrl">Where a reel's or story's video is sent.</param>
/// <param name="Session">Upload session of a video.</param>
/// <param name="Sent">Bytes of the video that Facebook has.</param>
/// <param name="PartEnd">End of the part that Facebook asks for.</param>
/// <param name="Length">Bytes of the video.</param>
internal sealed record FacebookState(
    FacebookForm Form, IReadOnlyList<string>? Photos = null, string? UploadUrl = null, string? Session = null, long Sent = 0, long PartEnd = 0, long Length = 0)
{
    /// <summary>Reads the container's state.</summary>
    public static FacebookState Parse(string? state) => JsonSerializer.Deserialize(state ?? "{}", FacebookJson.Default.FacebookState)!;

    /// <summary>The text to keep. It may hold an upload address: never logged.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, FacebookJson.Default.FacebookState);
}

/// <summary>What a post becomes on a Page.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FacebookForm>))]
internal enum FacebookForm
{
    /// <summary>A text, with or without a link: one call.</summary>
    Text,

    /// <summary>One or more photos: each sent unpublished, then one feed post that attaches them.</summary>
    Photos,

    /// <summary>A video sent in parts, then finished.</summary>
    Video,

    /// <summary>A reel that Facebook fetches, then finished.</summary>
    Reel,

    /// <summary>A story of an unpublished photo.</summary>
    PhotoStory,

    /// <summary>A story of a video that Facebook fetches, then finished.</summary>
    VideoStory,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(FacebookState))]
internal sealed partial class FacebookJson : JsonSerializerContext;
