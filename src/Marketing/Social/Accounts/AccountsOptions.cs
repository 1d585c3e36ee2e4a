namespace Marketing.Social.Accounts;

/// <summary>Settings below <c>Social:Accounts</c>: how people connect accounts, and the apps that are registered with the platforms.</summary>
public sealed class AccountsOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Social:Accounts";

    /// <summary>Address of this API as the platforms and browsers reach it, up to and with <c>/api</c>. The redirect address is registered with each platform as <c>{PublicUrl}/social_accounts/connect/callback</c>.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>Where a browser goes after the consent, with <c>connection</c> and <c>state</c> added to the query; null shows a plain page.</summary>
    public string? ReturnUrl { get; set; }

    /// <summary>The apps by platform: facebook (serves instagram too), instagram (only for Instagram Login), tiktok, youtube, twitter, linkedin, pinterest.</summary>
    public Dictionary<string, OAuthApp> Apps { get; set; } = new(StringComparer.Ordinal);

    /// <summary>How long a person has from the start of a consent to its end, the choice of the account included.</summary>
    public TimeSpan ConnectWithin { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest wait for one answer of a platform. A refresh makes up to three calls, which must fit into <see cref="Lease"/>.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one worker holds an account's refresh.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Most accounts that one run of the timer refreshes.</summary>
    public int RefreshBatch { get; set; } = 100;

    /// <summary>First wait after a refresh that failed and may pass; doubles with each failure in a row.</summary>
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest such wait.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? Problem()
    {
        if (PublicUrl is not null && !IsAddress(PublicUrl)) return $"{Section}:PublicUrl must be an absolute http(s) address, for example https://marketing.example.com/api.";
        if (ReturnUrl is not null && !IsAddress(ReturnUrl)) return $"{Section}:ReturnUrl must be an absolute http(s) address, for example https://marketing.example.com/accounts.";
        if (ConnectWithin <= TimeSpan.Zero || ConnectWithin > TimeSpan.FromHours(1)) return $"{Section}:ConnectWithin must lie between 0 and 01:00:00, for example 00:15:00.";
        if (RequestTimeout <= TimeSpan.Zero || RequestTimeout * 4 > Lease) return $"{Section}:Lease must be at least four times RequestTimeout, or two workers may refresh one account. Example: 00:02:00 and 00:00:20.";
        if (RefreshBatch is < 1 or > 1000) return $"{Section}:RefreshBatch must lie between 1 and 1000, for example 100.";
        if (FirstRetryAfter <= TimeSpan.Zero || MaxRetryAfter < FirstRetryAfter) return $"{Section}:FirstRetryAfter must be positive and at most MaxRetryAfter, for example 00:01:00 and 01:00:00.";
        foreach (var (platform, app) in Apps)
        {
            if (Connectors.OAuthProfiles.Find(platform) is null) return $"{Section}:Apps:{platform} is no platform. Known: {string.Join(", ", Connectors.OAuthProfiles.Platforms)}.";
            if (app.ClientId.Length == 0 || app.ClientSecret.Length == 0) return $"{Section}:Apps:{platform} needs ClientId and ClientSecret of the app that is registered with the platform.";
            foreach (var address in new[] { app.AuthorizeUrl, app.TokenUrl, app.ApiUrl })
                if (address is not null && !IsAddress(address)) return $"{Section}:Apps:{platform}: AuthorizeUrl, TokenUrl and ApiUrl are absolute http(s) addresses, or left out.";
        }
        return null;
    }

    /// <summary>The wait after a number of failures in a row.</summary>
    internal TimeSpan RetryDelay(int failures)
    {
        var seconds = FirstRetryAfter.TotalSeconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        return seconds < MaxRetryAfter.TotalSeconds ? TimeSpan.FromSeconds(seconds) : MaxRetryAfter;
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http";
}

/// <summary>An app that is registered with a platform.</summary>
public sealed class OAuthApp
{
    /// <summary>Its id; TikTok says client key.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>Its secret.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>The secret before, during its rotation: TikTok's webhooks may be signed with either.</summary>
    public string? PreviousClientSecret { get; set; }

    /// <summary>Scopes to ask for; the product's own list when empty.</summary>
    public string[] Scopes { get; set; } = [];

    /// <summary>True for an app that the platform makes prove the consent with PKCE although it does not ask all apps (TikTok's desktop apps).</summary>
    public bool UsesPkce { get; set; }

    /// <summary>Page of the consent; the platform's own when null.</summary>
    public string? AuthorizeUrl { get; set; }

    /// <summary>Address that gives tokens; the platform's own when null.</summary>
    public string? TokenUrl { get; set; }

    /// <summary>Root of the platform's API; the platform's own when null.</summary>
    public string? ApiUrl { get; set; }
}
