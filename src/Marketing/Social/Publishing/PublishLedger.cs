using Marketing.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using UUIDNext;

namespace Marketing.Social.Publishing;

/// <summary>
/// The jobs and their attempts. Due times and leases are judged by the database's clock alone, since workers' clocks differ. Every
/// write names the lease token: no row changed means that the lease was lost, and the worker stops.
/// </summary>
public sealed class PublishLedger(MarketingDbContext database, IOptions<PublishingOptions> options, IPublishStepObserver observer)
{
    /// <summary>Takes the job when it is open, due and free.</summary>
    /// <returns>The job with its new lease token; null when there is nothing to do.</returns>
    public async Task<PublishJob?> LeaseAsync(Guid postId, CancellationToken cancellationToken)
    {
        var taken = await database.PublishJobs.FromSql($"""
            update marketing_ops.publish_jobs
            set    leased_until = now() + {options.Value.Lease}, lease_token = gen_random_uuid()
            where  post_id = {postId} and state = 'open' and due_at <= now() and (leased_until is null or leased_until < now())
            returning *
            """).AsNoTracking().ToListAsync(cancellationToken);
        if (taken is not [var job]) return null;
        await observer.ReachedAsync("leased", postId);
        return job;
    }

    /// <summary>Gives the job back at once, for a worker that must leave.</summary>
    public Task ReleaseAsync(PublishJob job, CancellationToken cancellationToken) => database.Database.ExecuteSqlAsync($"""
        update marketing_ops.publish_jobs
        set    leased_until = null, lease_token = null, redispatch_at = now()
        where  post_id = {job.PostId} and lease_token = {job.LeaseToken}
        """, cancellationToken);

    /// <summary>Records that a step begins and extends the lease.</summary>
    /// <exception cref="LeaseLostException">Another worker has taken over.</exception>
    public async Task<PublishAttempt> StartAsync(PublishJob job, string step, CancellationToken cancellationToken)
    {
        await observer.ReachedAsync($"{step} next", job.PostId);
        var started = await database.PublishAttempts.FromSql($"""
            with held as (
                update marketing_ops.publish_jobs set leased_until = now() + {options.Value.Lease}
                where  post_id = {job.PostId} and lease_token = {job.LeaseToken} and state = 'open'
                returning post_id)
            insert into marketing_ops.publish_attempts (id, post_id, number, step, state, external_id)
            select {Uuid.NewDatabaseFriendly(Database.PostgreSql)}, post_id,
                   1 + coalesce((select max(number) from marketing_ops.publish_attempts where post_id = {job.PostId}), 0),
                   {step}, 'started', {job.ExternalPostId ?? job.ContainerId}
            from   held
            returning *
            """).AsNoTracking().ToListAsync(cancellationToken);
        if (started is not [var attempt]) throw new LeaseLostException(job.PostId);
        await observer.ReachedAsync($"{step} recorded", job.PostId);
        return attempt;
    }

    /// <summary>Tells the observer that the platform has answered and nothing is recorded of it yet.</summary>
    internal ValueTask AnsweredAsync(string step, Guid postId) => observer.ReachedAsync($"{step} answered", postId);

    /// <summary>Records how a step ended, together with what the job has learnt.</summary>
    /// <param name="job">The job with its new values.</param>
    /// <param name="attempt">The step.</param>
    /// <param name="state">One of <see cref="AttemptState"/>.</param>
    /// <param name="detail">What came back, in words.</param>
    /// <param name="next">When given, the job is due again after this time and its lease is given back; null when the worker goes on.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="LeaseLostException">Another worker has taken over.</exception>
    public async Task FinishAsync(
        PublishJob job, PublishAttempt attempt, string state, string? detail, TimeSpan? next, CancellationToken cancellationToken)
    {
        var changed = await database.Database.ExecuteSqlAsync($"""
            with held as (
                update marketing_ops.publish_jobs
                set    container_id = {job.ContainerId}, container_state = {job.ContainerState}, container_made_at = {job.ContainerMadeAt}, external_post_id = {job.ExternalPostId},
                       failures = {job.Failures}, negative_reads = {job.NegativeReads}, last_negative_read_at = {job.LastNegativeReadAt},
                       due_at = coalesce(now() + {next}, due_at), redispatch_at = coalesce(now() + {next} + {options.Value.RedispatchAfter}, redispatch_at),
                       leased_until = case when {next}::interval is null then leased_until end,
                       lease_token = case when {next}::interval is null then lease_token end
                where  post_id = {job.PostId} and lease_token = {job.LeaseToken}
                returning post_id)
            update marketing_ops.publish_attempts attempt
            set    state = {state}, finished_at = now(), detail = {detail}, next_at = now() + {next},
                   external_id = {job.ExternalPostId ?? job.ContainerId ?? attempt.ExternalId}
            from   held
            where  attempt.id = {attempt.Id}
            """, cancellationToken);
        if (changed == 0) throw new LeaseLostException(job.PostId);
        await observer.ReachedAsync($"{attempt.Step} finished", job.PostId);
    }

    /// <summary>The one finalise of the post that went out or may have gone out; null when there is none.</summary>
    public Task<PublishAttempt?> OpenFinaliseAsync(Guid postId, CancellationToken cancellationToken) => database.PublishAttempts.AsNoTracking()
        .SingleOrDefaultAsync(
            attempt => attempt.PostId == postId && attempt.Step == PublishStep.Finalise
                && (attempt.State == AttemptState.Started || attempt.State == AttemptState.Unconfirmed || attempt.State == AttemptState.Succeeded),
            cancellationToken);

    /// <summary>The first comment that was sent or may have been sent; null when there is none.</summary>
    public Task<PublishAttempt?> CommentAsync(Guid postId, CancellationToken cancellationToken) => database.PublishAttempts.AsNoTracking()
        .SingleOrDefaultAsync(
            attempt => attempt.PostId == postId && attempt.Step == PublishStep.Comment
                && (attempt.State == AttemptState.Started || attempt.State == AttemptState.Unconfirmed || attempt.State == AttemptState.Succeeded),
            cancellationToken);

    /// <summary>True while no first comment was refused and fewer than the given number were tried.</summary>
    public async Task<bool> MayCommentAsync(Guid postId, int maxTries, CancellationToken cancellationToken)
    {
        var tried = await database.PublishAttempts.Where(attempt => attempt.PostId == postId && attempt.Step == PublishStep.Comment).Select(attempt => attempt.State).ToListAsync(cancellationToken);
        return tried.Count < maxTries && !tried.Contains(AttemptState.Refused);
    }

    /// <summary>Records that the finalise had no effect and never will.</summary>
    /// <exception cref="LeaseLostException">Another worker has taken over.</exception>
    public async Task RefuseFinaliseAsync(PublishJob job, PublishAttempt finalise, string detail, CancellationToken cancellationToken)
    {
        var changed = await database.Database.ExecuteSqlAsync($"""
            update marketing_ops.publish_attempts attempt set state = 'refused', detail = {detail}, finished_at = now()
            from   marketing_ops.publish_jobs job
            where  attempt.id = {finalise.Id} and job.post_id = attempt.post_id and job.lease_token = {job.LeaseToken}
            """, cancellationToken);
        if (changed == 0) throw new LeaseLostException(job.PostId);
    }

    /// <summary>Settles the open finalise, or the open comment, by what reading has shown, in the same transaction as the read's own record.</summary>
    public async Task SettleAsync(
        PublishJob job, PublishAttempt read, PublishAttempt settled, string state, string detail, CancellationToken cancellationToken)
    {
        await using (var transaction = await database.Database.BeginTransactionAsync(cancellationToken))
        {
            await database.PublishAttempts.Where(attempt => attempt.Id == settled.Id).ExecuteUpdateAsync(
                set => set.SetProperty(attempt => attempt.State, state).SetProperty(attempt => attempt.Detail, detail)
                    .SetProperty(attempt => attempt.ExternalId, job.ExternalPostId ?? job.ContainerId),
                cancellationToken);
            await FinishAsync(job, read, AttemptState.Succeeded, detail, next: null, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await observer.ReachedAsync($"{read.Step} settled", job.PostId);
    }

    /// <summary>A container turns out to be published although its finalise was taken for refused: opens that finalise again.</summary>
    public async Task ReopenFinaliseAsync(PublishJob job, string detail, CancellationToken cancellationToken)
    {
        var changed = await database.Database.ExecuteSqlAsync($"""
            with held as (
                select post_id from marketing_ops.publish_jobs where post_id = {job.PostId} and lease_token = {job.LeaseToken} for update)
            insert into marketing_ops.publish_attempts (id, post_id, number, step, state, external_id, detail, started_at)
            select {Uuid.NewDatabaseFriendly(Database.PostgreSql)}, post_id,
                   1 + (select max(number) from marketing_ops.publish_attempts where post_id = {job.PostId}),
                   'finalise', 'unconfirmed', {job.ContainerId}, {detail},
                   coalesce((select min(started_at) from marketing_ops.publish_attempts where post_id = {job.PostId} and step = 'finalise'),
                            {job.ContainerMadeAt}, now())
            from   held
            """, cancellationToken);
        if (changed == 0) throw new LeaseLostException(job.PostId);
    }

    /// <summary>Polls of the present container so far that moved nothing on.</summary>
    public Task<int> CountPollsAsync(PublishJob job, CancellationToken cancellationToken) => CountAsync(job, PublishStep.Poll, cancellationToken);

    /// <summary>Reads of the present container's finalise so far.</summary>
    public Task<int> CountReadsAsync(PublishJob job, CancellationToken cancellationToken) => CountAsync(job, PublishStep.Reconcile, cancellationToken);

    private Task<int> CountAsync(PublishJob job, string step, CancellationToken cancellationToken) => database.PublishAttempts
        .CountAsync(attempt => attempt.PostId == job.PostId && attempt.Step == step && attempt.ExternalId == job.ContainerId && attempt.State != AttemptState.Succeeded, cancellationToken);
}
