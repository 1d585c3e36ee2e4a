using Marketing.Social.Platforms;

namespace Marketing.Social.Publishing;

/// <summary>What one read of an unconfirmed post means.</summary>
internal enum ReconcileDecision
{
    /// <summary>It was published.</summary>
    IsOut,

    /// <summary>It was not, and may be finalised again.</summary>
    IsNotOut,

    /// <summary>One read is not enough.</summary>
    ReadAgain,

    /// <summary>The read itself failed.</summary>
    Undecided,
}

/// <summary>How publishing goes on after such a read.</summary>
internal abstract record ReconcileResult
{
    private ReconcileResult() { }

    /// <summary>Settled and recorded; the next step follows at once.</summary>
    public static readonly ReconcileResult GoOn = new Settled();

    /// <summary>Settled.</summary>
    public sealed record Settled : ReconcileResult;

    /// <summary>Read again later; not recorded yet.</summary>
    public sealed record Wait(TimeSpan Delay, string Detail) : ReconcileResult;

    /// <summary>The read failed; not recorded yet.</summary>
    public sealed record Failed(Outcome Outcome) : ReconcileResult;
}
