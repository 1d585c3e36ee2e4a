using Marketing.Webhooks;

namespace Marketing.Functions.Timers;

/// <summary>Asks again for webhook deliveries that nobody has processed, every minute.</summary>
public sealed class SweepWebhooksFunction(SweepWebhooks sweep)
{
    [Function("sweep_webhooks")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => sweep.RunAsync(cancellationToken);
}
