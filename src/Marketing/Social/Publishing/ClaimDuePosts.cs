using Marketing.Data;
using Marketing.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Publishing;

/// <summary>
/// Takes the approved posts whose time has come and queues them. Any number may run at once: <c>skip locked</c> hands each its own
/// rows, and the key of <c>publish_jobs</c> makes one job of a post. A message may be lost or repeated: a due job that no worker holds
/// is queued again.
/// </summary>
public sealed partial class ClaimDuePosts(
    MarketingDbContext database, WorkQueue queue, IOptions<PublishingOptions> settings, IPublishStepObserver observer, ILogger<ClaimDuePosts> logger)
{
    private readonly PublishingOptions options = settings.Value;

    /// <summary>Claims, then queues what was claimed now and what an earlier worker or message lost.</summary>
    /// <returns>The number of posts queued.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var claimed = await ClaimAsync(cancellationToken);
        if (claimed > 0) await observer.ReachedAsync("claimed", Guid.Empty);

        var due = await DispatchableAsync(cancellationToken);
        foreach (var postId in due)
            await queue.SendAsync(QueueNames.PublishPost, postId, visibleAfter: null, cancellationToken);
        if (due.Count > 0) PostsQueued(logger, claimed, due.Count);
        return due.Count;
    }

    // idx_sp_scheduled finds the posts. A post that failed and was scheduled again takes its old job up; a container of a publish that
    // was never explained is kept, so that the job goes on by reading what became of it.
    private async Task<int> ClaimAsync(CancellationToken cancellationToken) => await database.Database.ExecuteSqlAsync($"""
        with due as materialized (
            select post.id, account.platform
            from   marketing.social_posts post
            join   marketing.social_accounts account on account.id = post.account_id
            where  post.scheduled_at <= now() and post.status = 'scheduled' and post.approval_status = 'approved'
            order  by post.scheduled_at limit {options.Batch}
            for    update of post skip locked),
        claimed as (
            insert into marketing_ops.publish_jobs as job (post_id, platform, state, due_at, redispatch_at, failures, negative_reads)
            select id, platform, 'open', now(), now(), 0, 0 from due
            on conflict (post_id) do update
            set    state = 'open', platform = excluded.platform, due_at = now(), redispatch_at = now(), created_at = now(), failures = 0,
                   negative_reads = 0, leased_until = null, lease_token = null,
                   container_id = case when exists (
                       select from marketing_ops.publish_attempts attempt
                       where  attempt.post_id = job.post_id and attempt.step = 'finalise' and attempt.state in ('started', 'unconfirmed')) then job.container_id end
            where  job.state = 'failed'
            returning post_id),
        noted as (
            insert into marketing_ops.audit_log (at, actor, action, table_name, row_id)
            select now(), 'job:publish_due', 'claim', 'social_posts', post_id from claimed)
        update marketing.social_posts post set status = 'publishing' from claimed where post.id = claimed.post_id
        """, cancellationToken);

    // Marked before they are sent: dying in between costs RedispatchAfter, the other way round would send twice.
    private Task<List<Guid>> DispatchableAsync(CancellationToken cancellationToken) => database.Database.SqlQuery<Guid>($"""
        with due as materialized (
            select post_id from marketing_ops.publish_jobs
            where  state = 'open' and due_at <= now() and redispatch_at <= now() and (leased_until is null or leased_until < now())
            order  by due_at limit {options.Batch}
            for    update skip locked)
        update marketing_ops.publish_jobs job set redispatch_at = now() + {options.RedispatchAfter}
        from   due
        where  job.post_id = due.post_id
        returning job.post_id as "Value"
        """).ToListAsync(cancellationToken);

    [LoggerMessage(4100, LogLevel.Information, "{Claimed} posts claimed, {Queued} queued for publishing")]
    private static partial void PostsQueued(ILogger logger, int claimed, int queued);
}
