using Marketing.Operations;

namespace Marketing.Functions.Timers;

/// <summary>Forgets what need not be kept any longer, every hour.</summary>
public sealed class ApplyRetentionFunction(ApplyRetention retention)
{
    [Function("apply_retention")]
    public Task RunAsync([TimerTrigger("0 17 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => retention.RunAsync(cancellationToken);
}
