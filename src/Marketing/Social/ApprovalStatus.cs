namespace Marketing.Social;

/// <summary>Values of <c>social_posts.approval_status</c>; <see cref="PostState"/> says how a post moves between them. Only <see cref="Approved"/> posts go out.</summary>
public static class ApprovalStatus
{
    /// <summary>Nobody has decided; the state of new posts and of posts changed after a decision.</summary>
    public const string Pending = "pending";

    /// <summary>Its author has asked for a decision.</summary>
    public const string Submitted = "submitted";

    /// <summary>May go out as it stands.</summary>
    public const string Approved = "approved";

    /// <summary>Must not go out.</summary>
    public const string Rejected = "rejected";

    /// <summary>Needs work before it is looked at again.</summary>
    public const string ChangesRequested = "changes_requested";

    /// <summary>What an approver can decide.</summary>
    public static IReadOnlyList<string> Decisions { get; } = [Approved, Rejected, ChangesRequested];

    /// <summary>The action that a decision is.</summary>
    internal static PostAction Action(string decision) => decision switch
    {
        Approved => PostAction.Approve,
        Rejected => PostAction.Reject,
        _ => PostAction.RequestChanges,
    };
}
