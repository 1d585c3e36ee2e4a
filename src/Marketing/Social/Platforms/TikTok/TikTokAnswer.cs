using System.Text.Json;

namespace Marketing.Social.Platforms.TikTok;

/// <summary>How one call to a data endpoint of TikTok ended.</summary>
internal abstract record TikTokAnswer
{
    private TikTokAnswer() { }

    /// <summary>Answered with <c>ok</c>.</summary>
    public sealed record Ok(JsonElement Data) : TikTokAnswer;

    /// <summary>Refused with an error that can be read, whatever the HTTP status.</summary>
    public sealed record Refused(TikTokError Error) : TikTokAnswer;

    /// <summary>No answer that can be read.</summary>
    /// <param name="Reason">What happened, without addresses.</param>
    /// <param name="MayHaveArrived">False when the connection was never made, so that the call had no effect.</param>
    public sealed record Lost(string Reason, bool MayHaveArrived) : TikTokAnswer;

    /// <summary>What an answer other than <see cref="Ok"/> means.</summary>
    /// <param name="mayHavePublished">True for the call that makes TikTok publish.</param>
    public Outcome Failure(bool mayHavePublished = false) => this switch
    {
        Refused(var error) => TikTokErrors.Classify(error, mayHavePublished),
        Lost(var reason, MayHaveArrived: true) when mayHavePublished => new Outcome.Unconfirmed(reason),
        Lost(var reason, _) => new Outcome.RetryLater(null, reason),
        _ => mayHavePublished ? new Outcome.Unconfirmed("The answer lacks what is documented.") : new Outcome.Unknown("The answer lacks what is documented."),
    };
}
