using Marketing.Operations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Social.Publishing;

/// <summary>
/// Queues jobs that are due: of each account the earliest, since posts of one account go out in the order of their times. Losing or
/// repeating a message changes nothing: a due job that no worker holds is queued again after <see cref="PublishingOptions.RedispatchAfter"/>.
/// </summary>
public sealed partial class DispatchJobs(NpgsqlDataSource database, WorkQueue queue, IOptions<PublishingOptions> options, ILogger<DispatchJobs> logger)
{
    private const int AtOnce = 16;

    /// <summary>Queues the due jobs that nobody works on, one batch.</summary>
    /// <returns>Their number.</returns>
    public async Task<int> DueAsync(CancellationToken cancellationToken)
    {
        var due = await MarkAsync(Due, cancellationToken, options.Value.Batch, options.Value.RedispatchAfter);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (postId, stop) => await queue.SendAsync(QueueNames.PublishPost, postId, visibleAfter: null, stop));
        if (due.Count > 0) JobsQueued(logger, due.Count);
        return due.Count;
    }

    /// <summary>Queues the next job of the same account, if it need not wait for this one any longer.</summary>
    public async Task NextAfterAsync(Guid postId, CancellationToken cancellationToken)
    {
        foreach (var next in await MarkAsync(Next, cancellationToken, postId, options.Value.RedispatchAfter))
            await queue.SendAsync(QueueNames.PublishPost, next, visibleAfter: null, cancellationToken);
    }

    // Marked before they are sent: dying in between costs RedispatchAfter, the other way round would send twice.
    private const string Due = """
        with due as materialized (
            select job.post_id from marketing_ops.publish_jobs job
            where  job.state = 'open' and job.due_at <= now() and job.redispatch_at <= now() and (job.leased_until is null or job.leased_until < now())
            and    not marketing_ops.must_wait(job)
            and    not exists (select from marketing_ops.publishing_pause)
            and    not exists (select from marketing_ops.account_publishing own where own.account_id = job.account_id and own.paused_at is not null)
            and    not exists (select from marketing_ops.rate_blocks block where block.key in (job.platform || '/app', job.platform || '/account/' || job.account_id) and block.until > now())
            order  by job.due_at limit $1
            for    update of job skip locked)
        update marketing_ops.publish_jobs job set redispatch_at = now() + $2
        from   due
        where  job.post_id = due.post_id
        returning job.post_id
        """;

    private const string Next = """
        with next as materialized (
            select job.post_id from marketing_ops.publish_jobs job
            where  job.account_id = (select done.account_id from marketing_ops.publish_jobs done where done.post_id = $1)
            and    job.post_id <> $1 and job.state = 'open' and job.due_at <= now() and job.redispatch_at <= now() and (job.leased_until is null or job.leased_until < now())
            and    not marketing_ops.must_wait(job)
            order  by job.order_at, job.post_id limit 1
            for    update of job skip locked)
        update marketing_ops.publish_jobs job set redispatch_at = now() + $2
        from   next
        where  job.post_id = next.post_id
        returning job.post_id
        """;

    private async Task<List<Guid>> MarkAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetGuid(0));
        return ids;
    }

    [LoggerMessage(4100, LogLevel.Information, "{Queued} posts queued for publishing")]
    private static partial void JobsQueued(ILogger logger, int queued);
}
