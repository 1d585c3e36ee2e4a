using System.Text.Json;
using Marketing.Operations.Outbound;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>
/// Instagram Login: accounts without a Page. The token itself is what prolongs it, from a day old on and only while it lives. Source:
/// Instagram Platform, "Business Login" and "Refresh Access Token"; the fields of <c>/me</c> are unverified.
/// </summary>
internal sealed class InstagramLoginConnector(OAuthApps apps, JsonHttp http, TimeProvider clock) : IAccountConnector
{
    /// <inheritdoc />
    public bool Serves(OAuthProfile profile) => profile.Login == "instagram";

    /// <inheritdoc />
    public async Task<TokenAnswer> ExchangeAsync(OAuthProfile profile, string code, string? verifier, CancellationToken cancellationToken)
    {
        if (apps.Find(profile) is not { } app) return new TokenAnswer.Misconfigured("Social:Accounts:Apps:instagram is not set.");
        // Instagram sticks #_ to the code.
        var clean = code.EndsWith("#_", StringComparison.Ordinal) ? code[..^2] : code;
        var answer = await http.PostFormAsync(apps.TokenUrl(profile),
            [new("client_id", app.ClientId), new("client_secret", app.ClientSecret), new("grant_type", "authorization_code"), new("redirect_uri", apps.RedirectUrl!), new("code", clean)], null, cancellationToken);
        if (MetaTokenErrors.Classify(answer) is { } refused) return refused;
        // The same object with and without a list around it is documented.
        var given = answer.Body.Member("data") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0] : answer.Body;
        if (given.Text("access_token") is not { } shortLived) return new TokenAnswer.TryLater("The answer held no access token.");
        var prolonged = await http.GetAsync(JsonHttp.Address($"{apps.ApiUrl(profile)}/access_token", new("grant_type", "ig_exchange_token"), new("client_secret", app.ClientSecret)), shortLived, cancellationToken);
        return MetaTokenErrors.Classify(prolonged) ?? Read(prolonged.Body) switch
        {
            TokenAnswer.Granted(var grant) => new TokenAnswer.Granted(grant with { Scopes = Permissions(given.Member("permissions")), UserId = given.Text("user_id") ?? given.Member("user_id").ToString() }),
            var other => other,
        };
    }

    /// <inheritdoc />
    public async Task<AccountsAnswer> AccountsAsync(OAuthProfile profile, TokenGrant grant, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync($"{apps.ApiUrl(profile)}/me?fields=user_id,username,name", grant.AccessToken, cancellationToken);
        if (MetaTokenErrors.Classify(answer) is not null || (answer.Body.Text("user_id") ?? answer.Body.Text("id") ?? grant.UserId) is not { Length: > 0 } id)
            return new AccountsAnswer.Failed("The account could not be read.");
        var handle = answer.Body.Text("username");
        return new AccountsAnswer.Found([new AccountCandidate(id, answer.Body.Text("name") ?? handle ?? id) { Handle = handle, ProfileUrl = handle is null ? null : $"https://www.instagram.com/{handle}/" }]);
    }

    /// <inheritdoc />
    public async Task<TokenAnswer> RefreshAsync(OAuthProfile profile, RefreshRequest request, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync($"{apps.ApiUrl(profile)}/refresh_access_token?grant_type=ig_refresh_token", request.AccessToken, cancellationToken);
        return MetaTokenErrors.Classify(answer) ?? Read(answer.Body);
    }

    private TokenAnswer Read(JsonElement body) => body.Text("access_token") is { } token
        ? new TokenAnswer.Granted(new TokenGrant(token) { ExpiresAt = Lifetime.Read(body.Member("expires_in")) is { } life ? clock.GetUtcNow() + life : null })
        : new TokenAnswer.TryLater("The answer held no access token.");

    private static string[] Permissions(JsonElement given) => given.ValueKind == JsonValueKind.Array
        ? [.. given.EnumerateArray().Select(scope => scope.Text()).OfType<string>()]
        : given.Text()?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
