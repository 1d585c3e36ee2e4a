namespace Marketing.Campaigns.Messages;

/// <summary>One message as it goes out, but for sender and recipient.</summary>
/// <param name="Subject">Subject, one line.</param>
/// <param name="Html">The HTML part.</param>
/// <param name="Text">The plain-text part.</param>
/// <param name="Headers"><c>List-Unsubscribe</c>, <c>List-Unsubscribe-Post</c>, <c>List-Id</c>.</param>
internal sealed record RenderedMessage(string Subject, string Html, string Text, IReadOnlyDictionary<string, string> Headers);

/// <summary>A message cannot be made for this recipient; others are not affected. The message may be shown to the caller and holds no value of the contact.</summary>
internal sealed class MessageRenderException(string message, Exception? inner = null) : Exception(message, inner);
