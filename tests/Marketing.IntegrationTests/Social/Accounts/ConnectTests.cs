using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Social.Accounts;

public sealed class ConnectTests(AccountsFixture app) : IClassFixture<AccountsFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("facebook")]
    [InlineData("instagram")]
    [InlineData("tiktok")]
    [InlineData("youtube")]
    [InlineData("twitter")]
    [InlineData("linkedin")]
    [InlineData("pinterest")]
    public async Task A_consent_makes_an_account_that_is_healthy_and_whose_token_nobody_reads(string platform)
    {
        await app.ArrangeAsync(platform == "instagram" ? "facebook" : platform, new JsonObject { ["accounts"] = new JsonArray(AccountsFixture.Account(platform, $"healthy-{platform}")) });
        var connection = await app.ConnectAsync(platform);
        Assert.Equal("connected", (string?)connection["state"]);
        Assert.EndsWith($"healthy-{platform}", (string?)connection["account"]!["external_account_id"], StringComparison.Ordinal);

        var id = (Guid)connection["account"]!["id"]!;
        var row = await app.GetAsync($"social_accounts/{id}");
        Assert.Equal((platform, "active"), ((string?)row["platform"], (string?)row["status"]));
        Assert.Equal("villaazul", platform == "facebook" ? "villaazul" : (string?)row["handle"]);
        var health = await app.GetAsync($"social_accounts/{row["social_account_id"]}/health");
        Assert.True((bool)health["is_healthy"]!, health.ToJsonString());
        Assert.Equal("valid", (string?)health["token"]!["state"]);
        Assert.True((bool)health["token"]!["renews_itself"]!);
        Assert.Empty(health["scopes"]!["missing"]!.AsArray());
        Assert.Empty(health["what_to_do"]!.AsArray());
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.account_tokens where account_id = $1 and refresh_token like 'v1.test.%' and refresh_due_at > now()", id));
        Assert.StartsWith("v1.test.", await app.Product.QueryAsync<string>("select access_token from marketing.social_accounts where id = $1", id), StringComparison.Ordinal);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and action = 'connect' and actor like 'test%'", id));

        // Nothing that a platform gave stands in an answer, in a row or in the log.
        var given = (await app.StateAsync(platform == "instagram" ? "facebook" : platform))["issued"]!.AsArray().Select(token => (string)token!).ToList();
        Assert.NotEmpty(given);
        var seen = connection.ToJsonString() + row.ToJsonString() + health.ToJsonString() + (await app.GetAsync($"audit?row_id=eq.{id}")).ToJsonString()
            + await app.Product.QueryAsync<string>("select coalesce(string_agg(t::text, ' '), '') from marketing_ops.account_tokens t")
            + await app.Product.QueryAsync<string>("select coalesce(string_agg(c::text, ' '), '') from marketing_ops.account_connections c")
            + await app.Product.QueryAsync<string>("select coalesce(string_agg(a::text, ' '), '') from marketing.social_accounts a")
            + string.Join('\n', app.Log);
        Assert.DoesNotContain(given, token => seen.Contains(token, StringComparison.Ordinal));
        Assert.DoesNotContain($"stub-secret-{platform}", seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("facebook")]
    [InlineData("twitter")]
    [InlineData("linkedin")]
    public async Task Connecting_again_keeps_the_row(string platform)
    {
        var id = await app.AccountAsync(platform, $"again-{platform}");
        await app.Product.ExecuteAsync("update marketing.social_accounts set status = 'disconnected', account_name = 'Our own name' where id = $1", id);
        var before = await app.Product.QueryAsync<string>("select access_token from marketing.social_accounts where id = $1", id);
        var again = await app.ConnectAsync(platform, $"social_accounts/{id}/connect");
        Assert.Equal(id, (Guid)again["account"]!["id"]!);
        // Also a consent that was begun as for a new account finds the row by its id at the platform.
        Assert.Equal(id, (Guid)(await app.ConnectAsync(platform))["account"]!["id"]!);
        var row = await app.GetAsync($"social_accounts/{id}");
        Assert.Equal(("active", "Our own name"), ((string?)row["status"], (string?)row["account_name"]));
        Assert.NotEqual(before, await app.Product.QueryAsync<string>("select access_token from marketing.social_accounts where id = $1", id));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_accounts where external_account_id like $1", $"%again-{platform}"));
    }

    [Fact]
    public async Task Of_several_accounts_the_person_chooses_one_once()
    {
        await app.ArrangeAsync("facebook", new JsonObject { ["accounts"] = new JsonArray(AccountsFixture.Account("facebook", "many-1", "First"), AccountsFixture.Account("facebook", "many-2", "Second"), AccountsFixture.Account("facebook", "many-3", "Third")) });
        var started = await app.StartAsync("social_accounts/connect", new { platform = "facebook" });
        var (status, words) = await app.CallbackAsync(await app.ConsentAsync(started));
        Assert.Equal((HttpStatusCode.OK, true), (status, words.Contains("Choose one of 3", StringComparison.Ordinal)));
        var path = $"social_accounts/connect/{started["connection_id"]}";
        var open = await app.GetAsync(path);
        Assert.Equal("choose", (string?)open["state"]);
        Assert.Equal(["many-1", "many-2", "many-3"], open["choices"]!.AsArray().Select(choice => (string)choice!["external_account_id"]!));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ChooseAsync(path, "many-9")).StatusCode);
        using var stranger = await app.ClientAsync("read", "write", "publish");
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsJsonAsync($"{path}/choice", new { external_account_id = "many-2" }, Stop)).StatusCode);
        var answers = await Task.WhenAll(ChooseAsync(path, "many-2"), ChooseAsync(path, "many-2"), ChooseAsync(path, "many-3"));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(2, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_accounts where external_account_id like 'many-%'"));
        Assert.Equal(0L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.account_connections where state = 'connected' and (sealed_choices is not null or code_verifier is not null)"));
    }

    [Fact]
    public async Task A_state_works_once_in_its_time_and_only_when_it_is_ours()
    {
        var started = await app.StartAsync("social_accounts/connect", new { platform = "youtube" });
        var query = await app.ConsentAsync(started);
        var forged = query[..^4] + (query.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        Assert.Equal((HttpStatusCode.BadRequest, "This consent was not started here."), await app.CallbackAsync(forged));
        Assert.Equal(HttpStatusCode.BadRequest, (await app.CallbackAsync("?code=x&state=")).Status);
        var answers = await Task.WhenAll(app.CallbackAsync(query), app.CallbackAsync(query), app.CallbackAsync(query));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(2, answers.Count(answer => answer.Words.Contains("used before", StringComparison.Ordinal)));

        var late = await app.StartAsync("social_accounts/connect", new { platform = "youtube" });
        var lateQuery = await app.ConsentAsync(late);
        await app.Product.ExecuteAsync("update marketing_ops.account_connections set expires_at = now() - interval '1 second' where id = $1", (Guid)late["connection_id"]!);
        Assert.Contains("its time is over", (await app.CallbackAsync(lateQuery)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_declines_or_brings_a_code_of_another_consent_reads_what_to_do()
    {
        await app.ArrangeAsync("twitter", new JsonObject { ["declines"] = true });
        var declined = await app.StartAsync("social_accounts/connect", new { platform = "twitter" });
        Assert.Equal((HttpStatusCode.BadRequest, "The person declined."), await app.CallbackAsync(await app.ConsentAsync(declined)));
        await app.ArrangeAsync("twitter", new JsonObject { ["declines"] = false });
        Assert.Equal("failed", (string?)(await app.GetAsync($"social_accounts/connect/{declined["connection_id"]}"))["state"]);

        // PKCE: the code of one consent is of no use with the verifier of another.
        var (mine, theirs) = (await app.StartAsync("social_accounts/connect", new { platform = "twitter" }), await app.StartAsync("social_accounts/connect", new { platform = "twitter" }));
        var stolen = System.Web.HttpUtility.ParseQueryString(await app.ConsentAsync(theirs))["code"];
        var state = System.Web.HttpUtility.ParseQueryString(await app.ConsentAsync(mine))["state"];
        var (status, words) = await app.CallbackAsync($"?code={stolen}&state={state}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("gave no token", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":500,"path":"/oauth/pinterest/token"}""", "gave no token")]
    [InlineData("""{"status":200,"body":"{}","path":"/oauth/pinterest/token"}""", "no access token")]
    [InlineData("""{"status":401,"body":"{\"code\":2,\"message\":\"Authentication failed.\"}","path":"/oauth/pinterest/user_account"}""", "could not be read")]
    [InlineData("""{"drop":true,"path":"/oauth/pinterest/token"}""", "gave no token")]
    public async Task A_consent_that_the_platform_does_not_finish_leaves_no_account(string fault, string words)
    {
        var before = await app.Product.QueryAsync<long>("select count(*) from marketing.social_accounts");
        var started = await app.StartAsync("social_accounts/connect", new { platform = "pinterest" });
        var query = await app.ConsentAsync(started);
        await app.NextAsync(JsonNode.Parse(fault)!);
        Assert.Contains(words, (await app.CallbackAsync(query)).Words, StringComparison.Ordinal);
        Assert.Contains(words, (string?)(await app.GetAsync($"social_accounts/connect/{started["connection_id"]}"))["reason"], StringComparison.Ordinal);
        Assert.Equal(before, await app.Product.QueryAsync<long>("select count(*) from marketing.social_accounts"));
    }

    [Fact]
    public async Task Another_account_does_not_take_over_a_row()
    {
        var id = await app.AccountAsync("linkedin", "mine-1");
        await app.ArrangeAsync("linkedin", new JsonObject { ["accounts"] = new JsonArray(AccountsFixture.Account("linkedin", "other-1")) });
        var started = await app.StartAsync($"social_accounts/{id}/connect", new { });
        Assert.Contains("does not open the account urn:li:organization:mine-1", (await app.CallbackAsync(await app.ConsentAsync(started))).Words, StringComparison.Ordinal);
        Assert.Equal("urn:li:organization:mine-1", (string?)(await app.GetAsync($"social_accounts/{id}"))["external_account_id"]);
    }

    [Fact]
    public async Task A_property_has_one_account_of_a_platform()
    {
        var property = await app.Product.QueryAsync<Guid>("select id from property.properties order by id limit 1");
        await app.ArrangeAsync("pinterest", new JsonObject { ["accounts"] = new JsonArray(AccountsFixture.Account("pinterest", "house-1")) });
        var first = await app.StartAsync("social_accounts/connect", new { platform = "pinterest", property_id = property });
        Assert.Equal(HttpStatusCode.OK, (await app.CallbackAsync(await app.ConsentAsync(first))).Status);
        await app.ArrangeAsync("pinterest", new JsonObject { ["accounts"] = new JsonArray(AccountsFixture.Account("pinterest", "house-2")) });
        var second = await app.StartAsync("social_accounts/connect", new { platform = "pinterest", property_id = property });
        Assert.Contains("has another pinterest account", (await app.CallbackAsync(await app.ConsentAsync(second))).Words, StringComparison.Ordinal);
        var nowhere = await app.StartAsync("social_accounts/connect", new { platform = "pinterest", property_id = Guid.NewGuid() });
        Assert.Contains("There is no property", (await app.CallbackAsync(await app.ConsentAsync(nowhere))).Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"platform":"myspace"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"platform":"tiktok","property_id":"x"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""[]""", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_begun_is_refused(string body, HttpStatusCode expected)
    {
        using var response = await app.Admin.PostAsync("social_accounts/connect", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Stop);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Connecting_takes_the_scope_publish_and_a_role_that_writes_accounts()
    {
        using var writer = await app.ClientAsync("read", "write");
        Assert.Equal(HttpStatusCode.Forbidden, (await writer.PostAsJsonAsync("social_accounts/connect", new { platform = "tiktok" }, Stop)).StatusCode);
        using var aura = await app.ClientAsync(new ApiClientRequest("aura", ["read", "write", "publish"]) { Roles = ["aura"] });
        Assert.Equal(HttpStatusCode.Forbidden, (await aura.PostAsJsonAsync("social_accounts/connect", new { platform = "tiktok" }, Stop)).StatusCode);
        using var agency = await app.ClientAsync(new ApiClientRequest("agency", ["read", "publish"]) { Roles = ["agency"], Claims = """{"property_ids":[]}""" });
        var account = await app.AccountAsync("tiktok");
        Assert.Equal(HttpStatusCode.NotFound, (await agency.GetAsync($"social_accounts/{account}/health", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.AnonymousClient().GetAsync($"social_accounts/{account}/health", Stop)).StatusCode);
    }

    [Fact]
    public async Task Fewer_scopes_than_needed_are_told()
    {
        await app.ArrangeAsync("tiktok", new JsonObject { ["scopes"] = "user.info.basic,video.list" });
        var account = await app.AccountAsync("tiktok");
        await app.ArrangeAsync("tiktok", new JsonObject { ["scopes"] = null });
        var health = await app.GetAsync($"social_accounts/{account}/health");
        Assert.False((bool)health["is_healthy"]!);
        Assert.Contains("video.publish", health["scopes"]!["missing"]!.AsArray().Select(scope => (string)scope!));
        Assert.Contains(health["what_to_do"]!.AsArray(), advice => ((string)advice!).Contains("lacks", StringComparison.Ordinal));
    }

    private Task<HttpResponseMessage> ChooseAsync(string path, string account) => app.Admin.PostAsJsonAsync($"{path}/choice", new { external_account_id = account }, Stop);
}
