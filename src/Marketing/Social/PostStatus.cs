namespace Marketing.Social;

/// <summary>
/// The states of <c>social_posts.status</c> and who moves a post between them.
/// <code>
///              schedule               claim                 confirm
///   draft ───────────────► scheduled ───────► publishing ───────────► published
///     ▲ ◄─────────────────  ▲                     │ give up              │
///     │      unschedule     │ schedule            ▼                      │
///     └─────────────────────┴────────────────── failed                   │
///           unschedule                            │ delete               │ delete
///                      draft, scheduled ──────────┴──────► deleted ◄─────┘
/// </code>
/// People schedule, unschedule and delete by PATCH. Only the product claims, confirms and gives up. A post that is publishing may be
/// at the platform at this moment, so nobody edits it; one that is published is the record of what went out.
/// </summary>
public static class PostStatus
{
    /// <summary>Being written; the default.</summary>
    public const string Draft = "draft";

    /// <summary>Goes out at <c>scheduled_at</c>, once approved.</summary>
    public const string Scheduled = "scheduled";

    /// <summary>Claimed by the publisher; may be at the platform already.</summary>
    public const string Publishing = "publishing";

    /// <summary>At the platform, under <c>external_post_id</c>.</summary>
    public const string Published = "published";

    /// <summary>Given up; the attempts say why.</summary>
    public const string Failed = "failed";

    /// <summary>Put away.</summary>
    public const string Deleted = "deleted";

    /// <summary>The state that an action leads to; null when it is not possible in this state.</summary>
    public static string? Next(string status, PostAction action) => (status, action) switch
    {
        (Draft or Failed, PostAction.Schedule) => Scheduled,
        (Scheduled or Failed, PostAction.Unschedule) => Draft,
        (Scheduled, PostAction.Claim) => Publishing,
        (Publishing, PostAction.Confirm) => Published,
        (Publishing, PostAction.GiveUp) => Failed,
        (Draft or Scheduled or Failed or Published, PostAction.Delete) => Deleted,
        _ => null,
    };

    /// <summary>True when a person may move a post from one state to the other by writing <c>status</c>.</summary>
    public static bool MayWrite(string from, string to) =>
        from == to || PeoplesActions.Any(action => Next(from, action) == to);

    /// <summary>The states that a person may write next, for an error message.</summary>
    public static IEnumerable<string> WritableFrom(string from) => PeoplesActions.Select(action => Next(from, action)).OfType<string>();

    private static readonly PostAction[] PeoplesActions = [PostAction.Schedule, PostAction.Unschedule, PostAction.Delete];
}

/// <summary>What can happen to a post, see <see cref="PostStatus"/>.</summary>
public enum PostAction
{
    /// <summary>A person gives it a time.</summary>
    Schedule,

    /// <summary>A person takes it back to draft.</summary>
    Unschedule,

    /// <summary>The timer takes it for publishing.</summary>
    Claim,

    /// <summary>The platform has it.</summary>
    Confirm,

    /// <summary>It cannot be published.</summary>
    GiveUp,

    /// <summary>A person puts it away.</summary>
    Delete,
}
