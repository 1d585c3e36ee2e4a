namespace Marketing.Social;

/// <summary>What can happen to a post, see <see cref="PostState"/>.</summary>
public enum PostAction
{
    /// <summary>Its author asks for a decision.</summary>
    Submit,

    /// <summary>A person lets it go out as it stands.</summary>
    Approve,

    /// <summary>A person forbids it.</summary>
    Reject,

    /// <summary>A person wants it changed.</summary>
    RequestChanges,

    /// <summary>Its content, its options, or its time beyond the approved window changes.</summary>
    Change,

    /// <summary>A person gives it a time.</summary>
    Schedule,

    /// <summary>A person takes it back to draft.</summary>
    Unschedule,

    /// <summary>The timer takes it for publishing.</summary>
    Claim,

    /// <summary>The timer finds it too late.</summary>
    Miss,

    /// <summary>The platform has it.</summary>
    Confirm,

    /// <summary>It cannot be published.</summary>
    GiveUp,

    /// <summary>A person takes it back before the platform has anything of it.</summary>
    Cancel,

    /// <summary>A person puts it away.</summary>
    Delete,
}
