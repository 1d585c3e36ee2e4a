using Marketing.Campaigns.Sending;

namespace Marketing.Functions.Timers;

/// <summary>Looks after the campaigns that are sent by email, four times a minute.</summary>
public sealed class DispatchSendsFunction(DispatchSends dispatch)
{
    [Function("dispatch_sends")]
    public Task RunAsync([TimerTrigger("5,20,35,50 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => dispatch.RunAsync(cancellationToken);
}
