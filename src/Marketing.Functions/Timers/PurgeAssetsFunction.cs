using Marketing.Library.Removal;

namespace Marketing.Functions.Timers;

/// <summary>Removes the files of assets that were deleted 30 days ago, every hour.</summary>
public sealed class PurgeAssetsFunction(PurgeAssets purge)
{
    [Function("purge_assets")]
    public Task RunAsync([TimerTrigger("0 25 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => purge.RunAsync(cancellationToken);
}
