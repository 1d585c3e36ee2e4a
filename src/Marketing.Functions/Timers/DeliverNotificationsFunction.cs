using Marketing.Social.Notifications;

namespace Marketing.Functions.Timers;

/// <summary>Tells endpoints what happened to posts and accounts, every 10 seconds.</summary>
public sealed class DeliverNotificationsFunction(DeliverNotifications deliver)
{
    [Function("deliver_notifications")]
    public Task RunAsync([TimerTrigger("5/10 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => deliver.RunAsync(cancellationToken);
}
