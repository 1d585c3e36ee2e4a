using System.Text.Json;
using Marketing.Operations.Outbound;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>
/// Facebook Login: Pages, and the Instagram accounts behind them. The person's token is exchanged for one of about 60 days and kept as
/// what new Page tokens are asked with; Page tokens themselves carry no end. Whether repeating the exchange prolongs the person's token
/// is unverified. Source: Facebook Login, "Get Long-Lived Tokens".
/// </summary>
internal sealed class FacebookConnector(OAuthApps apps, JsonHttp http, TimeProvider clock) : IAccountConnector
{
    private const int MaxPages = 20;

    // Of a token whose answer leaves its life out. Source: as above, "about 60 days".
    private static readonly TimeSpan UsualLife = TimeSpan.FromDays(60);

    /// <inheritdoc />
    public bool Serves(OAuthProfile profile) => profile.Login == "facebook";

    /// <inheritdoc />
    public async Task<TokenAnswer> ExchangeAsync(OAuthProfile profile, string code, string? verifier, CancellationToken cancellationToken)
    {
        if (apps.Find(profile) is not { } app) return new TokenAnswer.Misconfigured("Social:Accounts:Apps:facebook is not set.");
        var answer = await http.GetAsync(JsonHttp.Address(apps.TokenUrl(profile),
            new("client_id", app.ClientId), new("client_secret", app.ClientSecret), new("redirect_uri", apps.RedirectUrl!), new("code", code)), null, cancellationToken);
        if (MetaTokenErrors.Classify(answer) is { } refused) return refused;
        if (answer.Body.Text("access_token") is not { } shortLived) return new TokenAnswer.TryLater("The answer held no access token.");
        return await ProlongAsync(profile, app, shortLived, cancellationToken) switch
        {
            TokenAnswer.Granted(var person) => new TokenAnswer.Granted(await DescribeAsync(profile, app, person, cancellationToken)),
            var other => other,
        };
    }

    /// <inheritdoc />
    public async Task<AccountsAnswer> AccountsAsync(OAuthProfile profile, TokenGrant grant, CancellationToken cancellationToken)
    {
        var found = new List<AccountCandidate>();
        string? after = null;
        for (var page = 0; page < MaxPages; page++)
        {
            // The next page is asked by its cursor: addresses in answers are not called.
            var query = new List<KeyValuePair<string, string>> { new("fields", "id,name,tasks,access_token,instagram_business_account{id,username}"), new("limit", "100") };
            if (after is not null) query.Add(new("after", after));
            var answer = await http.GetAsync(JsonHttp.Address($"{apps.ApiUrl(profile)}/me/accounts", query), grant.AccessToken, cancellationToken);
            if (MetaTokenErrors.Classify(answer) is { } refused) return new AccountsAnswer.Failed($"The accounts could not be read: {Words(refused)}");
            foreach (var entry in answer.Body.Member("data") is { ValueKind: JsonValueKind.Array } data ? data.EnumerateArray() : default)
                if (Candidate(profile.Platform, entry) is { } candidate) found.Add(candidate);
            after = answer.Body.Member("paging").Text("next") is null ? null : answer.Body.Member("paging").Member("cursors").Text("after");
            if (after is null) break;
        }
        return new AccountsAnswer.Found(found);
    }

    /// <inheritdoc />
    public async Task<TokenAnswer> RefreshAsync(OAuthProfile profile, RefreshRequest request, CancellationToken cancellationToken)
    {
        if (request.RefreshToken is not { } person) return new TokenAnswer.TryLater("The person's token is not known.");
        if (apps.Find(profile) is not { } app) return new TokenAnswer.Misconfigured("Social:Accounts:Apps:facebook is not set.");
        var prolonged = await ProlongAsync(profile, app, person, cancellationToken);
        if (prolonged is TokenAnswer.Revoked or TokenAnswer.Misconfigured) return prolonged;
        // An exchange that failed otherwise leaves the person's token as it was, and the Page's can be had with it.
        var held = prolonged is TokenAnswer.Granted(var grant) ? grant : new TokenGrant(person);
        var page = request.ParentId ?? request.ExternalAccountId;
        var answer = await http.GetAsync($"{apps.ApiUrl(profile)}/{Uri.EscapeDataString(page)}?fields=access_token", held.AccessToken, cancellationToken);
        if (MetaTokenErrors.Classify(answer) is { } refused) return refused;
        if (answer.Body.Text("access_token") is not { } token) return new TokenAnswer.TryLater("The answer held no token of the Page: the person may have lost their role on it.");
        var described = await DescribeAsync(profile, app, held, cancellationToken);
        return new TokenAnswer.Granted(described with { AccessToken = token, ExpiresAt = null, RefreshToken = held.AccessToken, RefreshExpiresAt = described.ExpiresAt });
    }

    private static AccountCandidate? Candidate(string platform, JsonElement page)
    {
        if (page.Text("id") is not { } id || page.Text("access_token") is not { } token) return null;
        var name = page.Text("name") ?? id;
        if (platform == "facebook") return new AccountCandidate(id, name) { ProfileUrl = $"https://www.facebook.com/{id}", AccessToken = token };
        var instagram = page.Member("instagram_business_account");
        return instagram.Text("id") is not { } account ? null : new AccountCandidate(account, instagram.Text("username") ?? name)
        {
            Handle = instagram.Text("username"),
            ProfileUrl = instagram.Text("username") is { } handle ? $"https://www.instagram.com/{handle}/" : null,
            AccessToken = token,
            ParentId = id,
        };
    }

    private async Task<TokenAnswer> ProlongAsync(OAuthProfile profile, OAuthApp app, string token, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync(JsonHttp.Address(apps.TokenUrl(profile),
            new("grant_type", "fb_exchange_token"), new("client_id", app.ClientId), new("client_secret", app.ClientSecret), new("fb_exchange_token", token)), null, cancellationToken);
        if (MetaTokenErrors.Classify(answer) is { } refused) return refused;
        if (answer.Body.Text("access_token") is not { } prolonged) return new TokenAnswer.TryLater("The answer held no access token.");
        var ends = clock.GetUtcNow() + (Lifetime.Read(answer.Body.Member("expires_in")) ?? UsualLife);
        return new TokenAnswer.Granted(new TokenGrant(prolonged) { ExpiresAt = ends, RefreshToken = prolonged, RefreshExpiresAt = ends });
    }

    // What the token is good for. Without an answer the tokens are good all the same; it is asked again with the next refresh.
    private async Task<TokenGrant> DescribeAsync(OAuthProfile profile, OAuthApp app, TokenGrant grant, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync(JsonHttp.Address($"{apps.ApiUrl(profile)}/debug_token", new KeyValuePair<string, string>("input_token", grant.AccessToken)), $"{app.ClientId}|{app.ClientSecret}", cancellationToken);
        var data = answer.Body.Member("data");
        if (!answer.IsOk || data.ValueKind != JsonValueKind.Object) return grant;
        return grant with
        {
            UserId = data.Text("user_id"),
            DataAccessExpiresAt = data.Member("data_access_expires_at").UnixTime(),
            ExpiresAt = data.Member("expires_at").UnixTime() ?? grant.ExpiresAt,
            RefreshExpiresAt = data.Member("expires_at").UnixTime() ?? grant.RefreshExpiresAt,
            Scopes = data.Member("scopes") is { ValueKind: JsonValueKind.Array } scopes ? [.. scopes.EnumerateArray().Select(scope => scope.Text()).OfType<string>()] : [],
        };
    }

    private static string Words(TokenAnswer answer) => answer switch
    {
        TokenAnswer.Revoked(var reason) => reason,
        TokenAnswer.TryLater(var reason, _) => reason,
        TokenAnswer.Misconfigured(var reason) => reason,
        TokenAnswer.Lost(var reason) => reason,
        _ => "",
    };
}
