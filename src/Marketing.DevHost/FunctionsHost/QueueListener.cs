using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Marketing.DevHost.FunctionsHost;

/// <summary>
/// Reads a queue as the storage extension does: batches of 16, at most 32 messages at once, hidden for 10 minutes while they run, visible again
/// at once after a failure, and poison after the allowed number of tries.
/// </summary>
internal sealed class QueueListener(
    QueueServiceClient queues, string queueName, int maxDequeueCount, Func<QueueMessage, CancellationToken, Task<bool>> run, Func<QueueMessage, CancellationToken, Task> poison)
{
    private const int BatchSize = 16;
    private const int MostAtOnce = 32;
    private static readonly TimeSpan Hidden = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly QueueClient queue = queues.GetQueueClient(queueName);

    /// <summary>Listens until told to stop, then waits for what runs.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        var working = new HashSet<Task>();
        try
        {
            while (true)
            {
                working.RemoveWhere(task => task.IsCompleted);
                var found = working.Count <= MostAtOnce - BatchSize ? await ReceiveAsync(cancellationToken) : [];
                foreach (var message in found) working.Add(ProcessAsync(message, cancellationToken));
                pause = found.Length > 0 ? FirstPause : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, pause.Ticks * 2));
                await Task.Delay(found.Length > 0 && working.Count <= MostAtOnce - BatchSize ? TimeSpan.Zero : pause, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(working);
        }
    }

    private async Task<QueueMessage[]> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await queue.ReceiveMessagesAsync(BatchSize, Hidden, cancellationToken)).Value;
        }
        catch (Azure.RequestFailedException)
        {
            return []; // The queue is created by its first writer; until then there is nothing to read.
        }
    }

    private async Task ProcessAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var succeeded = await run(message, cancellationToken);
            if (succeeded) await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, CancellationToken.None);
            else if (message.DequeueCount < maxDequeueCount) await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.Body, TimeSpan.Zero, CancellationToken.None);
            else
            {
                await poison(message, CancellationToken.None);
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is Azure.RequestFailedException or OperationCanceledException)
        {
            // Deleted by somebody else, or the host stops: the message comes back or is done.
        }
    }
}
