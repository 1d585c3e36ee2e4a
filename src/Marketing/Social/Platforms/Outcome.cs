namespace Marketing.Social.Platforms;

/// <summary>Everything that a platform's answer can mean for publishing. Whether and how to go on follows from the case alone.</summary>
public abstract record Outcome
{
    private Outcome() { }

    /// <summary>The reason that the platform gave; the case's name where there is none.</summary>
    public string InWords() => this switch
    {
        RetryLater(_, var reason) => reason,
        SubmitAgain(var reason) => reason,
        RefreshToken(var reason) => reason,
        Disconnect(var reason) => reason,
        Reject(_, var reason) => reason,
        Unconfirmed(var reason) => reason,
        Unknown(var reason) => reason,
        GivenUp(var because) => because.InWords(),
        _ => GetType().Name,
    };

    /// <summary>The platform took the content; nothing is visible yet.</summary>
    /// <param name="ContainerId">What to poll and to finalise.</param>
    /// <param name="State">What the publisher must know of it later, for example how far an upload is; see <see cref="PublishTarget.ContainerState"/>.</param>
    public sealed record Submitted(string ContainerId, string? State = null) : Outcome;

    /// <summary>The platform is still at work on the content, or the next part of it is to be sent.</summary>
    /// <param name="State">Replaces the container's state; null leaves it.</param>
    /// <param name="GoOn">True when the next poll may follow at once, because this one moved the work on.</param>
    public sealed record Processing(string? State = null, bool GoOn = false) : Outcome;

    /// <summary>The content can be finalised.</summary>
    public sealed record Ready : Outcome;

    /// <summary>The post is visible.</summary>
    /// <param name="ExternalPostId">The platform's id; null when it is proven to be out but could not be named yet.</param>
    /// <param name="Url">Address for people; null when not read yet.</param>
    public sealed record Published(string? ExternalPostId, string? Url) : Outcome
    {
        /// <summary>False when the platform will never name it, as with private posts, so that nobody waits for the id.</summary>
        public bool MayBeNamedLater { get; init; } = true;
    }

    /// <summary>
    /// Of a finalise: the platform took the content and publishes it by itself, later. Whether it did is found out by reading; see
    /// <see cref="IPublisher.FindAsync"/>.
    /// </summary>
    /// <param name="ContainerId">Names the platform's work from now on; null leaves the container's name.</param>
    /// <param name="State">Replaces the container's state; null leaves it.</param>
    public sealed record Accepted(string? ContainerId = null, string? State = null) : Outcome;

    /// <summary>Of a read: the platform gave the publishing up for good, so that the post is not and will not be out.</summary>
    /// <param name="Because">What follows from its reason.</param>
    public sealed record GivenUp(Outcome Because) : Outcome;

    /// <summary>A read that proves, as far as one read can, that the post is not out.</summary>
    public sealed record NotPublished : Outcome;

    /// <summary>A definite refusal that may pass.</summary>
    /// <param name="After">The platform's own delay; null when it named none.</param>
    /// <param name="Reason">What it said.</param>
    public sealed record RetryLater(TimeSpan? After, string Reason) : Outcome
    {
        /// <summary>True when the platform's delay holds for every account of the app, not for this one alone.</summary>
        public bool IsOfApp { get; init; }
    }

    /// <summary>The container is of no more use; the content may be submitted again.</summary>
    /// <param name="Reason">What the platform said.</param>
    public sealed record SubmitAgain(string Reason) : Outcome;

    /// <summary>The token is dead and might be replaced without a person.</summary>
    /// <param name="Reason">What the platform said.</param>
    public sealed record RefreshToken(string Reason) : Outcome;

    /// <summary>The token is dead and a person must connect the account again.</summary>
    /// <param name="Reason">What the platform said.</param>
    public sealed record Disconnect(string Reason) : Outcome;

    /// <summary>The platform will never take this content from this account as it is.</summary>
    /// <param name="Column">Column of <c>social_posts</c> to change.</param>
    /// <param name="Reason">What the platform said.</param>
    public sealed record Reject(string Column, string Reason) : Outcome;

    /// <summary>It was sent and may have been published; only reading the platform can tell. From a read: this read cannot tell either.</summary>
    /// <param name="Reason">What was lost.</param>
    public sealed record Unconfirmed(string Reason) : Outcome;

    /// <summary>Nothing was published and the reason is not understood.</summary>
    /// <param name="Reason">What came back.</param>
    public sealed record Unknown(string Reason) : Outcome;
}
