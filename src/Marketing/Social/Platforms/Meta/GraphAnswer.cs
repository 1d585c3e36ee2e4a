using System.Text.Json;

namespace Marketing.Social.Platforms.Meta;

/// <summary>How one call to the Graph API ended.</summary>
internal abstract record GraphAnswer
{
    private GraphAnswer() { }

    /// <summary>Answered.</summary>
    public sealed record Ok(JsonElement Body) : GraphAnswer;

    /// <summary>Refused with an error that can be read.</summary>
    public sealed record Refused(GraphError Error) : GraphAnswer;

    /// <summary>No answer that can be read: a time-out, a broken connection, an HTML page.</summary>
    /// <param name="Reason">What happened, without addresses.</param>
    /// <param name="MayHaveArrived">False when the connection was never made, so that the call had no effect.</param>
    public sealed record Lost(string Reason, bool MayHaveArrived) : GraphAnswer;

    /// <summary>What an answer other than <see cref="Ok"/> means.</summary>
    /// <param name="mayHavePublished">True for the call that makes something visible.</param>
    public Outcome Failure(bool mayHavePublished = false) => this switch
    {
        Refused(var error) => GraphErrors.Classify(error, mayHavePublished),
        Lost(var reason, MayHaveArrived: true) when mayHavePublished => new Outcome.Unconfirmed(reason),
        Lost(var reason, _) => new Outcome.RetryLater(null, reason),
        _ => mayHavePublished ? new Outcome.Unconfirmed("The answer lacks what is documented.") : new Outcome.Unknown("The answer lacks what is documented."),
    };
}
