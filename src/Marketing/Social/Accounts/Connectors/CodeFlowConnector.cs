using System.Text.Json;
using Marketing.Operations.Outbound;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>Platforms with the plain authorization code flow and refresh tokens: TikTok, YouTube, X, LinkedIn, Pinterest. They differ in their profiles and in how accounts are listed.</summary>
internal sealed class CodeFlowConnector(OAuthApps apps, JsonHttp http, TimeProvider clock) : IAccountConnector
{
    private static readonly char[] BetweenScopes = [' ', ','];

    /// <inheritdoc />
    public bool Serves(OAuthProfile profile) => profile.Login is "tiktok" or "youtube" or "twitter" or "linkedin" or "pinterest";

    /// <inheritdoc />
    public Task<TokenAnswer> ExchangeAsync(OAuthProfile profile, string code, string? verifier, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> fields = [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", apps.RedirectUrl!)];
        if (verifier is not null) fields.Add(new("code_verifier", verifier));
        return AskAsync(profile, fields, cancellationToken);
    }

    /// <inheritdoc />
    public Task<AccountsAnswer> AccountsAsync(OAuthProfile profile, TokenGrant grant, CancellationToken cancellationToken) => profile.Platform switch
    {
        "tiktok" => AccountLists.TikTokAsync(http, apps.ApiUrl(profile), grant, cancellationToken),
        "youtube" => AccountLists.YouTubeAsync(http, apps.ApiUrl(profile), grant, cancellationToken),
        "twitter" => AccountLists.XAsync(http, apps.ApiUrl(profile), grant, cancellationToken),
        "linkedin" => AccountLists.LinkedInAsync(http, apps.ApiUrl(profile), grant, cancellationToken),
        _ => AccountLists.PinterestAsync(http, apps.ApiUrl(profile), grant, cancellationToken),
    };

    /// <inheritdoc />
    public Task<TokenAnswer> RefreshAsync(OAuthProfile profile, RefreshRequest request, CancellationToken cancellationToken) =>
        request.RefreshToken is { } token
            ? AskAsync(profile, [new("grant_type", "refresh_token"), new("refresh_token", token)], cancellationToken)
            : Task.FromResult<TokenAnswer>(new TokenAnswer.TryLater("The platform gave no refresh token."));

    private async Task<TokenAnswer> AskAsync(OAuthProfile profile, List<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        if (apps.Find(profile) is not { } app) return new TokenAnswer.Misconfigured($"Social:Accounts:Apps:{profile.Login} is not set.");
        if (!profile.UsesBasic) fields.AddRange([new(profile.ClientIdName, app.ClientId), new("client_secret", app.ClientSecret)]);
        var answer = await http.PostFormAsync(apps.TokenUrl(profile), fields, profile.UsesBasic ? JsonHttp.Basic(app.ClientId, app.ClientSecret) : null, cancellationToken);
        return OAuthErrors.Classify(answer) ?? Read(answer.Body);
    }

    // A refresh that returns no token is none, whatever its status.
    private TokenAnswer Read(JsonElement body)
    {
        if (body.Text("access_token") is not { } access) return new TokenAnswer.TryLater("The answer held no access token.");
        var now = clock.GetUtcNow();
        return new TokenAnswer.Granted(new TokenGrant(access)
        {
            ExpiresAt = After(now, body, "expires_in"),
            RefreshToken = body.Text("refresh_token"),
            RefreshExpiresAt = After(now, body, "refresh_expires_in") ?? After(now, body, "refresh_token_expires_in"),
            Scopes = body.Text("scope")?.Split(BetweenScopes, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            UserId = body.Text("open_id"),
        });
    }

    private static DateTimeOffset? After(DateTimeOffset now, JsonElement body, string name) => Lifetime.Read(body.Member(name)) is { } life ? now + life : null;
}
