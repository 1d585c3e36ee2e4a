using Marketing.Social.Publishing;

namespace Marketing.Functions.Timers;

/// <summary>Claims and queues the posts whose time has come, every 15 seconds.</summary>
public sealed class PublishDueFunction(ClaimDuePosts claim)
{
    [Function("publish_due")]
    public Task RunAsync([TimerTrigger("*/15 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => claim.RunAsync(cancellationToken);
}
