using Npgsql;

namespace Marketing.Campaigns.Sending.Limits;

/// <summary>
/// Limits in PostgreSQL, shared by all workers and judged by its clock. A bucket holds as many tokens as a limit allows; one that was taken comes back
/// one span later. So no span of that length, wherever it begins, sees more than the limit. Tokens of a worker that dies are lost until they come back.
/// </summary>
internal sealed class SendLimits(NpgsqlDataSource database)
{
    /// <summary>Takes tokens from all buckets or from none.</summary>
    /// <param name="buckets">The buckets; none: no limit.</param>
    /// <param name="wanted">Tokens wanted.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Tokens taken, and when there were none, how long until there is one.</returns>
    public async Task<(int Granted, TimeSpan Wait)> TakeAsync(IReadOnlyList<SendBucket> buckets, int wanted, CancellationToken cancellationToken)
    {
        if (wanted == 0) return (0, TimeSpan.Zero);
        await using var command = database.CreateCommand("select granted, wait from marketing_ops.take_send_tokens($1, $2, $3, $4)");
        command.Parameters.AddWithValue(buckets.Select(bucket => bucket.Key).ToArray());
        command.Parameters.AddWithValue(buckets.Select(bucket => bucket.Messages).ToArray());
        command.Parameters.AddWithValue(buckets.Select(bucket => bucket.Per).ToArray());
        command.Parameters.AddWithValue(wanted);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetTimeSpan(1));
    }

    /// <summary>Gives nothing from a bucket for a while: the provider has said so.</summary>
    public async Task BlockAsync(string key, TimeSpan wait, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            insert into marketing_ops.send_limits as known (key, blocked_until) values ($1, now() + $2)
            on conflict (key) do update set blocked_until = greatest(known.blocked_until, excluded.blocked_until)
            """);
        command.Parameters.AddWithValue(key);
        command.Parameters.AddWithValue(wait);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>One bucket.</summary>
/// <param name="Key">What it limits.</param>
/// <param name="Messages">Most messages.</param>
/// <param name="Per">In any span of this length.</param>
internal sealed record SendBucket(string Key, int Messages, TimeSpan Per);
