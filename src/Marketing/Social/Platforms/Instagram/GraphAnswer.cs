namespace Marketing.Social.Platforms.Instagram;

/// <summary>How one call to the Graph API ended.</summary>
internal abstract record GraphAnswer<T>
{
    private GraphAnswer() { }

    /// <summary>Answered.</summary>
    public sealed record Ok(T Value) : GraphAnswer<T>;

    /// <summary>Refused with an error that can be read.</summary>
    public sealed record Refused(GraphError Error) : GraphAnswer<T>;

    /// <summary>No answer that can be read: a time-out, a broken connection, an HTML page.</summary>
    /// <param name="Reason">What happened, without addresses.</param>
    /// <param name="MayHaveArrived">False when the connection was never made, so that the call had no effect.</param>
    public sealed record Lost(string Reason, bool MayHaveArrived) : GraphAnswer<T>;
}
