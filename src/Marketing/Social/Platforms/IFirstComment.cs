namespace Marketing.Social.Platforms;

/// <summary>A platform where the account can comment on its own post; for the option <c>first_comment</c>.</summary>
internal interface IFirstComment
{
    /// <summary>Comments on a post that is out. The caller sees to it that this is called once, unless the platform refused definitely.</summary>
    /// <returns><see cref="Outcome.Published"/> with the comment's id, or why not.</returns>
    Task<Outcome> CommentAsync(PublishTarget target, string externalPostId, string text, CancellationToken cancellationToken);

    /// <summary>Looks for the comment. Read-only. <see cref="Outcome.NotPublished"/> where the platform lists the comments without it.</summary>
    Task<Outcome> FindCommentAsync(PublishTarget target, string externalPostId, string text, CancellationToken cancellationToken);
}
