namespace Marketing.Social;

/// <summary>
/// Where a post stands: <c>status</c> and <c>approval_status</c> together. Every move is here and nowhere else.
/// <code>
///              schedule               claim, if approved       confirm
///   draft ───────────────► scheduled ────────────► publishing ─────────► published
///     ▲ ◄───────────────── │  ▲  │                 │    │ give up           │
///     │ unschedule, cancel │  │  │ miss, if approved    ▼                   │
///     │ ◄──────────────────┼──┼──┼──── cancel ─────┘  failed                │
///     │                    │  │  └───────────────────► │ ▲                  │
///     └────────────────────┼──┴──── schedule ──────────┘                    │
///           unschedule     │                           │                    │
///                draft ────┴──────── delete ───────────┴───► deleted ◄──────┘
///
///   pending ──submit──► submitted ──approve, reject, request changes──► approved | rejected | changes_requested
///      ▲                                                                         │
///      └──────────────── change (content, options, time beyond the window) ──────┘
/// </code>
/// An approver need not wait for submit, and may decide again until the post is publishing. The approval is bound to a hash of what was
/// seen (<c>marketing_ops.post_approvals</c>), and triggers of the database undo it with every writer's change; the claim compares once more.
/// A post that is publishing may be at the platform at this moment, so nobody edits it; one that is published is the record of what went out.
/// </summary>
/// <param name="Status">Value of <c>status</c>.</param>
/// <param name="Approval">Value of <c>approval_status</c>; null counts as pending.</param>
public sealed record PostState(string Status, string? Approval)
{
    /// <summary>True for a post that people may still change.</summary>
    public bool IsOpen => Status is PostStatus.Draft or PostStatus.Scheduled or PostStatus.Failed;

    /// <summary>The state that an action leads to; null when it is not possible in this one.</summary>
    public PostState? Next(PostAction action) => (action, Status) switch
    {
        (PostAction.Submit, _) when IsOpen && Approval != ApprovalStatus.Approved => this with { Approval = ApprovalStatus.Submitted },
        (PostAction.Approve, _) when IsOpen => this with { Approval = ApprovalStatus.Approved },
        (PostAction.Reject, _) when IsOpen => this with { Approval = ApprovalStatus.Rejected },
        (PostAction.RequestChanges, _) when IsOpen => this with { Approval = ApprovalStatus.ChangesRequested },
        (PostAction.Change, _) when IsOpen => this with { Approval = ApprovalStatus.Pending },

        (PostAction.Schedule, PostStatus.Draft or PostStatus.Failed) => this with { Status = PostStatus.Scheduled },
        (PostAction.Unschedule, PostStatus.Scheduled or PostStatus.Failed) => this with { Status = PostStatus.Draft },
        (PostAction.Cancel, PostStatus.Scheduled or PostStatus.Publishing) => this with { Status = PostStatus.Draft },
        (PostAction.Claim, PostStatus.Scheduled) when Approval == ApprovalStatus.Approved => this with { Status = PostStatus.Publishing },
        (PostAction.Miss, PostStatus.Scheduled) when Approval == ApprovalStatus.Approved => this with { Status = PostStatus.Failed },
        (PostAction.Confirm, PostStatus.Publishing) => this with { Status = PostStatus.Published },
        (PostAction.GiveUp, PostStatus.Publishing) => this with { Status = PostStatus.Failed },
        (PostAction.Delete, PostStatus.Draft or PostStatus.Scheduled or PostStatus.Failed or PostStatus.Published) => this with { Status = PostStatus.Deleted },
        _ => null,
    };
}
