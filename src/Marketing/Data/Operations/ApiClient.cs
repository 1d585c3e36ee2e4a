namespace Marketing.Data;

/// <summary>One API client: a named key with scopes. The key itself is shown once and never stored.</summary>
public sealed class ApiClient
{
    /// <summary>Primary key.</summary>
    public Guid Id { get; set; }

    /// <summary>Name written to audit rows.</summary>
    public string Name { get; set; } = null!;

    /// <summary>First characters of the key, to recognise it in a list.</summary>
    public string KeyPrefix { get; set; } = null!;

    /// <summary>SHA-256 of the whole key.</summary>
    public byte[] KeyHash { get; set; } = null!;

    /// <summary>Scopes the key holds.</summary>
    public string[] Scopes { get; set; } = null!;

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Who made it.</summary>
    public string? CreatedBy { get; set; }

    /// <summary>When it was last used, to the hour.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>When it stopped being valid; null while it is.</summary>
    public DateTimeOffset? RevokedAt { get; set; }
}
