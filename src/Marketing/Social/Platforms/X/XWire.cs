using System.Text.Json.Serialization;

namespace Marketing.Social.Platforms.X;

/// <summary>Envelope of every answer that is no error.</summary>
internal sealed record XData<T>(T? Data, XMeta? Meta = null, XIncludes? Includes = null);

/// <summary>Where a list goes on.</summary>
internal sealed record XMeta(string? NextToken);

/// <summary>Objects that the data refer to.</summary>
internal sealed record XIncludes(IReadOnlyList<XUser>? Users);

/// <summary>An account.</summary>
internal sealed record XUser(string? Id, string? Username);

/// <summary>A post. Ids are strings of up to 19 digits. <c>note_tweet</c> holds the text of a long one.</summary>
internal sealed record XPost(string? Id, string? Text, DateTimeOffset? CreatedAt, XEntities? Entities, XNote? NoteTweet = null);

/// <summary>Text of a post that is longer than usual.</summary>
internal sealed record XNote(string? Text, XEntities? Entities);

/// <summary>What X found in a text.</summary>
internal sealed record XEntities(IReadOnlyList<XUrl>? Urls);

/// <summary>A link as X wrote it, and what was sent.</summary>
internal sealed record XUrl(string? Url, string? ExpandedUrl);

/// <summary>A medium that is being handed over; without <c>processing_info</c> it is ready.</summary>
internal sealed record XUpload(string? Id, XProcessing? ProcessingInfo);

/// <summary>How far X is with a medium.</summary>
internal sealed record XProcessing(string? State, XProcessingError? Error);

/// <summary>Why X does not take a medium.</summary>
internal sealed record XProcessingError(string? Name, string? Message);

/// <summary>An error. Everything but the title may be missing.</summary>
internal sealed record XProblem(string? Title, string? Detail, string? Type);

/// <summary>Opens an upload.</summary>
internal sealed record XInitialize(string MediaType, long TotalBytes, string MediaCategory);

/// <summary>Describes a medium to those who do not see it.</summary>
internal sealed record XMetadata(string Id, XMetadataValues Metadata);

/// <summary>The description.</summary>
internal sealed record XMetadataValues(XAltText AltText);

/// <summary>Its text.</summary>
internal sealed record XAltText(string Text);

/// <summary>A post to be made. X refuses fields that it does not know, and null is no value to it.</summary>
internal sealed record XNewPost(string? Text, XNewPostMedia? Media, bool? MadeWithAi, bool? PaidPartnership, string? ReplySettings);

/// <summary>Its media.</summary>
internal sealed record XNewPostMedia(IReadOnlyList<string> MediaIds);

/// <summary>What the publisher keeps between two calls.</summary>
/// <param name="At">When the post was first handed over, in seconds since 1970, by this machine's clock.</param>
/// <param name="Media">The media so far, in the post's order.</param>
internal sealed record XState(long At, IReadOnlyList<XMedia> Media);

/// <summary>How far one medium is.</summary>
/// <param name="Id">X's id of it.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sent">Segments that X has taken.</param>
/// <param name="Stage">One of <see cref="XStage"/>.</param>
internal sealed record XMedia(string Id, long Bytes, int Sent, string Stage);

/// <summary>Values of <see cref="XMedia.Stage"/>, in order.</summary>
internal static class XStage
{
    public const string Sending = "sending";
    public const string Processing = "processing";
    public const string Describing = "describing";
    public const string Ready = "ready";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(XData<XPost>))]
[JsonSerializable(typeof(XData<List<XPost>>), TypeInfoPropertyName = "Timeline")]
[JsonSerializable(typeof(XData<XUpload>))]
[JsonSerializable(typeof(XProblem))]
[JsonSerializable(typeof(XInitialize))]
[JsonSerializable(typeof(XMetadata))]
[JsonSerializable(typeof(XNewPost))]
[JsonSerializable(typeof(XState))]
internal sealed partial class XJson : JsonSerializerContext;
