using Marketing.Data;

namespace Marketing.Social.Publishing;

/// <summary>
/// The steps of publishing one post, each recorded in <c>publish_attempts</c> before and after.
/// <code>
///   submit ──► poll ──► finalise ──► comment ──► confirm
///     ▲         │ ▲         │           ▲
///     └─────────┘ │         ▼           │
///    new container└──── reconcile ──────┘
///                 not out       is out
/// </code>
/// Comment is the first comment, for posts that ask for one; ux_publish_attempts_comment allows one per post.
/// Submit may repeat: a container that is never finalised is seen by nobody. Finalise may not: ux_publish_attempts_finalise allows one
/// per post unless the platform refused it, or two reads proved that it had no effect.
/// </summary>
internal static class PublishStep
{
    public const string Submit = "submit";
    public const string Poll = "poll";
    public const string Finalise = "finalise";
    public const string Reconcile = "reconcile";
    public const string Comment = "comment";
    public const string Confirm = "confirm";

    /// <summary>What is to be done next.</summary>
    /// <param name="containerId">The job's container.</param>
    /// <param name="finaliseState">State of the post's finalise that is not refused; null when there is none.</param>
    /// <param name="isReady">True when this worker has just seen that the container is ready.</param>
    public static string Next(string? containerId, string? finaliseState, bool isReady) => (finaliseState, containerId) switch
    {
        (AttemptState.Succeeded, _) => Confirm,
        (AttemptState.Started or AttemptState.Unconfirmed, _) => Reconcile, // started: its worker died before it could record the answer
        (_, null) => Submit,
        _ => isReady ? Finalise : Poll,
    };

    /// <inheritdoc cref="Next(string?, string?, bool)"/>
    public static string Next(PublishJob job, PublishAttempt? finalise, bool isReady) => Next(job.ContainerId, finalise?.State, isReady);
}

/// <summary>Values of <c>publish_attempts.state</c>.</summary>
internal static class AttemptState
{
    public const string Started = "started";
    public const string Succeeded = "succeeded";
    public const string Waiting = "waiting";
    public const string Retry = "retry";
    public const string Refused = "refused";
    public const string Unconfirmed = "unconfirmed";
}
