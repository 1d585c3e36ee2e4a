using System.Text.Json;
using Marketing.Data;
using Marketing.Resources;
using Marketing.Social.Preflight;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Social.Posts;

/// <summary>
/// Rules of <c>social_posts</c>: a scheduled post says when, a post that goes out or is out is not edited under the platform's feet, the
/// publisher alone moves posts to publishing, what is scheduled can be published, and a changed post must be approved again.
/// </summary>
internal sealed class SocialPostRule(IServiceScopeFactory scopes) : IWriteRule<SocialPost>
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
        if (write.Errors.Count == 0) await RefuseWhatCannotBePublishedAsync(write, cancellationToken);
        if (ContentChanges(write)) (row.ApprovalStatus, row.ApprovedBy) = (ApprovalStatus.Pending, null);
    }

    private static async Task RefuseWhatNoPlatformTakesAsync(RowWrite<SocialPost> write, CancellationToken cancellationToken)
    {
        var row = write.Row;
        if (row.Status is PostStatus.Published or PostStatus.Deleted || !(write.Kind == WriteKind.Create || write.Changes(post => post.PostType) || write.Changes(post => post.AccountId))) return;
        var platform = await write.AskAsync<string>("select platform from marketing.social_accounts where id = $1", cancellationToken, row.AccountId);
        if (platform is not null && KnownPlatforms.All.GetValueOrDefault(platform)?.Refusal(row.PostType) is { } reason) write.Refuse("post_type", "post_type_not_taken", reason);
    }

    // Whoever schedules a post learns at once what would keep it from being published. Of a new one the options are not there yet; they are
    // looked at when it is approved. What may be out already goes on by reading, whatever has changed since.
    private async Task RefuseWhatCannotBePublishedAsync(RowWrite<SocialPost> write, CancellationToken cancellationToken)
    {
        var row = write.Row;
        if (row.Status != PostStatus.Scheduled || (write.Before?.Status == PostStatus.Scheduled && !write.Changes(post => post.ScheduledAt))) return;
        if (await write.FindsAsync("select 1 from marketing_ops.publish_attempts where post_id = $1 and step = 'finalise' and state in ('started', 'unconfirmed')", cancellationToken, row.Id)) return;
        var stored = await write.AskAsync<string>("select options::text from marketing_ops.post_options where post_id = $1", cancellationToken, row.Id);
        using var options = stored is null ? null : JsonDocument.Parse(stored);
        await using var scope = scopes.CreateAsyncScope();
        var result = (await scope.ServiceProvider.GetRequiredService<RunPreflight>().RunAsync([(row, options?.RootElement ?? RunPreflight.NoOptions, null)], cancellationToken))[0];
        // An account that is not there is refused by its foreign key.
        if (result.Draft is null) return;
        foreach (var finding in result.Errors)
        {
            var isOption = finding.Field.StartsWith("options", StringComparison.Ordinal);
            if (!isOption || write.Kind == WriteKind.Update) write.Refuse(finding.Field, finding.Rule, finding.Fix);
        }
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
