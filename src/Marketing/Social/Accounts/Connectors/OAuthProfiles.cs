namespace Marketing.Social.Accounts.Connectors;

/// <summary>
/// The platforms' OAuth. Sources, November 2026: Meta "Facebook Login" and "Instagram API with Instagram Login"; TikTok "Login Kit" and
/// "Manage User Access Tokens"; Google "Using OAuth 2.0 for Web Server Applications"; X "OAuth 2.0 Authorization Code Flow with PKCE";
/// LinkedIn "Authorization Code Flow" and "Refresh Tokens"; Pinterest "Authentication and scopes". Lifetimes come from each answer, never from here.
/// </summary>
internal static class OAuthProfiles
{
    private const string GoogleScope = "https://www.googleapis.com/auth/";
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>Instagram accounts that a Facebook Page holds: the same consent as the Page's.</summary>
    public static OAuthProfile InstagramThroughFacebook { get; } = new("instagram", "facebook", "https://www.facebook.com/v26.0/dialog/oauth", "https://graph.facebook.com/v26.0/oauth/access_token", "https://graph.facebook.com/v26.0",
        ["instagram_basic", "instagram_content_publish", "instagram_manage_insights", "pages_read_engagement", "pages_show_list"])
    { ScopeSeparator = ",", RefreshEvery = Week };

    private static readonly Dictionary<string, OAuthProfile> Known = new OAuthProfile[]
    {
        new("facebook", "facebook", "https://www.facebook.com/v26.0/dialog/oauth", "https://graph.facebook.com/v26.0/oauth/access_token", "https://graph.facebook.com/v26.0",
            ["pages_manage_posts", "pages_read_engagement", "pages_show_list", "read_insights"])
        { ScopeSeparator = ",", RefreshEvery = Week },
        // Instagram Login: no Page behind the account. Its token prolongs itself while it lives, from its second day on.
        new("instagram", "instagram", "https://www.instagram.com/oauth/authorize", "https://api.instagram.com/oauth/access_token", "https://graph.instagram.com",
            ["instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_insights"])
        { ScopeSeparator = ",", RefreshEvery = Week },
        new("tiktok", "tiktok", "https://www.tiktok.com/v2/auth/authorize/", "https://open.tiktokapis.com/v2/oauth/token/", "https://open.tiktokapis.com",
            ["user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.publish", "video.upload"])
        { ScopeSeparator = ",", ClientIdName = "client_key", OptionalPkce = Pkce.Hexadecimal, RotatesRefreshToken = true },
        // Without both extras there may be no refresh token.
        new("youtube", "youtube", "https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token", "https://www.googleapis.com",
            [GoogleScope + "youtube", GoogleScope + "youtube.upload", GoogleScope + "youtube.readonly", GoogleScope + "yt-analytics.readonly"])
        { AuthorizeExtras = [new("access_type", "offline"), new("prompt", "consent")], RefreshAhead = TimeSpan.FromMinutes(10) },
        new("twitter", "twitter", "https://x.com/i/oauth2/authorize", "https://api.x.com/2/oauth2/token", "https://api.x.com/2",
            ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"])
        { Pkce = Pkce.Base64Url, UsesBasic = true, RotatesRefreshToken = true, RefreshAhead = TimeSpan.FromMinutes(6) },
        new("linkedin", "linkedin", "https://www.linkedin.com/oauth/v2/authorization", "https://www.linkedin.com/oauth/v2/accessToken", "https://api.linkedin.com/rest",
            ["w_organization_social", "r_organization_social", "rw_organization_admin"])
        { RefreshAhead = Week },
        // Whether the old refresh token dies at once is not said; it is handled as if it did.
        new("pinterest", "pinterest", "https://www.pinterest.com/oauth/", "https://api.pinterest.com/v5/oauth/token", "https://api.pinterest.com/v5",
            ["boards:read", "boards:write", "pins:read", "pins:write", "user_accounts:read"])
        { ScopeSeparator = ",", UsesBasic = true, RotatesRefreshToken = true, RefreshAhead = Week },
    }.ToDictionary(profile => profile.Platform, StringComparer.Ordinal);

    /// <summary>Every platform.</summary>
    public static IReadOnlyCollection<string> Platforms => Known.Keys;

    /// <summary>A platform's own profile; null when it is not known.</summary>
    public static OAuthProfile? Find(string platform) => Known.GetValueOrDefault(platform);
}
