using Marketing.Webhooks;

namespace Marketing.Functions.Queues;

/// <summary>Processes webhook deliveries.</summary>
public sealed class ProcessWebhookFunction(ProcessWebhook process)
{
    [Function("process_webhook")]
    public Task RunAsync([QueueTrigger("process-webhook", Connection = "AzureWebJobsStorage")] string message, CancellationToken cancellationToken) =>
        process.RunAsync(Guid.Parse(message), cancellationToken);
}
