namespace Marketing.Social;

/// <summary>Values of <c>social_posts.approval_status</c>. Only <see cref="Approved"/> posts go out.</summary>
public static class ApprovalStatus
{
    /// <summary>Waits for a decision; the state of new posts and of posts changed after approval.</summary>
    public const string Pending = "pending";

    /// <summary>May go out as it stands.</summary>
    public const string Approved = "approved";

    /// <summary>Must not go out.</summary>
    public const string Rejected = "rejected";

    /// <summary>Needs work before it is looked at again.</summary>
    public const string ChangesRequested = "changes_requested";

    /// <summary>What an approver can decide.</summary>
    public static IReadOnlyList<string> Decisions { get; } = [Approved, Rejected, ChangesRequested];
}
