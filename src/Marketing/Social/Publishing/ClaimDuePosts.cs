using System.Diagnostics;
using Marketing.Operations.Fence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Social.Publishing;

/// <summary>
/// Takes the approved posts whose time has come and queues them. Any number may run at once: <c>skip locked</c> hands each its own
/// rows, and the key of <c>publish_jobs</c> makes one job of a post. A post whose approval was for something else waits for another one;
/// one that is too late is missed and asks a person, since nobody expects it any more.
/// </summary>
public sealed partial class ClaimDuePosts(
    NpgsqlDataSource database, EnvironmentFence fence, DispatchJobs dispatch, IOptions<PublishingOptions> settings, IPublishStepObserver observer)
{
    private readonly PublishingOptions options = settings.Value;

    /// <summary>Claims and queues batch by batch until nothing is due or <see cref="PublishingOptions.ClaimFor"/> is over; the next run goes on.</summary>
    /// <returns>The number of posts queued, of earlier runs too.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (!await fence.IsReleasedAsync(cancellationToken)) return 0;
        var watch = Stopwatch.StartNew();
        var queued = 0;
        while (true)
        {
            var claimed = await ClaimAsync(cancellationToken);
            if (claimed.Claimed > 0) await observer.ReachedAsync("claimed", Guid.Empty);
            var sent = await dispatch.DueAsync(cancellationToken);
            queued += sent;
            if ((claimed.Total < options.Batch && sent < options.Batch) || watch.Elapsed > options.ClaimFor) return queued;
        }
    }

    /// <summary>Claims one batch.</summary>
    internal async Task<ClaimedBatch> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.AddWithValue(options.Batch);
        command.Parameters.AddWithValue(options.MaxLateness);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ClaimedBatch(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2));
    }

    /// <summary>The posts of a batch: <c>$1</c> at most, late after <c>$2</c>. ix_post_schedule_due_at finds them in order, however many wait behind.</summary>
    internal const string Due = """
        select schedule.post_id, schedule.account_id, schedule.due_at, account.platform, marketing_ops.approval_holds(post) as holds,
               now() - schedule.due_at > marketing_ops.max_lateness(schedule.post_id, schedule.account_id, $2) as is_late
        from   marketing_ops.post_schedule schedule
        join   marketing.social_posts post on post.id = schedule.post_id
        join   marketing.social_accounts account on account.id = schedule.account_id
        where  schedule.due_at <= now() and post.status = 'scheduled' and post.approval_status = 'approved'
        and    not exists (select from marketing_ops.publishing_pause)
        and    not exists (select from marketing_ops.account_publishing own where own.account_id = schedule.account_id and own.paused_at is not null)
        order  by schedule.due_at, schedule.post_id limit $1
        for    update of schedule, post skip locked
        """;

    // A post that failed and was scheduled again takes its old job up; a container of a publish that was never explained is kept, so that
    // the job goes on by reading what became of it.
    private const string Claim = $"""
        with due as materialized ({Due}),
        lapsed as (
            update marketing.social_posts post set approval_status = 'pending', approved_by = null from due where post.id = due.post_id and not due.holds returning post.id),
        missed as (
            insert into marketing_ops.publish_jobs as job (post_id, platform, account_id, order_at, state, due_at, redispatch_at, failures, negative_reads, reason)
            select post_id, platform, account_id, due_at, 'missed', now(), now(), 0, 0, 'Its time was ' || to_char(due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC, longer ago than allowed. Retry it now, or reschedule it.'
            from   due where holds and is_late
            on conflict (post_id) do update
            set    state = 'missed', platform = excluded.platform, account_id = excluded.account_id, order_at = excluded.order_at, reason = excluded.reason, created_at = now()
            where  job.state <> 'open'
            returning post_id, reason),
        tried as (
            insert into marketing_ops.publish_attempts (id, post_id, number, step, state, finished_at, detail)
            select gen_random_uuid(), post_id, 1 + coalesce((select max(number) from marketing_ops.publish_attempts a where a.post_id = missed.post_id), 0), 'submit', 'refused', now(), 'Missed. ' || reason from missed),
        claimed as (
            insert into marketing_ops.publish_jobs as job (post_id, platform, account_id, order_at, state, due_at, redispatch_at, failures, negative_reads)
            select post_id, platform, account_id, due_at, 'open', now(), now(), 0, 0 from due where holds and not is_late
            on conflict (post_id) do update
            set    state = 'open', platform = excluded.platform, account_id = excluded.account_id, order_at = excluded.order_at, due_at = now(), redispatch_at = now(), created_at = now(),
                   failures = 0, negative_reads = 0, leased_until = null, lease_token = null, reason = null, hold_reason = null,
                   container_id = case when exists (
                       select from marketing_ops.publish_attempts attempt
                       where  attempt.post_id = job.post_id and attempt.step = 'finalise' and attempt.state in ('started', 'unconfirmed')) then job.container_id end
            where  job.state not in ('open', 'published')
            returning post_id),
        moved as (
            select post_id, 'publishing' as status from claimed union all select post_id, 'failed' from missed),
        taken as (
            update marketing.social_posts post set status = moved.status from moved where post.id = moved.post_id),
        noted as (
            insert into marketing_ops.audit_log (at, actor, action, table_name, row_id)
            select now(), 'job:publish_due', 'claim', 'social_posts', post_id from claimed
            union all select now(), 'job:publish_due', 'miss', 'social_posts', post_id from missed
            union all select now(), 'job:publish_due', 'drop_approval', 'social_posts', id from lapsed)
        select (select count(*) from claimed)::int, (select count(*) from missed)::int, (select count(*) from lapsed)::int
        """;
}

/// <summary>What one claim came to.</summary>
/// <param name="Claimed">Posts that are publishing now.</param>
/// <param name="Missed">Posts that were too late.</param>
/// <param name="Lapsed">Posts that must be approved again.</param>
internal readonly record struct ClaimedBatch(int Claimed, int Missed, int Lapsed)
{
    public int Total => Claimed + Missed + Lapsed;
}
