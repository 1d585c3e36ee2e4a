namespace Marketing.Social.Accounts.Refreshing;

/// <summary>What a refresh needs of one account's rows; tokens are as stored, encrypted.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="Login">Whose consent connected it.</param>
/// <param name="ExternalAccountId">The platform's id of it.</param>
/// <param name="SealedAccessToken">Token in use.</param>
/// <param name="SealedRefreshToken">What a new one is asked with.</param>
internal sealed record AccountToken(Guid AccountId, string Platform, string Login, string ExternalAccountId, string SealedAccessToken, string? SealedRefreshToken)
{
    /// <summary>The Page through which an Instagram account is reached.</summary>
    public string? ParentId { get; init; }

    /// <summary>End of the token in use.</summary>
    public DateTimeOffset? AccessExpiresAt { get; init; }

    /// <summary>End of what a new one is asked with.</summary>
    public DateTimeOffset? RefreshExpiresAt { get; init; }

    /// <summary>Counts the tokens stored; a refresh stores only over the ones that it began with.</summary>
    public int Generation { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>When tokens were last stored.</summary>
    public DateTimeOffset RefreshedAt { get; init; }

    /// <summary>True when the token in use was asked for because the one before was refused.</summary>
    public bool CameAfterRefusal { get; init; }

    /// <summary>When the next refresh is due.</summary>
    public DateTimeOffset? RefreshDueAt { get; init; }

    /// <summary>When a refresh began whose answer was never stored; null when none is open.</summary>
    public DateTimeOffset? AttemptStartedAt { get; init; }

    /// <summary>True when the account is disconnected.</summary>
    public bool IsDisconnected { get; init; }

    /// <summary>The database's clock.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Proof of the lease, once taken.</summary>
    public Guid LeaseToken { get; init; }

    /// <summary>Never a token.</summary>
    public override string ToString() => $"{Platform} account {AccountId}, generation {Generation}";
}
