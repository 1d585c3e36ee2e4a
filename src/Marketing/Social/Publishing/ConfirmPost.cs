using System.Text.Json;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using UUIDNext;

namespace Marketing.Social.Publishing;

/// <summary>
/// Writes that a post is out, in one transaction: the post, the use of its content and assets, its calendar item, the audit entry, the
/// job and the attempt. The job's change from open to published makes it happen once.
/// </summary>
public sealed class ConfirmPost(MarketingDbContext database, PublicMedia media, AuditLog audit, IOptions<PublishingOptions> options, TimeProvider clock)
{
    /// <summary>Writes it.</summary>
    /// <param name="job">The job, leased, with the platform's id of the post.</param>
    /// <param name="attempt">The confirm step that was recorded.</param>
    /// <param name="url">Address of the post for people; null when it could not be read.</param>
    /// <param name="detail">What to say in the attempt.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="LeaseLostException">Another worker has taken over.</exception>
    public async Task RunAsync(PublishJob job, PublishAttempt attempt, string? url, string detail, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var closed = await database.Database.ExecuteSqlAsync($"""
            with closed as (
                update marketing_ops.publish_jobs set state = 'published', failures = 0, reason = null, hold_reason = null, leased_until = null, lease_token = null
                where  post_id = {job.PostId} and lease_token = {job.LeaseToken} and state = 'open'
                returning post_id)
            update marketing_ops.publish_attempts attempt
            set    state = 'succeeded', finished_at = now(), detail = {detail}, external_id = {job.ExternalPostId}
            from   closed
            where  attempt.id = {attempt.Id}
            """, cancellationToken);
        if (closed == 0) throw new LeaseLostException(job.PostId);

        var post = await database.SocialPosts.FromSql($"select *, xmin from marketing.social_posts where id = {job.PostId} for update").SingleAsync(cancellationToken);
        (post.Status, post.PublishedAt, post.ExternalPostId, post.ExternalUrl) =
            (PostStatus.Next(PostStatus.Publishing, PostAction.Confirm), now, job.ExternalPostId, url);
        await RecordUseAsync(post, now, cancellationToken);
        await LinkCalendarItemAsync(post, job.Platform, cancellationToken);
        audit.Record(Caller.Job("publish_post"), "publish", "social_posts", post.Id, JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, string?>>
        {
            ["status"] = new() { ["from"] = PostStatus.Publishing, ["to"] = PostStatus.Published },
            ["external_post_id"] = new() { ["from"] = null, ["to"] = job.ExternalPostId },
        }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task RecordUseAsync(SocialPost post, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (post.ContentId is { } content) Use(content, asset: null);
        foreach (var asset in await media.AssetsBehindAsync(post.MediaUrls ?? [], cancellationToken)) Use(content: null, asset);

        void Use(Guid? content, Guid? asset) => database.ContentUsage.Add(new ContentUsage
        {
            Id = Uuid.NewDatabaseFriendly(Database.PostgreSql),
            ContentId = content,
            LibraryAssetId = asset,
            UsageType = "social_post",
            UsageId = post.Id,
            UsageContext = post.SocialPostId,
            UsedAt = now,
        });
    }

    // An item that names the post already is the one; else the item that plans this content for this platform and whose date is nearest
    // to the post's day in the calendars' zone, at most a month away, so that a content posted again finds the next item.
    private Task<int> LinkCalendarItemAsync(SocialPost post, string platform, CancellationToken cancellationToken) => database.Database.ExecuteSqlAsync($"""
        with day as (
            select (coalesce({post.ScheduledAt}, now()) at time zone {options.Value.CalendarTimeZone})::date as date),
        item as materialized (
            select calendar_item.id
            from   marketing.calendar_items calendar_item, day
            where  calendar_item.published_post_id = {post.Id}
            or     (calendar_item.published_post_id is null and calendar_item.content_id = {post.ContentId}
                    and (calendar_item.platform is null or lower(calendar_item.platform) = {platform})
                    and abs(calendar_item.scheduled_date - day.date) <= 31)
            order  by calendar_item.published_post_id nulls last, abs(calendar_item.scheduled_date - day.date), calendar_item.platform nulls last,
                      calendar_item.scheduled_time nulls last, calendar_item.id
            limit  1
            for    update of calendar_item)
        update marketing.calendar_items set published_post_id = {post.Id}, status = 'published' from item where calendar_items.id = item.id
        """, cancellationToken);
}
