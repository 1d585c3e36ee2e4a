using Marketing.Library.Uploads;

namespace Marketing.Functions.Timers;

/// <summary>Ends uploads that nobody completed, every five minutes.</summary>
public sealed class SweepStagedUploadsFunction(SweepStagedUploads sweep)
{
    [Function("sweep_staged_uploads")]
    public Task RunAsync([TimerTrigger("40 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => sweep.RunAsync(cancellationToken);
}
