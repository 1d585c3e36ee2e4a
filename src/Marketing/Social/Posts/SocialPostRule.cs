using Marketing.Data;
using Marketing.Resources;
using Marketing.Social.Preflight;

namespace Marketing.Social.Posts;

/// <summary>
/// Rules of <c>social_posts</c>: a scheduled post says when, a post that goes out or is out is not edited under the platform's feet, the
/// publisher alone moves posts to publishing, and a changed post must be approved again.
/// </summary>
internal sealed class SocialPostRule : IWriteRule<SocialPost>
{
    /// <inheritdoc />
    public async Task ApplyAsync(RowWrite<SocialPost> write, CancellationToken cancellationToken)
    {
        var row = write.Row;
        var before = write.Before?.Status;
        if (before == PostStatus.Publishing)
        {
            write.Refuse("status", "publishing", "The post is being published. Wait until it is published or failed; GET social_posts/{id}/attempts tells how far it is.");
            return;
        }
        if (write.Kind == WriteKind.Delete) return;

        if (row.Status == PostStatus.Publishing) write.Refuse("status", "not_allowed", "Only the publisher sets publishing. Send status scheduled with scheduled_at, and approve the post.");
        if (row.Status == PostStatus.Scheduled && row.ScheduledAt is null) write.Refuse("scheduled_at", "required", "A scheduled post needs scheduled_at, a time with its zone, for example 2026-11-24T09:30:00+01:00.");
        if (write.Changes(post => post.LinkUrl)) write.IsWebAddress("link_url", row.LinkUrl);
        foreach (var url in row.MediaUrls ?? [])
            write.IsWebAddress("media_urls", url);
        FollowPublication(write, before);
        await RefuseWhatNoPlatformTakesAsync(write, cancellationToken);
        if (ContentChanges(write)) (row.ApprovalStatus, row.ApprovedBy) = (ApprovalStatus.Pending, null);
    }

    private static async Task RefuseWhatNoPlatformTakesAsync(RowWrite<SocialPost> write, CancellationToken cancellationToken)
    {
        var row = write.Row;
        if (row.Status is PostStatus.Published or PostStatus.Deleted || !(write.Kind == WriteKind.Create || write.Changes(post => post.PostType) || write.Changes(post => post.AccountId))) return;
        var platform = await write.AskAsync<string>("select platform from marketing.social_accounts where id = $1", cancellationToken, row.AccountId);
        if (platform is not null && KnownPlatforms.All.GetValueOrDefault(platform)?.Refusal(row.PostType) is { } reason) write.Refuse("post_type", "post_type_not_taken", reason);
    }

    // What is out elsewhere may be recorded here, with its platform's id; what was published by us keeps what the publisher wrote.
    private static void FollowPublication(RowWrite<SocialPost> write, string? before)
    {
        var row = write.Row;
        if (row.Status == PostStatus.Published && before != PostStatus.Published && (row.ExternalPostId is null || row.PublishedAt is null))
            write.Refuse("status", "not_published", "A post becomes published by being published. To record one that is out already send published_at and external_post_id too.");
        if (row.Status is not PostStatus.Published and not PostStatus.Deleted && (write.Changes(post => post.PublishedAt) && row.PublishedAt is not null))
            write.Refuse("published_at", "not_published", "published_at belongs to status published.");
        if (before is not null && row.Status is { } after && after != PostStatus.Published && !PostStatus.MayWrite(before, after))
            write.Refuse("status", "not_allowed", $"A post that is {before} can become {string.Join(" or ", PostStatus.WritableFrom(before).Distinct())}, not {after}.");
        if (before == PostStatus.Published && (write.Changes(post => post.Caption) || write.Changes(post => post.MediaUrls) || write.Changes(post => post.AccountId)))
            write.Refuse("caption", "already_published", "The post is out as it was; change it on the platform.");
    }

    private static bool ContentChanges(RowWrite<SocialPost> write) =>
        write.Kind == WriteKind.Create
        || write.Changes(post => post.Caption) || write.Changes(post => post.MediaUrls) || write.Changes(post => post.Hashtags) || write.Changes(post => post.Mentions)
        || write.Changes(post => post.LinkUrl) || write.Changes(post => post.LocationTag) || write.Changes(post => post.PostType) || write.Changes(post => post.AccountId);
}
