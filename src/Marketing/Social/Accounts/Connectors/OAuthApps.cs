using Microsoft.Extensions.Options;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>The apps of the settings with the platforms' profiles.</summary>
internal sealed class OAuthApps(IOptions<AccountsOptions> options)
{
    /// <summary>The profile that a platform is connected by: Instagram through its Page unless an app for Instagram Login is set.</summary>
    public OAuthProfile? Profile(string platform) =>
        platform == "instagram" && !options.Value.Apps.ContainsKey("instagram") ? OAuthProfiles.InstagramThroughFacebook : OAuthProfiles.Find(platform);

    /// <summary>The profile that an account was connected by.</summary>
    public static OAuthProfile? Profile(string platform, string login) =>
        platform == "instagram" && login == "facebook" ? OAuthProfiles.InstagramThroughFacebook : OAuthProfiles.Find(platform);

    /// <summary>The app of a login; null when the settings have none.</summary>
    public OAuthApp? Find(OAuthProfile profile) => options.Value.Apps.GetValueOrDefault(profile.Login);

    /// <summary>Scopes that are asked for.</summary>
    public IReadOnlyList<string> Scopes(OAuthProfile profile) => Find(profile) is { Scopes: { Length: > 0 } own } ? own : profile.Scopes;

    /// <summary>Root of the API, without a slash at its end.</summary>
    public string ApiUrl(OAuthProfile profile) => (Find(profile)?.ApiUrl ?? profile.ApiUrl).TrimEnd('/');

    /// <summary>Address that gives tokens.</summary>
    public string TokenUrl(OAuthProfile profile) => Find(profile)?.TokenUrl ?? profile.TokenUrl;

    /// <summary>PKCE of this app.</summary>
    public Pkce PkceOf(OAuthProfile profile) => profile.Pkce != Pkce.None ? profile.Pkce : Find(profile) is { UsesPkce: true } ? profile.OptionalPkce : Pkce.None;

    /// <summary>Where the platform sends the browser back to; null when the settings do not say.</summary>
    public string? RedirectUrl => options.Value.PublicUrl is { } root ? $"{root.TrimEnd('/')}/social_accounts/connect/callback" : null;
}
