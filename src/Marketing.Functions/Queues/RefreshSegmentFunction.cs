using Marketing.Segments.Refresh;

namespace Marketing.Functions.Queues;

/// <summary>Refreshes segments.</summary>
public sealed class RefreshSegmentFunction(RefreshSegment refresh)
{
    [Function("refresh_segment")]
    public Task RunAsync([QueueTrigger("segment-refresh", Connection = "AzureWebJobsStorage")] string message, CancellationToken cancellationToken) =>
        refresh.RunAsync(Guid.Parse(message), cancellationToken);
}
