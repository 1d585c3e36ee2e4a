using Marketing.Campaigns.Life;

namespace Marketing.Functions.Timers;

/// <summary>Starts scheduled campaigns whose time has come, every 30 seconds.</summary>
public sealed class StartDueCampaignsFunction(StartDueCampaigns start)
{
    [Function("start_due_campaigns")]
    public Task RunAsync([TimerTrigger("15,45 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => start.RunAsync(cancellationToken);
}
