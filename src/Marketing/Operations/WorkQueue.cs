using Azure.Storage.Queues;

namespace Marketing.Operations;

/// <summary>
/// Sends "look at row X" messages to the storage queues that queue-triggered functions read. A message carries nothing but the
/// row's id: losing or repeating one changes nothing, since the row is the truth.
/// </summary>
public sealed class WorkQueue(QueueServiceClient queues)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Task<QueueClient>> opened = new();

    /// <summary>Puts one message on a queue, which is created on first use. The message never expires.</summary>
    /// <param name="queueName">One of <see cref="QueueNames"/>.</param>
    /// <param name="rowId">The row to look at.</param>
    /// <param name="visibleAfter">Delay before a receiver sees it, up to 7 days; null for at once.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="Azure.RequestFailedException">The storage refused or could not be reached.</exception>
    public async Task SendAsync(string queueName, Guid rowId, TimeSpan? visibleAfter, CancellationToken cancellationToken)
    {
        var queue = await OpenAsync(queueName);
        await queue.SendMessageAsync(rowId.ToString(), visibleAfter, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken);
    }

    private async Task<QueueClient> OpenAsync(string queueName)
    {
        var opening = opened.GetOrAdd(queueName, CreateAsync);
        try
        {
            return await opening;
        }
        catch
        {
            opened.TryRemove(new(queueName, opening));
            throw;
        }
    }

    private async Task<QueueClient> CreateAsync(string queueName)
    {
        var queue = queues.GetQueueClient(queueName);
        await queue.CreateIfNotExistsAsync();
        return queue;
    }
}
