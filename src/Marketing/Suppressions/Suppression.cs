namespace Marketing.Suppressions;

/// <summary>One reason not to write to an address.</summary>
/// <param name="Email">The address; only its hash is stored. Empty where <see cref="Hash"/> says all that is known of it.</param>
/// <param name="ContactId">The contact it belongs to, where known.</param>
/// <param name="Reason">unsubscribe, complaint, hard_bounce, soft_bounces, manual or erasure.</param>
/// <param name="Source">Who said so, for example <c>sendgrid</c>.</param>
internal sealed record Suppression(string Email, Guid? ContactId, string Reason, string Source)
{
    /// <summary>What it covers: all, channel or list.</summary>
    public string Scope { get; init; } = "all";

    /// <summary>Name of the channel or list; empty for all.</summary>
    public string ScopeValue { get; init; } = "";

    /// <summary>The hash, where the address itself is not known any more; null to take that of <see cref="Email"/>.</summary>
    public byte[]? Hash { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
