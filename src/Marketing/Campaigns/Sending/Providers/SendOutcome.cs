namespace Marketing.Campaigns.Sending.Providers;

/// <summary>What became of one message.</summary>
internal sealed record SendAnswer(OutgoingMessage Message, SendOutcome Outcome);

/// <summary>Everything a provider can answer.</summary>
internal abstract record SendOutcome
{
    /// <summary>Taken over by the provider; delivery is told later, by its webhook.</summary>
    public sealed record Accepted(string? MessageId) : SendOutcome;

    /// <summary>Refused for good; the others are not concerned.</summary>
    /// <param name="Reason">What the provider said.</param>
    /// <param name="IsDeadAddress">The address does not exist and is suppressed.</param>
    public sealed record Rejected(string Reason, bool IsDeadAddress = false) : SendOutcome;

    /// <summary>Not taken now, certainly not sent: may be tried again.</summary>
    /// <param name="Reason">What the provider said.</param>
    /// <param name="After">The provider's own delay; null when it named none.</param>
    /// <param name="IsThrottled">The provider wants nothing at all until then.</param>
    public sealed record RetryLater(string Reason, TimeSpan? After, bool IsThrottled = false) : SendOutcome;

    /// <summary>The call left and its answer is not known. Never repeated blindly.</summary>
    public sealed record Unconfirmed(string Reason) : SendOutcome;

    /// <summary>Nothing of this campaign can go before a person has changed something. Certainly not sent.</summary>
    public sealed record Stop(string Reason) : SendOutcome;
}
