using Marketing.Library.Tagging;

namespace Marketing.Functions.Timers;

/// <summary>Describes assets again that another tagger described, every ten minutes, where the settings ask for it.</summary>
public sealed class RetagAssetsFunction(RetagAssets retag)
{
    [Function("retag_assets")]
    public Task RunAsync([TimerTrigger("45 */10 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => retag.RunAsync(cancellationToken);
}
