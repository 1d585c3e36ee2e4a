using Marketing.Social.Accounts.Refreshing;

namespace Marketing.Functions.Timers;

/// <summary>Renews tokens of social accounts ahead of their end, every minute.</summary>
public sealed class RefreshTokensFunction(RefreshDueTokens refresh)
{
    [Function("refresh_tokens")]
    public Task RunAsync([TimerTrigger("20 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => refresh.RunAsync(cancellationToken);
}
