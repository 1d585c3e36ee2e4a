using Marketing.Campaigns.Sending;

namespace Marketing.Functions.Queues;

/// <summary>Sends campaigns by email.</summary>
public sealed class SendCampaignFunction(SendCampaign send)
{
    [Function("send_campaign")]
    public Task RunAsync([QueueTrigger("send-campaign", Connection = "AzureWebJobsStorage")] string message, CancellationToken cancellationToken) =>
        send.RunAsync(Guid.Parse(message), cancellationToken);
}
