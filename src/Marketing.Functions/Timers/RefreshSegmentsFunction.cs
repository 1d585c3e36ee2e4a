using Marketing.Segments.Refresh;

namespace Marketing.Functions.Timers;

/// <summary>Queues the segments that are due for a refresh, every minute.</summary>
public sealed class RefreshSegmentsFunction(QueueDueSegments queue)
{
    [Function("refresh_segments")]
    public Task RunAsync([TimerTrigger("10 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => queue.RunAsync(cancellationToken);
}
