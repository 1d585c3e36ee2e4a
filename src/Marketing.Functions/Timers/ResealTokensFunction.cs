using Marketing.Social.Accounts.Refreshing;

namespace Marketing.Functions.Timers;

/// <summary>Encrypts stored tokens with the active key, every hour.</summary>
public sealed class ResealTokensFunction(ResealTokens reseal)
{
    [Function("reseal_tokens")]
    public Task RunAsync([TimerTrigger("0 37 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => reseal.RunAsync(cancellationToken);
}
