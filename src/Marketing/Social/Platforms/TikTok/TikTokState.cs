using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketing.Social.Platforms.TikTok;

/// <summary>What a post becomes on TikTok, and how far it is.</summary>
/// <param name="Form">What it becomes.</param>
/// <param name="PrivacyLevel">Who may see it.</param>
/// <param name="PublishId">Names TikTok's job; null while there is none, or its answer was lost.</param>
/// <param name="UploadUrl">Where the parts go; valid for an hour. A secret.</param>
/// <param name="ContentType">Media type of the video.</param>
/// <param name="Length">Bytes of the video.</param>
/// <param name="Sent">Bytes that TikTok has.</param>
internal sealed record TikTokState(
    TikTokForm Form, string PrivacyLevel, string? PublishId = null, string? UploadUrl = null, string? ContentType = null, long Length = 0, long Sent = 0)
{
    /// <summary>Bytes of a part but the last, which takes the rest and stays below twice as much. TikTok takes 5 to 64 MB, the last up to 128 MB.</summary>
    public const int PartBytes = 8_000_000;

    /// <summary>Bytes that TikTok is told a part has: a short video is one part.</summary>
    public long ChunkSize => Math.Min(Length, PartBytes);

    /// <summary>Number of parts.</summary>
    public long ChunkCount => Math.Max(1, Length / PartBytes);

    /// <summary>First byte of the last part, with which TikTok begins to publish.</summary>
    public long LastPartAt => (ChunkCount - 1) * PartBytes;

    /// <summary>Reads the container's state.</summary>
    public static TikTokState Parse(string? state) => JsonSerializer.Deserialize(state ?? "{}", TikTokJson.Default.TikTokState)!;

    /// <summary>The text to keep. It holds an upload address: never logged.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TikTokJson.Default.TikTokState);
}

/// <summary>What a post becomes on TikTok.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TikTokForm>))]
internal enum TikTokForm
{
    /// <summary>A video that is sent; the last part publishes it.</summary>
    SentVideo,

    /// <summary>A video that TikTok fetches; the opening call publishes it.</summary>
    PulledVideo,

    /// <summary>Photos that TikTok fetches; the opening call publishes them.</summary>
    Photos,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(TikTokState))]
internal sealed partial class TikTokJson : JsonSerializerContext;
