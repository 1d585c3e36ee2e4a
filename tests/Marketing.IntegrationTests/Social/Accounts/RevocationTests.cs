using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Marketing.IntegrationTests.Social.Accounts;

public sealed class RevocationTests(AccountsFixture app) : IClassFixture<AccountsFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Meta_tells_that_a_person_removed_the_app_and_their_accounts_are_disconnected()
    {
        await app.ArrangeAsync("facebook", new JsonObject { ["user_id"] = "900001" });
        var (page, instagram) = (await app.AccountAsync("facebook"), await app.AccountAsync("instagram"));
        await app.ArrangeAsync("facebook", new JsonObject { ["user_id"] = "900002" });
        var other = await app.AccountAsync("facebook");

        // A call about the consent before this one changes nothing.
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("deauthorize", Signed("900001", DateTimeOffset.UtcNow.AddDays(-1)))).StatusCode);
        Assert.Equal("active", await StatusAsync(page));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("deauthorize", Signed("900001", DateTimeOffset.UtcNow.AddSeconds(1)))).StatusCode);
        Assert.Equal(("disconnected", "disconnected", "active"), (await StatusAsync(page), await StatusAsync(instagram), await StatusAsync(other)));
        Assert.Contains("removed our app", (string?)(await app.GetAsync($"social_accounts/{page}/health"))["disconnected"]!["reason"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("deauthorize", Signed("900001", DateTimeOffset.UtcNow.AddSeconds(1)))).StatusCode);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and action = 'disconnect'", page));
    }

    [Fact]
    public async Task A_persons_data_is_deleted_and_the_request_can_be_looked_up()
    {
        await app.ArrangeAsync("facebook", new JsonObject { ["user_id"] = "900003" });
        var account = await app.AccountAsync("facebook");
        var answers = new List<JsonNode>();
        for (var call = 0; call < 2; call++)
        {
            using var response = await SendAsync("data_deletion", Signed("900003", DateTimeOffset.UtcNow.AddSeconds(1)));
            answers.Add(JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!);
        }
        Assert.Equal((string?)answers[0]["confirmation_code"], (string?)answers[1]["confirmation_code"]);
        Assert.Equal($"{AccountsFixture.PublicUrl}/webhooks/meta/data_deletion/{answers[0]["confirmation_code"]}", (string?)answers[0]["url"]);
        var words = await app.AnonymousClient().GetStringAsync($"webhooks/meta/data_deletion/{answers[0]["confirmation_code"]}", Stop);
        Assert.Contains("are deleted", words, StringComparison.Ordinal);
        Assert.Equal("disconnected", await StatusAsync(account));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.account_tokens t join marketing.social_accounts a on a.id = t.account_id where a.id = $1 and a.access_token is null and t.refresh_token is null and t.external_user_id is null", account));
        Assert.Equal(HttpStatusCode.NotFound, (await app.AnonymousClient().GetAsync("webhooks/meta/data_deletion/nothing", Stop)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gdVDcYb_NzrFy1UL5CCNrreWSVruCukajgJWHQix_Y5.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsInVzZXJfaWQiOiIyMTg0NzEifQ")]
    [InlineData("no dot")]
    public async Task An_unsigned_request_is_refused(string sent) => Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("deauthorize", sent)).StatusCode);

    [Fact]
    public async Task TikTok_tells_that_a_user_removed_the_app()
    {
        var openId = $"open-{Guid.NewGuid():N}"[..16];
        var account = await app.AccountAsync("tiktok", openId);
        var body = Removal(openId, DateTimeOffset.UtcNow, 1);
        using (var wrong = await TikTokAsync(body, "another secret", DateTimeOffset.UtcNow)) Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using (var old = await TikTokAsync(body, Secret, DateTimeOffset.UtcNow.AddDays(-4))) Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        using (var before = await TikTokAsync(Removal(openId, DateTimeOffset.UtcNow.AddHours(-1), 1), Secret, DateTimeOffset.UtcNow)) Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal("active", await StatusAsync(account));
        for (var call = 0; call < 2; call++)
            using (var response = await TikTokAsync(body, Secret, DateTimeOffset.UtcNow)) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("disconnected", await StatusAsync(account));
        Assert.Contains("removed our app in TikTok", (string?)(await app.GetAsync($"social_accounts/{account}/health"))["disconnected"]!["reason"], StringComparison.Ordinal);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and action = 'disconnect'", account));
    }

    private const string Secret = "stub-secret-tiktok-0123456789";

    private static string Removal(string openId, DateTimeOffset at, int reason) =>
        $$"""{"client_key":"stub-client-tiktok","event":"authorization.removed","create_time":{{at.ToUnixTimeSeconds()}},"user_openid":"{{openId}}","content":"{\"reason\": {{reason}} }"}""";

    private async Task<HttpResponseMessage> TikTokAsync(string body, string secret, DateTimeOffset at)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "webhooks/tiktok") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{at.ToUnixTimeSeconds()}.{body}")));
        request.Headers.Add("TikTok-Signature", $"t={at.ToUnixTimeSeconds()},s={signature}");
        return await app.AnonymousClient().SendAsync(request, Stop);
    }

    private static string Signed(string user, DateTimeOffset at)
    {
        var payload = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"algorithm":"HMAC-SHA256","expires":0,"issued_at":{{at.ToUnixTimeSeconds()}},"user_id":"{{user}}"}"""));
        return $"{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(AccountsFixture.MetaSecret), Encoding.ASCII.GetBytes(payload)))}.{payload}";
    }

    private Task<HttpResponseMessage> SendAsync(string path, string signed) =>
        app.AnonymousClient().PostAsync($"webhooks/meta/{path}", new FormUrlEncodedContent([new("signed_request", signed)]), Stop);

    private async Task<string?> StatusAsync(Guid account) => (string?)(await app.GetAsync($"social_accounts/{account}"))["status"];
}
