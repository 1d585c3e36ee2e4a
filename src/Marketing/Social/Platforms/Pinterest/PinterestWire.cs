using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketing.Social.Platforms.Pinterest;

/// <summary>A page of a list; without a bookmark the last.</summary>
internal sealed record PinterestPins(IReadOnlyList<PinterestPin>? Items, string? Bookmark);

/// <summary>A pin. Everything but the id may be missing.</summary>
internal sealed record PinterestPin(string? Id, string? CreatedAt, string? Link, string? Title, string? Description);

/// <summary>Where a video is to be sent, and the form fields that must come with it.</summary>
internal sealed record PinterestUpload(string? MediaId, string? UploadUrl, IReadOnlyDictionary<string, JsonElement>? UploadParameters);

/// <summary>State of a video: registered, processing, succeeded or failed.</summary>
internal sealed record PinterestMedia(string? Status);

/// <summary>An error.</summary>
internal sealed record PinterestError(int? Code, string? Message);

/// <summary>Opens an upload.</summary>
internal sealed record PinterestRegister(string MediaType);

/// <summary>A pin to be made.</summary>
internal sealed record PinterestNewPin(string BoardId, string? BoardSectionId, string? Title, string? Description, string? Link, string? AltText, PinterestSource MediaSource);

/// <summary>What the pin shows; which fields count follows from the type.</summary>
internal sealed record PinterestSource(
    string SourceType, string? Url = null, string? MediaId = null, string? CoverImageUrl = null, double? CoverImageKeyFrameTime = null, IReadOnlyList<PinterestItem>? Items = null, int? Index = null);

/// <summary>One image of a carousel.</summary>
internal sealed record PinterestItem(string Url, string? Title, string? Description, string? Link);

/// <summary>What the publisher keeps between two calls.</summary>
/// <param name="At">When the post was first handed over, in seconds since 1970, by this machine's clock.</param>
/// <param name="UploadUrl">Where the video goes; null when nothing is to be sent, or it was.</param>
/// <param name="Fields">Form fields that go with it. They hold a signature: never logged.</param>
internal sealed record PinterestState(long At, string? UploadUrl, IReadOnlyDictionary<string, string>? Fields);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PinterestPins))]
[JsonSerializable(typeof(PinterestPin))]
[JsonSerializable(typeof(PinterestUpload))]
[JsonSerializable(typeof(PinterestMedia))]
[JsonSerializable(typeof(PinterestError))]
[JsonSerializable(typeof(PinterestRegister))]
[JsonSerializable(typeof(PinterestNewPin))]
[JsonSerializable(typeof(PinterestState))]
internal sealed partial class PinterestJson : JsonSerializerContext;
