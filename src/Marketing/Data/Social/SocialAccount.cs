namespace Marketing.Data;

/// <summary>One row of <c>marketing.social_accounts</c>: Social media accounts (company and property level).</summary>
public sealed class SocialAccount
{
    /// <summary>UUIDv7 primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Business ID: SA-NNNNNN.</summary>
    public string SocialAccountId { get; set; } = null!;

    /// <summary>Property (NULL = company).</summary>
    public Guid? PropertyId { get; set; }

    /// <summary>Platform: instagram, facebook, tiktok, youtube.</summary>
    public string Platform { get; set; } = null!;

    /// <summary>Account name.</summary>
    public string AccountName { get; set; } = null!;

    /// <summary>@handle.</summary>
    public string? Handle { get; set; }

    /// <summary>Profile URL.</summary>
    public string? ProfileUrl { get; set; }

    /// <summary>Platform's account ID.</summary>
    public string? ExternalAccountId { get; set; }

    /// <summary>Encrypted access token.</summary>
    public string? AccessToken { get; set; }

    /// <summary>Token expiration.</summary>
    public DateTimeOffset? TokenExpiresAt { get; set; }

    /// <summary>Followers.</summary>
    public int? FollowerCount { get; set; }

    /// <summary>Following.</summary>
    public int? FollowingCount { get; set; }

    /// <summary>Total posts.</summary>
    public int? PostCount { get; set; }

    /// <summary>Status.</summary>
    public string? Status { get; set; }

    /// <summary>Last sync.</summary>
    public DateTimeOffset? LastSyncedAt { get; set; }

    /// <summary>Record creation.</summary>
    public DateTimeOffset? CreatedAt { get; set; }

    /// <summary>Last update.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }
}
