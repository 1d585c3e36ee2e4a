using Marketing.Library.Ingest;

namespace Marketing.Functions.Timers;

/// <summary>Takes up uploads whose worker died, every minute.</summary>
public sealed class SweepUploadsFunction(SweepUploads sweep)
{
    [Function("sweep_uploads")]
    public Task RunAsync([TimerTrigger("30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => sweep.RunAsync(cancellationToken);
}
