namespace Marketing.Campaigns.Sending.Providers;

/// <summary>One call to a provider: texts that all its messages share, and what differs for each.</summary>
/// <param name="Id">Recorded with each recipient before the call, so that those who went together are known together.</param>
/// <param name="Html">HTML part, with a mark wherever the messages differ.</param>
/// <param name="Text">Plain part, likewise.</param>
/// <param name="Lines">The messages.</param>
internal sealed record SendRequest(Guid Id, string Html, string Text, IReadOnlyList<SendLine> Lines);

/// <summary>One message of a call.</summary>
/// <param name="Message">The message as its recipient shall read it.</param>
/// <param name="Substitutions">Mark to value; empty when the shared texts are the message's own.</param>
internal sealed record SendLine(OutgoingMessage Message, IReadOnlyDictionary<string, string> Substitutions)
{
    /// <summary>No differences.</summary>
    public static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <summary>A call for one message alone.</summary>
    public static SendRequest Alone(OutgoingMessage message) => new(Guid.CreateVersion7(), message.Content.Html, message.Content.Text, [new SendLine(message, Nothing)]);
}
