using Marketing.Data;
using Marketing.Operations;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Publishing;

/// <summary>
/// Writes that a post is out, in one statement: the post, the use of its content and assets, its calendar item, the audit entry, the
/// job and the attempt. The job's change from open to published makes it happen once.
/// </summary>
public sealed class ConfirmPost(NpgsqlDataSource database, IOptions<PublishingOptions> options)
{
    // The item: one that names the post already; else the one that plans this content for this platform and whose date is nearest to the
    // post's day in the calendars' zone, at most a month away, so that a content posted again finds the next item.
    private const string Confirm = """
        with closed as (
            update marketing_ops.publish_jobs set state = 'published', failures = 0, reason = null, hold_reason = null, leased_until = null, lease_token = null
            where  post_id = $1 and lease_token = $2 and state = 'open'
            returning post_id),
        finished as (
            update marketing_ops.publish_attempts attempt set state = 'succeeded', finished_at = now(), detail = $4, external_id = $5
            from   closed where attempt.id = $3),
        post as (
            update marketing.social_posts post set status = 'published', published_at = $6, external_post_id = $5, external_url = $7
            from   closed where post.id = closed.post_id
            returning post.id, post.social_post_id, post.content_id, post.media_urls, (coalesce(post.scheduled_at, now()) at time zone $9)::date as day),
        used as (
            insert into marketing.content_usage (content_id, library_asset_id, usage_type, usage_id, usage_context, used_at)
            select use.content_id, use.asset_id, 'social_post', use.post_id, use.social_post_id, $6
            from   (select id, social_post_id, content_id, null::uuid from post where content_id is not null
                    union
                    select post.id, post.social_post_id, null, asset.id
                    from   post cross join lateral unnest(post.media_urls) address cross join lateral marketing_ops.assets_at(address) found (id)
                    join   marketing.content_library asset on asset.id = found.id) use (post_id, social_post_id, content_id, asset_id)),
        item as materialized (
            select calendar_item.id
            from   marketing.calendar_items calendar_item, post
            where  calendar_item.published_post_id = post.id
            or     (calendar_item.published_post_id is null and calendar_item.content_id = post.content_id
                    and (calendar_item.platform is null or lower(calendar_item.platform) = $8)
                    and abs(calendar_item.scheduled_date - post.day) <= 31)
            order  by calendar_item.published_post_id nulls last, abs(calendar_item.scheduled_date - post.day), calendar_item.platform nulls last,
                      calendar_item.scheduled_time nulls last, calendar_item.id
            limit  1
            for    update of calendar_item),
        planned as (
            update marketing.calendar_items set published_post_id = $1, status = 'published' from item where calendar_items.id = item.id),
        noted as (
            insert into marketing_ops.audit_log (at, actor, action, table_name, row_id, request_id, changes)
            select now(), 'job:publish_post', 'publish', 'social_posts', id, $10,
                   jsonb_build_object('status', jsonb_build_object('from', 'publishing', 'to', 'published'), 'external_post_id', jsonb_build_object('from', null, 'to', $5::text))
            from   post)
        select count(*) from closed
        """;

    /// <summary>Writes it.</summary>
    /// <param name="job">The job, leased, with the platform's id of the post.</param>
    /// <param name="attempt">The confirm step that was recorded.</param>
    /// <param name="url">Address of the post for people; null when it could not be read.</param>
    /// <param name="detail">What to say in the attempt.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="LeaseLostException">Another worker has taken over.</exception>
    public async Task RunAsync(PublishJob job, PublishAttempt attempt, string? url, string detail, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Confirm);
        var parameters = command.Parameters;
        parameters.AddWithValue(job.PostId);
        parameters.AddWithValue(job.LeaseToken!.Value);
        parameters.AddWithValue(attempt.Id);
        parameters.AddWithValue(detail);
        parameters.Add(Text(job.ExternalPostId));
        parameters.AddWithValue(attempt.StartedAt.ToUniversalTime());
        parameters.Add(Text(url));
        parameters.AddWithValue(job.Platform);
        parameters.AddWithValue(options.Value.CalendarTimeZone);
        parameters.Add(Text(AuditLog.RequestId));
        if ((long)(await command.ExecuteScalarAsync(cancellationToken))! == 0) throw new LeaseLostException(job.PostId);
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
