namespace Marketing.Social.Accounts.Connectors;

/// <summary>Tokens that a platform gave. Their text must not reach a log, an error or an answer.</summary>
/// <param name="AccessToken">What calls carry.</param>
internal sealed record TokenGrant(string AccessToken)
{
    /// <summary>When it ends; null when it does not.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What a new access token is asked with: a refresh token, or Meta's user token. Null keeps the one before.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>When that ends; null keeps what was known.</summary>
    public DateTimeOffset? RefreshExpiresAt { get; init; }

    /// <summary>When reading ends unless a person consents again (Meta); null keeps what was known.</summary>
    public DateTimeOffset? DataAccessExpiresAt { get; init; }

    /// <summary>What was granted; empty when the answer does not say.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The person, as the platform knows them for this app.</summary>
    public string? UserId { get; init; }

    /// <summary>Never the tokens.</summary>
    public override string ToString() => $"tokens until {ExpiresAt:O}";
}

/// <summary>An account that a person may connect.</summary>
/// <param name="ExternalId">The platform's id of it.</param>
/// <param name="Name">Its name.</param>
internal sealed record AccountCandidate(string ExternalId, string Name)
{
    /// <summary>Its handle without @.</summary>
    public string? Handle { get; init; }

    /// <summary>Its address for people.</summary>
    public string? ProfileUrl { get; init; }

    /// <summary>Its own token; the person's when null.</summary>
    public string? AccessToken { get; init; }

    /// <summary>The Page through which it is reached (Instagram by Facebook Login).</summary>
    public string? ParentId { get; init; }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"{Name} ({ExternalId})";
}
