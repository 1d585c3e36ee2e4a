using Marketing.Operations;
using Npgsql;

namespace Marketing.Webhooks;

/// <summary>Asks again for deliveries that nobody has processed: their message was lost, or never sent.</summary>
public sealed class SweepWebhooks
{
    private readonly NpgsqlDataSource database;
    private readonly WorkQueue queue;
    private readonly ReplayDeliveries replay;

    internal SweepWebhooks(NpgsqlDataSource database, WorkQueue queue, ReplayDeliveries replay) => (this.database, this.queue, this.replay) = (database, queue, replay);

    private const int MostAtOnce = 500;

    /// <summary>Sends a message for each delivery that has waited for more than a minute, and has set-aside events judged again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select id from marketing_ops.webhook_inbox where state = 'received' and received_at < now() - interval '1 minute' order by received_at limit $1
            """);
        command.Parameters.AddWithValue(MostAtOnce);
        var waiting = new List<Guid>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) waiting.Add(reader.GetGuid(0));
        }
        foreach (var id in waiting) await queue.SendAsync(QueueNames.ProcessWebhook, id, visibleAfter: null, cancellationToken);
        await replay.RetrySetAsideAsync(cancellationToken);
    }
}
