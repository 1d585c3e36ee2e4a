namespace Marketing.Social.Accounts.Connectors;

/// <summary>How a platform wants PKCE (RFC 7636).</summary>
internal enum Pkce
{
    /// <summary>Not asked for.</summary>
    None,

    /// <summary>SHA-256 in base64url, as in the RFC.</summary>
    Base64Url,

    /// <summary>SHA-256 in hexadecimal: TikTok's desktop apps.</summary>
    Hexadecimal,
}

/// <summary>What distinguishes one platform's OAuth from another's, as data.</summary>
/// <param name="Platform">Value of <c>social_accounts.platform</c>.</param>
/// <param name="Login">Whose consent it is: accounts of one login share an app and a person.</param>
/// <param name="AuthorizeUrl">Page of the consent.</param>
/// <param name="TokenUrl">Address that gives tokens.</param>
/// <param name="ApiUrl">Root of the API.</param>
/// <param name="Scopes">What publishing and insights need.</param>
internal sealed record OAuthProfile(string Platform, string Login, string AuthorizeUrl, string TokenUrl, string ApiUrl, IReadOnlyList<string> Scopes)
{
    /// <summary>Between scopes in the address of the consent.</summary>
    public string ScopeSeparator { get; init; } = " ";

    /// <summary>Name of the app's id in requests.</summary>
    public string ClientIdName { get; init; } = "client_id";

    /// <summary>PKCE that every app must use.</summary>
    public Pkce Pkce { get; init; }

    /// <summary>PKCE of apps whose settings ask for it.</summary>
    public Pkce OptionalPkce { get; init; }

    /// <summary>The app proves itself with HTTP Basic instead of form fields.</summary>
    public bool UsesBasic { get; init; }

    /// <summary>More parameters of the consent's address.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> AuthorizeExtras { get; init; } = [];

    /// <summary>A refresh token works once: the answer that replaces it must not be lost.</summary>
    public bool RotatesRefreshToken { get; init; }

    /// <summary>Most time that is left of a token when it is refreshed; a quarter of its life when that is less.</summary>
    public TimeSpan RefreshAhead { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Refreshed at least this often, whatever is left; for tokens that prolong only while they live.</summary>
    public TimeSpan? RefreshEvery { get; init; }

    /// <summary>When a token that began now is to be refreshed: ahead of its end, spread so that accounts connected together do not refresh together.</summary>
    /// <param name="now">When it began.</param>
    /// <param name="expiresAt">When it ends; null when it does not.</param>
    /// <param name="chance">From 0 to 1.</param>
    /// <returns>Null when nothing will ever need it.</returns>
    public DateTimeOffset? RefreshDue(DateTimeOffset now, DateTimeOffset? expiresAt, double chance)
    {
        DateTimeOffset? byEnd = null;
        if (expiresAt is { } end)
        {
            var quarter = (end - now) / 4;
            var ahead = quarter < RefreshAhead ? quarter : RefreshAhead;
            byEnd = end - (ahead * (1 + (0.5 * chance)));
        }
        DateTimeOffset? byAge = RefreshEvery is { } every ? now + (every * (1 - (0.1 * chance))) : null;
        return (byEnd, byAge) switch
        {
            (null, var age) => age,
            (var due, null) => due,
            var (due, age) => due < age ? due : age,
        };
    }
}
