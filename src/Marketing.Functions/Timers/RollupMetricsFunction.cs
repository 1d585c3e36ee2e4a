using Marketing.Campaigns;

namespace Marketing.Functions.Timers;

/// <summary>Rolls campaign events up, every 30 seconds.</summary>
public sealed class RollupMetricsFunction(RollupMetrics rollup)
{
    [Function("rollup_metrics")]
    public Task RunAsync([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => rollup.RunAsync(cancellationToken);
}
