namespace Marketing.Social.Accounts.Refreshing;

/// <summary>What a refresh came to.</summary>
public abstract record RefreshOutcome
{
    private RefreshOutcome() { }

    /// <summary>The account holds a token that is newer than the one before; also when another worker stored it.</summary>
    public sealed record Renewed : RefreshOutcome;

    /// <summary>It may pass; the token is as it was.</summary>
    /// <param name="Reason">In words.</param>
    /// <param name="After">When it is tried again.</param>
    public sealed record Later(string Reason, TimeSpan After) : RefreshOutcome;

    /// <summary>Only a person can connect the account again.</summary>
    /// <param name="Reason">In words.</param>
    public sealed record Dead(string Reason) : RefreshOutcome;

    /// <summary>Nothing here can renew this account's token: it was written by hand, or the platform gives nothing to renew it with.</summary>
    public sealed record Impossible : RefreshOutcome;
}
