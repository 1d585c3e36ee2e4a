using System.Text.Json.Serialization;

namespace Marketing.Social.Platforms.YouTube;

/// <summary>A list.</summary>
internal sealed record YouTubeList<T>(IReadOnlyList<T>? Items);

/// <summary>A video, written or read.</summary>
internal sealed record YouTubeVideo(string? Id, YouTubeSnippet? Snippet, YouTubeStatus? Status);

/// <summary>Its texts.</summary>
internal sealed record YouTubeSnippet(string? Title, string? Description, IReadOnlyList<string>? Tags, string? CategoryId);

/// <summary>Who sees it, what it declares, and how far YouTube is with it.</summary>
internal sealed record YouTubeStatus(
    string? PrivacyStatus = null, bool? SelfDeclaredMadeForKids = null, bool? ContainsSyntheticMedia = null, bool? Embeddable = null, string? License = null,
    string? UploadStatus = null, string? FailureReason = null, string? RejectionReason = null);

/// <summary>A channel.</summary>
internal sealed record YouTubeChannel(YouTubeChannelDetails? ContentDetails);

/// <summary>Its playlists.</summary>
internal sealed record YouTubeChannelDetails(YouTubePlaylists? RelatedPlaylists);

/// <summary>The one of all its uploads.</summary>
internal sealed record YouTubePlaylists(string? Uploads);

/// <summary>An entry of a playlist.</summary>
internal sealed record YouTubeEntry(YouTubeEntryDetails? ContentDetails);

/// <summary>Its video.</summary>
internal sealed record YouTubeEntryDetails(string? VideoId);

/// <summary>Envelope of an error.</summary>
internal sealed record YouTubeFailure(YouTubeError? Error);

/// <summary>An error; the first reason decides.</summary>
internal sealed record YouTubeError(int? Code, string? Message, IReadOnlyList<YouTubeReason>? Errors);

/// <summary>A reason.</summary>
internal sealed record YouTubeReason(string? Reason, string? Domain, string? Message);

/// <summary>What the publisher keeps between two calls.</summary>
/// <param name="Session">Address of the upload. Whoever knows it may upload: never logged.</param>
/// <param name="Bytes">Length of the video.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Sent">Bytes that YouTube has.</param>
/// <param name="VideoId">The video, once all bytes are there.</param>
/// <param name="SentAt">When they were, in seconds since 1970.</param>
/// <param name="IsCoverDone">True when the cover was set, or YouTube does not take one from this channel.</param>
internal sealed record YouTubeState(string Session, long Bytes, string Type, long Sent, string? VideoId = null, long SentAt = 0, bool IsCoverDone = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(YouTubeVideo))]
[JsonSerializable(typeof(YouTubeList<YouTubeVideo>), TypeInfoPropertyName = "Videos")]
[JsonSerializable(typeof(YouTubeList<YouTubeChannel>), TypeInfoPropertyName = "Channels")]
[JsonSerializable(typeof(YouTubeList<YouTubeEntry>), TypeInfoPropertyName = "Entries")]
[JsonSerializable(typeof(YouTubeFailure))]
[JsonSerializable(typeof(YouTubeState))]
internal sealed partial class YouTubeJson : JsonSerializerContext;
