namespace Marketing.Campaigns.Sending;

/// <summary>
/// Values of <c>campaign_sends.state</c>.
/// <code>
/// queued ─→ submitted ─→ accepted
///   ↑ │         │ ├────→ rejected
///   │ │         │ └────→ unconfirmed ─→ accepted | rejected | queued (proven not sent)
///   │ └──→ suppressed | skipped
///   └──────────┘ (not taken for the moment)
/// </code>
/// A row in submitted without a worker has an unknown answer: it becomes unconfirmed, never queued.
/// </summary>
internal static class SendState
{
    /// <summary>Waits for its turn; certainly not sent.</summary>
    public const string Queued = "queued";

    /// <summary>Recorded before the call; its answer is not recorded yet.</summary>
    public const string Submitted = "submitted";

    /// <summary>The provider has it.</summary>
    public const string Accepted = "accepted";

    /// <summary>The provider refused it for good.</summary>
    public const string Rejected = "rejected";

    /// <summary>May have been sent; nobody knows yet.</summary>
    public const string Unconfirmed = "unconfirmed";

    /// <summary>They asked not to be written to.</summary>
    public const string Suppressed = "suppressed";

    /// <summary>Not sent for the reason given.</summary>
    public const string Skipped = "skipped";

    /// <summary>All of them.</summary>
    public static readonly string[] All = [Queued, Submitted, Accepted, Rejected, Unconfirmed, Suppressed, Skipped];
}
