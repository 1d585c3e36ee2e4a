namespace Marketing.Social.Accounts.Connectors;

/// <summary>What the answer to a request for tokens means. Whether an account is disconnected follows from the case alone.</summary>
internal abstract record TokenAnswer
{
    private TokenAnswer() { }

    /// <summary>New tokens.</summary>
    public sealed record Granted(TokenGrant Grant) : TokenAnswer;

    /// <summary>The platform says that what was sent is dead: only a person can connect the account again.</summary>
    public sealed record Revoked(string Reason) : TokenAnswer;

    /// <summary>It may pass. The tokens stay as they are.</summary>
    public sealed record TryLater(string Reason, TimeSpan? After = null) : TokenAnswer;

    /// <summary>Settings of the app are wrong: an operator must look. The tokens stay as they are.</summary>
    public sealed record Misconfigured(string Reason) : TokenAnswer;

    /// <summary>No answer that can be read. The platform may have given new tokens that nobody holds now.</summary>
    public sealed record Lost(string Reason) : TokenAnswer;
}

/// <summary>What the question for the accounts of a person came to.</summary>
internal abstract record AccountsAnswer
{
    private AccountsAnswer() { }

    /// <summary>The accounts, maybe none.</summary>
    public sealed record Found(IReadOnlyList<AccountCandidate> Accounts) : AccountsAnswer;

    /// <summary>They could not be read.</summary>
    public sealed record Failed(string Reason) : AccountsAnswer;
}
