using Marketing.Social.Insights;

namespace Marketing.Functions.Queues;

/// <summary>Reads the figures of one account.</summary>
public sealed class PullInsightsFunction(PullInsights pull)
{
    [Function("pull_insights")]
    public Task RunAsync([QueueTrigger("pull-insights", Connection = "AzureWebJobsStorage")] string message, CancellationToken cancellationToken) =>
        pull.RunAsync(Guid.Parse(message), cancellationToken);
}
