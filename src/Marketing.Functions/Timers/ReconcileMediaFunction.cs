using Marketing.Library.Ingest.Reconcile;

namespace Marketing.Functions.Timers;

/// <summary>Compares uploads and renditions with the rows, every five minutes.</summary>
public sealed class ReconcileMediaFunction(ReconcileMedia reconcile)
{
    [Function("reconcile_media")]
    public Task RunAsync([TimerTrigger("15 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => reconcile.RunAsync(cancellationToken);
}
