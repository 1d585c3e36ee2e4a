using System.Text.Json;
using Marketing.Operations.Outbound;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>Whose accounts a token opens, platform by platform.</summary>
internal static class AccountLists
{
    /// <summary>Version of LinkedIn's API; one lives a year at least. Source: LinkedIn, "API Versioning".</summary>
    public const string LinkedInVersion = "202607";

    private const int MaxOrganisations = 50;

    /// <summary>Headers that LinkedIn's versioned API demands.</summary>
    public static KeyValuePair<string, string>[] LinkedInHeaders { get; } = [new("LinkedIn-Version", LinkedInVersion), new("X-Restli-Protocol-Version", "2.0.0")];

    /// <summary>The one user of a TikTok token. Source: TikTok, "Get User Info".</summary>
    public static async Task<AccountsAnswer> TikTokAsync(JsonHttp http, string api, TokenGrant grant, CancellationToken cancellationToken)
    {
        // A field of a scope that was not granted fails the whole call.
        var fields = grant.Scopes.Contains("user.info.profile") ? "open_id,display_name,username,profile_deep_link" : "open_id,display_name";
        var answer = await http.GetAsync(JsonHttp.Address($"{api}/v2/user/info/", new KeyValuePair<string, string>("fields", fields)), grant.AccessToken, cancellationToken);
        var user = answer.Body.Member("data").Member("user");
        return user.Text("open_id") is not { } id
            ? Failed(answer, answer.Body.Member("error").Text("message") ?? answer.Body.Member("error").Text("code"))
            : new AccountsAnswer.Found([new AccountCandidate(id, user.Text("display_name") ?? user.Text("username") ?? id)
            {
                Handle = user.Text("username"),
                ProfileUrl = user.Text("username") is { } name ? $"https://www.tiktok.com/@{name}" : null,
            }]);
    }

    /// <summary>The channels of a Google account. Source: YouTube Data API, "Channels: list".</summary>
    public static async Task<AccountsAnswer> YouTubeAsync(JsonHttp http, string api, TokenGrant grant, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync($"{api}/youtube/v3/channels?part=snippet&mine=true&maxResults=50", grant.AccessToken, cancellationToken);
        if (!answer.IsOk) return Failed(answer, answer.Body.Member("error").Text("message"));
        return new AccountsAnswer.Found([.. Items(answer.Body.Member("items")).Where(item => item.Text("id") is not null).Select(item => new AccountCandidate(item.Text("id")!, item.Member("snippet").Text("title") ?? item.Text("id")!)
        {
            Handle = item.Member("snippet").Text("customUrl")?.TrimStart('@'),
            ProfileUrl = $"https://www.youtube.com/channel/{item.Text("id")}",
        })]);
    }

    /// <summary>The user of an X token. Source: X API v2, "Get my User".</summary>
    public static async Task<AccountsAnswer> XAsync(JsonHttp http, string api, TokenGrant grant, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync($"{api}/users/me", grant.AccessToken, cancellationToken);
        var user = answer.Body.Member("data");
        return user.Text("id") is not { } id
            ? Failed(answer, answer.Body.Text("detail") ?? answer.Body.Text("title"))
            : new AccountsAnswer.Found([new AccountCandidate(id, user.Text("name") ?? id) { Handle = user.Text("username"), ProfileUrl = user.Text("username") is { } name ? $"https://x.com/{name}" : null }]);
    }

    /// <summary>The organisations that a member administers, by URN. Source: LinkedIn, "Organization Access Control by Role" (path and names unverified).</summary>
    public static async Task<AccountsAnswer> LinkedInAsync(JsonHttp http, string api, TokenGrant grant, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync($"{api}/organizationAcls?q=roleAssignee&state=APPROVED&count={MaxOrganisations}", grant.AccessToken, cancellationToken, LinkedInHeaders);
        if (!answer.IsOk) return Failed(answer, answer.Body.Text("message"));
        var urns = Items(answer.Body.Member("elements"))
            .Where(element => element.Text("role") is "ADMINISTRATOR" or "CONTENT_ADMINISTRATOR")
            .Select(element => element.Text("organization") ?? element.Text("organizationTarget")).OfType<string>().Distinct().Take(MaxOrganisations);
        var found = new List<AccountCandidate>();
        foreach (var urn in urns)
        {
            var id = urn[(urn.LastIndexOf(':') + 1)..];
            // A name that cannot be read leaves the number, by which the page can be chosen all the same.
            var organisation = await http.GetAsync($"{api}/organizations/{Uri.EscapeDataString(id)}", grant.AccessToken, cancellationToken, LinkedInHeaders);
            found.Add(new AccountCandidate(urn, organisation.Body.Text("localizedName") ?? $"Organisation {id}")
            {
                Handle = organisation.Body.Text("vanityName"),
                ProfileUrl = organisation.Body.Text("vanityName") is { } name ? $"https://www.linkedin.com/company/{name}/" : null,
            });
        }
        return new AccountsAnswer.Found(found);
    }

    /// <summary>The account of a Pinterest token. Source: Pinterest API v5, "Get user account".</summary>
    public static async Task<AccountsAnswer> PinterestAsync(JsonHttp http, string api, TokenGrant grant, CancellationToken cancellationToken)
    {
        var answer = await http.GetAsync($"{api}/user_account", grant.AccessToken, cancellationToken);
        return answer.Body.Text("username") is not { } name || !answer.IsOk
            ? Failed(answer, answer.Body.Text("message"))
            : new AccountsAnswer.Found([new AccountCandidate(answer.Body.Text("id") ?? name, answer.Body.Text("business_name") ?? name) { Handle = name, ProfileUrl = $"https://www.pinterest.com/{name}/" }]);
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    private static AccountsAnswer.Failed Failed(JsonAnswer answer, string? words) => new($"The accounts could not be read: {PlatformWords.Clean(words, answer.ToString())}");
}
