using Marketing.Data;
using Marketing.Operations;
using Marketing.Operations.Fence;
using Marketing.Social.Platforms;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Publishing;

/// <summary>
/// Whether a job may do its next step now: the database is this environment's, nobody has paused it, it is not too late, its approval
/// holds, it is its turn within the account, and the platform's limits have room. What must wait gives its lease back and loses nothing.
/// </summary>
public sealed class PublishTurn(NpgsqlDataSource database, EnvironmentFence fence, DispatchJobs dispatch, WorkQueue queue, IOptions<PublishingOptions> settings)
{
    // Delays up to this travel as messages; longer ones are left to the timer, which looks every 15 seconds.
    private static readonly TimeSpan LongestMessage = TimeSpan.FromMinutes(10);

    private readonly PublishingOptions options = settings.Value;

    /// <summary>Takes the turn.</summary>
    /// <returns>What to do.</returns>
    internal async Task<Turn> TakeAsync(PublishJob job, string step, CancellationToken cancellationToken)
    {
        var limits = options.LimitsOf(job.Platform, step);
        await using var command = database.CreateCommand("select verdict, wait, detail from marketing_ops.take_turn($1, $2, $3, $4, $5, $6, $7, $8)");
        command.Parameters.AddWithValue(job.PostId);
        command.Parameters.AddWithValue(job.LeaseToken!.Value);
        command.Parameters.AddWithValue(step);
        command.Parameters.AddWithValue(fence.Name);
        command.Parameters.AddWithValue(options.MaxLateness);
        command.Parameters.AddWithValue(limits.Select(limit => limit.Scope).ToArray());
        command.Parameters.AddWithValue(limits.Select(limit => limit.Count).ToArray());
        // A platform counts when a call arrives, not when it leaves: the margin keeps two that travelled unequally long apart.
        command.Parameters.AddWithValue(limits.Select(limit => limit.Per + options.LimitMargin).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var detail = reader.IsDBNull(2) ? null : reader.GetString(2);
        return reader.GetString(0) switch
        {
            "go" => Turn.Go,
            "lost" => throw new LeaseLostException(job.PostId),
            "blocked" => new Turn.Wait(reader.GetTimeSpan(1), $"The platform asked to wait: {detail}"),
            "limited" => new Turn.Wait(reader.GetTimeSpan(1), "The account's limit is used up for now."),
            "order" => new Turn.Wait(null, "An earlier post of the account goes first."),
            "paused" => new Turn.Wait(null, $"Publishing is paused. {detail}".TrimEnd()),
            "fenced" => new Turn.Wait(options.RedispatchAfter, "The database belongs to another environment."),
            "lapsed" => new Turn.Refuse("failed", "The post was changed after its approval. Approve it again, then schedule it."),
            "late" => new Turn.Refuse("missed", $"Missed: its time is longer ago than allowed. {(detail?.Length > 0 ? $"It waited because: {detail} " : "")}Retry it now, or reschedule it."),
            "released" => new Turn.Refuse("missed", "It was on its way when the database was copied, and may be out already. Look at the platform before retrying it."),
            var verdict => throw new InvalidOperationException($"take_turn answered {verdict}."),
        };
    }

    /// <summary>Gives the lease back until the job's turn comes.</summary>
    internal async Task WaitAsync(PublishJob job, Turn.Wait wait, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update marketing_ops.publish_jobs
            set    leased_until = null, lease_token = null, hold_reason = $3, due_at = coalesce(now() + $4, due_at),
                   redispatch_at = case when $4 is null then now() else now() + $4 + $5 end
            where  post_id = $1 and lease_token = $2
            """);
        command.Parameters.AddWithValue(job.PostId);
        command.Parameters.AddWithValue(job.LeaseToken!.Value);
        command.Parameters.AddWithValue(wait.Detail);
        command.Parameters.Add(new() { Value = (object?)wait.Delay ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.AddWithValue(options.RedispatchAfter);
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0 && wait.Delay is { } delay) await ComeBackAsync(job.PostId, delay, cancellationToken);
    }

    /// <summary>Sends the message that brings a job back after a delay.</summary>
    internal Task ComeBackAsync(Guid postId, TimeSpan delay, CancellationToken cancellationToken) =>
        delay <= LongestMessage ? queue.SendAsync(QueueNames.PublishPost, postId, delay, cancellationToken) : Task.CompletedTask;

    /// <summary>Queues the next post of the account, when this one is out of its way.</summary>
    internal Task PassOnAsync(PublishJob job, CancellationToken cancellationToken) => dispatch.NextAfterAsync(job.PostId, cancellationToken);

    /// <summary>Stores what an attempt sends, as JSON.</summary>
    internal async Task RecordSentAsync(Guid attemptId, string sent, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update marketing_ops.publish_attempts set sent = $2 where id = $1");
        command.Parameters.AddWithValue(attemptId);
        command.Parameters.Add(new() { Value = sent, NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Remembers that a platform asked to wait: no post of the account, or of any account of the platform, calls it before.</summary>
    internal async Task BlockAsync(PublishJob job, Outcome.RetryLater asked, TimeSpan delay, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            insert into marketing_ops.rate_blocks as block (key, until, reason)
            select platform || case when $2 then '/app' else '/account/' || account_id end, now() + $3, $4
            from   marketing_ops.publish_jobs where post_id = $1 and account_id is not null
            on conflict (key) do update set until = excluded.until, reason = excluded.reason, learned_at = now() where block.until < excluded.until
            """);
        command.Parameters.AddWithValue(job.PostId);
        command.Parameters.AddWithValue(asked.IsOfApp);
        command.Parameters.AddWithValue(delay);
        command.Parameters.AddWithValue(asked.Reason);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>Whether a step may be done.</summary>
internal abstract record Turn
{
    private Turn() { }

    /// <summary>Now.</summary>
    public static readonly Turn Go = new Now();

    /// <summary>Now.</summary>
    public sealed record Now : Turn;

    /// <summary>Later.</summary>
    /// <param name="Delay">After this; null when the dispatcher finds it by itself.</param>
    /// <param name="Detail">Why, in words.</param>
    public sealed record Wait(TimeSpan? Delay, string Detail) : Turn;

    /// <summary>Not at all, until a person says so.</summary>
    /// <param name="State">State of the job: failed or missed.</param>
    /// <param name="Reason">Why, in words.</param>
    public sealed record Refuse(string State, string Reason) : Turn;
}
