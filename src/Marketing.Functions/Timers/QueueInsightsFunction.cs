using Marketing.Social.Insights;

namespace Marketing.Functions.Timers;

/// <summary>Queues the accounts whose figures are due, every minute.</summary>
public sealed class QueueInsightsFunction(QueueInsights queue)
{
    [Function("queue_insights")]
    public Task RunAsync([TimerTrigger("45 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => queue.RunAsync(cancellationToken);
}
