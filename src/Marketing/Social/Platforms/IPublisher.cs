namespace Marketing.Social.Platforms;

/// <summary>All that publishing knows of a platform. A documented answer is an <see cref="Outcome"/>, never an exception.</summary>
public interface IPublisher
{
    /// <summary>Value of <c>social_accounts.platform</c>.</summary>
    string Platform { get; }

    /// <summary>How long a post that is out may go unseen by <see cref="FindAsync"/>; two negative reads this far apart, and no less than the setting RereadAfter, prove that it is not.</summary>
    TimeSpan ShownWithin { get; }

    /// <summary>Hands the content over. Repeating it is harmless: nothing is visible until <see cref="FinaliseAsync"/>.</summary>
    Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken);

    /// <summary>
    /// Asks whether the content can be finalised, or sends the next part of it. Repeating it is harmless; a part whose answer was lost is
    /// found by asking the platform how far it is.
    /// </summary>
    Task<Outcome> PollAsync(PublishTarget target, string containerId, CancellationToken cancellationToken);

    /// <summary>Makes the post visible. The caller sees to it that this is called once, unless the platform refused definitely.</summary>
    Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken);

    /// <summary>
    /// Finds out by reading whether an unconfirmed post is out. Read-only. <see cref="Outcome.NotPublished"/> only where the platform can
    /// prove it; <see cref="Outcome.Processing"/> while the platform still works on it; <see cref="Outcome.Unconfirmed"/> where it shows neither.
    /// </summary>
    /// <param name="target">The post.</param>
    /// <param name="containerId">The container that was finalised.</param>
    /// <param name="since">When the finalise began.</param>
    /// <param name="isOurs">True for platform ids that belong to other posts of ours.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    Task<Outcome> FindAsync(PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken);

    /// <summary>Reads a published post back for its address. Read-only.</summary>
    Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken);
}
