using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Identity;

/// <summary>A function app that lets few requests through, and pages of one other site.</summary>
public sealed class LimitedFixture(TestServers servers) : FunctionAppFixture(servers)
{
    protected override Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        settings["RateLimit:RequestsPerSecond"] = "5";
        settings["RateLimit:Burst"] = "40";
        settings["Cors:Origins"] = "https://app.example.org";
        return Task.CompletedTask;
    }
}

public sealed class KeyTests(LimitedFixture app) : IClassFixture<LimitedFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_expires_rotates_with_overlap_and_is_revoked_at_once()
    {
        using var made = await app.Admin.PostAsJsonAsync("api_keys", new { name = "rotating", scopes = new[] { "read" }, roles = new[] { "viewer" }, expires_at = DateTimeOffset.UtcNow.AddHours(1) }, Stop);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var first = (await made.Content.ReadFromJsonAsync<JsonObject>(Stop))!;
        Assert.Equal(HttpStatusCode.OK, await AskAsync((string)first["key"]!));

        using var rotated = await app.Admin.PostAsJsonAsync($"api_keys/{first["id"]}/rotation", new { overlap_hours = 1 }, Stop);
        var second = (await rotated.Content.ReadFromJsonAsync<JsonObject>(Stop))!;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await AskAsync((string)first["key"]!), await AskAsync((string)second["key"]!)));
        using var again = await app.Admin.PostAsJsonAsync($"api_keys/{first["id"]}/rotation", new { overlap_hours = 0 }, Stop);
        var third = (await again.Content.ReadFromJsonAsync<JsonObject>(Stop))!;
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await AskAsync((string)first["key"]!), await AskAsync((string)second["key"]!), await AskAsync((string)third["key"]!)));

        Assert.DoesNotContain((string)third["key"]!, await app.Admin.GetStringAsync("api_keys", Stop), StringComparison.Ordinal);
        using var revoked = await app.Admin.DeleteAsync($"api_keys/{first["id"]}", Stop);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync((string)third["key"]!));

        using var late = await app.Admin.PostAsJsonAsync("api_keys", new { name = "late", scopes = new[] { "read" }, expires_at = "2020-01-01T00:00:00Z" }, Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode);
        using var stranger = await app.Admin.PostAsJsonAsync("api_keys", new { name = "stranger", scopes = new[] { "read" }, roles = new[] { "king" } }, Stop);
        Assert.Contains("no role 'king'", await stranger.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_asks_too_often_is_told_when_to_go_on()
    {
        using var client = await app.ClientAsync("read");
        var statuses = new List<int>();
        for (var i = 0; i < 60; i++)
        {
            using var response = await client.GetAsync("segments?limit=1", Stop);
            statuses.Add((int)response.StatusCode);
            Assert.Equal("40", response.Headers.GetValues("RateLimit-Limit").Single());
            if (response.StatusCode == HttpStatusCode.TooManyRequests) Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
        }
        Assert.All(statuses.Take(40), status => Assert.Equal(200, status));
        Assert.Contains(429, statuses);
        // Nobody else waits for it.
        using var other = await app.ClientAsync("read");
        using var free = await other.GetAsync("segments?limit=1", Stop);
        Assert.Equal(HttpStatusCode.OK, free.StatusCode);
        await Task.Delay(1500, Stop);
        using var later = await client.GetAsync("segments?limit=1", Stop);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task Other_sites_and_browsers_are_told_what_they_may_do()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "content");
        preflight.Headers.Add("Origin", "https://app.example.org");
        preflight.Headers.Add("Access-Control-Request-Method", "PATCH");
        using var client = app.AnonymousClient();
        using var allowed = await client.SendAsync(preflight, Stop);
        Assert.Equal("https://app.example.org", allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("PATCH", allowed.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);

        using var foreign = new HttpRequestMessage(HttpMethod.Get, "health/live");
        foreign.Headers.Add("Origin", "https://evil.example");
        using var answered = await client.SendAsync(foreign, Stop);
        Assert.False(answered.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("nosniff", answered.Headers.GetValues("X-Content-Type-Options").Single());

        using var options = await client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "content/CON-010001"), Stop);
        Assert.Contains("PATCH", options.Content.Headers.Allow);
        Assert.Contains("application/json-patch+json", options.Headers.GetValues("Accept-Patch").Single(), StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> AskAsync(string key)
    {
        using var client = app.AnonymousClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await client.GetAsync("segments?limit=1", Stop);
        return response.StatusCode;
    }
}
