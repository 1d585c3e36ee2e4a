using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Sending.Limits;
using Marketing.Campaigns.Sending.Providers;
using Marketing.Operations.Fence;

namespace Marketing.Campaigns.Sending;

/// <summary>The steps of a send, in their order.</summary>
/// <param name="Fence">Whether this environment may send at all.</param>
/// <param name="Freeze">Who gets it.</param>
/// <param name="Messages">What they get.</param>
/// <param name="Buckets">How fast.</param>
/// <param name="Submit">One batch.</param>
internal sealed record SendParts(EnvironmentFence Fence, FreezeRecipients Freeze, LoadMessages Messages, BucketsOf Buckets, SubmitBatch Submit)
{
    /// <summary>The providers by their names.</summary>
    public required IReadOnlyDictionary<string, IEmailSender> Senders { get; init; }

    /// <summary>Whether the database has come from elsewhere since the freeze.</summary>
    public required HoldRestored Restored { get; init; }

    /// <summary>Told of every step.</summary>
    public required ISendStepObserver Observer { get; init; }

    /// <summary>How long a worker runs.</summary>
    public required TimeProvider Clock { get; init; }
}
