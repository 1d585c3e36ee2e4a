namespace Marketing.Social.Accounts.Connectors;

/// <summary>Consent and tokens of one family of platforms. A documented answer is a value, never an exception.</summary>
internal interface IAccountConnector
{
    /// <summary>True when it serves accounts of this profile.</summary>
    bool Serves(OAuthProfile profile);

    /// <summary>Turns the code of a consent into tokens, the longest-lived that the platform has.</summary>
    /// <param name="profile">The platform.</param>
    /// <param name="code">The code; it works once.</param>
    /// <param name="verifier">PKCE verifier; null without PKCE.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    Task<TokenAnswer> ExchangeAsync(OAuthProfile profile, string code, string? verifier, CancellationToken cancellationToken);

    /// <summary>The accounts that the person may connect.</summary>
    Task<AccountsAnswer> AccountsAsync(OAuthProfile profile, TokenGrant grant, CancellationToken cancellationToken);

    /// <summary>Asks for a new access token.</summary>
    Task<TokenAnswer> RefreshAsync(OAuthProfile profile, RefreshRequest request, CancellationToken cancellationToken);
}

/// <summary>What a refresh needs to know of an account.</summary>
/// <param name="ExternalAccountId">The platform's id of the account.</param>
/// <param name="AccessToken">The token in use, in clear.</param>
/// <param name="RefreshToken">What a new one is asked with, in clear; null when there is none.</param>
/// <param name="ParentId">The Page through which an Instagram account is reached.</param>
internal sealed record RefreshRequest(string ExternalAccountId, string AccessToken, string? RefreshToken, string? ParentId)
{
    /// <summary>Never the tokens.</summary>
    public override string ToString() => $"account {ExternalAccountId}";
}
