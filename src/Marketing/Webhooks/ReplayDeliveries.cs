using Marketing.Operations;
using Npgsql;

namespace Marketing.Webhooks;

/// <summary>Processes deliveries again. Recorded events stay as they are; failed deliveries, and events that were set aside or ignored, are judged anew.</summary>
internal sealed class ReplayDeliveries(NpgsqlDataSource database, WorkQueue queue)
{
    /// <summary>Most deliveries of one call.</summary>
    public const int MostAtOnce = 1000;

    /// <summary>Puts deliveries back to the state received and asks for their processing.</summary>
    /// <param name="condition">SQL of the program over the inbox <c>i</c>, with <c>$2</c> and on for the values.</param>
    /// <param name="values">The values.</param>
    /// <param name="cancellationToken">Stops the call; what is marked already will be swept.</param>
    /// <returns>Ids of the deliveries.</returns>
    public async Task<IReadOnlyList<Guid>> RunAsync(string condition, IReadOnlyList<object> values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            with wanted as (select i.id from marketing_ops.webhook_inbox i where i.state <> 'received' and {condition} order by i.id limit $1 for update skip locked),
            forgotten as (delete from marketing_ops.webhook_events where delivery_id in (select id from wanted) and outcome <> 'recorded')
            update marketing_ops.webhook_inbox set state = 'received', reason = null, processed_at = null where id in (select id from wanted) returning id
            """);
        command.Parameters.AddWithValue(MostAtOnce);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        var ids = new List<Guid>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetGuid(0));
        }
        foreach (var id in ids) await queue.SendAsync(QueueNames.ProcessWebhook, id, visibleAfter: null, cancellationToken);
        return ids;
    }

    /// <summary>
    /// Judges set-aside events again, later and later: their campaign, contact or message may have come after them. Five attempts, within about three days.
    /// </summary>
    public Task<IReadOnlyList<Guid>> RetrySetAsideAsync(CancellationToken cancellationToken) => RunAsync("""
        i.state = 'processed' and i.attempts < 6 and i.processed_at < now() - make_interval(mins => (5 ^ i.attempts)::int)
        and i.id in (select delivery_id from marketing_ops.webhook_events where outcome = 'set_aside' and processed_at > now() - interval '4 days')
        """, [], cancellationToken);
}
