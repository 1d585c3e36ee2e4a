namespace Marketing.Social.Platforms;

/// <summary>What a publisher needs to know of one post and its account.</summary>
/// <param name="ExternalAccountId">The platform's id of the account.</param>
/// <param name="Token">Access token in clear. It must not reach a log, an error or a row.</param>
/// <param name="Caption">Caption as it goes out, hashtags and mentions included.</param>
/// <param name="MediaUrls">Addresses that the platform can fetch for the next 24 hours.</param>
/// <param name="AltText">Alternative text of the first medium.</param>
public sealed record PublishTarget(string ExternalAccountId, string Token, string Caption, IReadOnlyList<string> MediaUrls, string? AltText)
{
    /// <summary>Names neither the token nor the addresses, which carry a signature.</summary>
    public override string ToString() => $"account {ExternalAccountId}, {MediaUrls.Count} media";
}
