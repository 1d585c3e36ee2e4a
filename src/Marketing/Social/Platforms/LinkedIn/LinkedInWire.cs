using System.Text.Json.Serialization;

namespace Marketing.Social.Platforms.LinkedIn;

/// <summary>Envelope of an action's answer.</summary>
internal sealed record LinkedInValue(LinkedInUpload? Value);

/// <summary>Where a medium is to be sent: an image or document in one piece to one address, a video in ranges, each to its own.</summary>
internal sealed record LinkedInUpload(string? UploadUrl, string? Image, string? Document, string? Video, IReadOnlyList<LinkedInRange>? UploadInstructions, string? UploadToken);

/// <summary>A range of a video's bytes, both ends included, and its address.</summary>
internal sealed record LinkedInRange(string UploadUrl, long FirstByte, long LastByte);

/// <summary>State of a medium.</summary>
internal sealed record LinkedInMediumState(string? Status, string? ProcessingFailureReason);

/// <summary>A page of an author's posts.</summary>
internal sealed record LinkedInPosts(IReadOnlyList<LinkedInPost>? Elements);

/// <summary>A post read back; times in milliseconds since 1970.</summary>
internal sealed record LinkedInPost(string? Id, string? Commentary, long? PublishedAt, long? CreatedAt, long? LastModifiedAt, string? LifecycleState);

/// <summary>An error. Everything but status and message may be missing.</summary>
internal sealed record LinkedInError(string? Message, string? Code, long? ServiceErrorCode, LinkedInErrorDetails? ErrorDetails);

/// <summary>Its details.</summary>
internal sealed record LinkedInErrorDetails(IReadOnlyList<LinkedInInputError>? InputErrors);

/// <summary>What is wrong with the input.</summary>
internal sealed record LinkedInInputError(string? Description, string? Code);

/// <summary>Opens an upload.</summary>
internal sealed record LinkedInInitialize(LinkedInInitializeRequest InitializeUploadRequest);

/// <summary>Of whom, and for a video how long.</summary>
internal sealed record LinkedInInitializeRequest(string Owner, long? FileSizeBytes, bool? UploadCaptions, bool? UploadThumbnail);

/// <summary>Ends the upload of a video.</summary>
internal sealed record LinkedInFinalize(LinkedInFinalizeRequest FinalizeUploadRequest);

/// <summary>Its parts by the ETags that they were answered with, in order.</summary>
internal sealed record LinkedInFinalizeRequest(string Video, string UploadToken, IReadOnlyList<string> UploadedPartIds);

/// <summary>A post to be made.</summary>
internal sealed record LinkedInNewPost(
    string Author, string Commentary, string Visibility, LinkedInDistribution Distribution, LinkedInContent? Content, string LifecycleState, bool IsReshareDisabledByAuthor);

/// <summary>To whom it is shown.</summary>
internal sealed record LinkedInDistribution(string FeedDistribution, IReadOnlyList<string> TargetEntities, IReadOnlyList<string> ThirdPartyDistributionChannels);

/// <summary>What it shows: one of these.</summary>
internal sealed record LinkedInContent(LinkedInShownMedium? Media = null, LinkedInImages? MultiImage = null, LinkedInArticle? Article = null);

/// <summary>An image, video or document.</summary>
internal sealed record LinkedInShownMedium(string Id, string? Title = null, string? AltText = null);

/// <summary>Several images.</summary>
internal sealed record LinkedInImages(IReadOnlyList<LinkedInShownMedium> Images);

/// <summary>A link. Nothing is read from its page.</summary>
internal sealed record LinkedInArticle(string Source, string Title, string? Description);

/// <summary>What the publisher keeps between two calls.</summary>
/// <param name="At">When the post was first handed over, in seconds since 1970, by this machine's clock.</param>
/// <param name="Media">The media so far, in the post's order.</param>
internal sealed record LinkedInState(long At, IReadOnlyList<LinkedInMedium> Media);

/// <summary>How far one medium is.</summary>
/// <param name="Urn">LinkedIn's id of it.</param>
/// <param name="Stage">One of <see cref="LinkedInStage"/>.</param>
/// <param name="Ranges">What is to be sent, and where; dropped when all is sent.</param>
/// <param name="ETags">Of the ranges that were sent.</param>
/// <param name="UploadToken">Token of a video's upload.</param>
/// <param name="SentAt">When all was sent, in seconds since 1970.</param>
internal sealed record LinkedInMedium(string Urn, string Stage, IReadOnlyList<LinkedInRange> Ranges, IReadOnlyList<string> ETags, string? UploadToken, long SentAt);

/// <summary>Values of <see cref="LinkedInMedium.Stage"/>, in order.</summary>
internal static class LinkedInStage
{
    public const string Sending = "sending";
    public const string Processing = "processing";
    public const string Ready = "ready";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LinkedInValue))]
[JsonSerializable(typeof(LinkedInMediumState))]
[JsonSerializable(typeof(LinkedInPosts))]
[JsonSerializable(typeof(LinkedInPost))]
[JsonSerializable(typeof(LinkedInError))]
[JsonSerializable(typeof(LinkedInInitialize))]
[JsonSerializable(typeof(LinkedInFinalize))]
[JsonSerializable(typeof(LinkedInNewPost))]
[JsonSerializable(typeof(LinkedInState))]
internal sealed partial class LinkedInJson : JsonSerializerContext;
