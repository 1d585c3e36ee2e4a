namespace Marketing.Social;

/// <summary>Values of <c>social_posts.status</c>; <see cref="PostState"/> says how a post moves between them.</summary>
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

    /// <summary>Given up or missed; the attempts say why.</summary>
    public const string Failed = "failed";

    /// <summary>Put away.</summary>
    public const string Deleted = "deleted";

    /// <summary>The state that an action leads to, whatever the approval; null when it is not possible in this state.</summary>
    public static string? Next(string status, PostAction action) => new PostState(status, ApprovalStatus.Approved).Next(action)?.Status;

    /// <summary>True when a person may move a post from one state to the other by writing <c>status</c>.</summary>
    public static bool MayWrite(string from, string to) =>
        from == to || PeoplesActions.Any(action => Next(from, action) == to);

    /// <summary>The states that a person may write next, for an error message.</summary>
    public static IEnumerable<string> WritableFrom(string from) => PeoplesActions.Select(action => Next(from, action)).OfType<string>();

    private static readonly PostAction[] PeoplesActions = [PostAction.Schedule, PostAction.Unschedule, PostAction.Delete];
}
