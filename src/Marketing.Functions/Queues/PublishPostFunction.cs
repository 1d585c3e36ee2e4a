using Marketing.Social.Publishing;

namespace Marketing.Functions.Queues;

/// <summary>Publishes posts.</summary>
public sealed class PublishPostFunction(PublishPost publish)
{
    [Function("publish_post")]
    public Task RunAsync([QueueTrigger("publish-post", Connection = "AzureWebJobsStorage")] string message, CancellationToken cancellationToken) =>
        publish.RunAsync(Guid.Parse(message), cancellationToken);
}
