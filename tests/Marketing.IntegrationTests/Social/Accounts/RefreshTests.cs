using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;
using Marketing.Social.Accounts.Refreshing;
using Marketing.Social.Platforms;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Social.Accounts;

public sealed class RefreshTests(AccountsFixture app) : IClassFixture<AccountsFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Platforms { get; } = ["facebook", "instagram", "tiktok", "youtube", "twitter", "linkedin", "pinterest"];

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task Ten_workers_whose_token_is_refused_make_one_refresh(string platform)
    {
        var account = await app.AccountAsync(platform);
        var before = await TokenAsync(account);
        await OldAsync(account);
        var calls = await RefreshesAsync(platform);
        var usedAt = await app.Product.QueryAsync<DateTime>("select now()");
        await using var one = app.Product.Build();
        await using var other = app.Product.Build();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(worker => (worker % 2 == 0 ? one : other).GetRequiredService<RefreshAccountToken>().RefusedAsync(account, usedAt, Stop)));
        Assert.All(outcomes, outcome => Assert.IsType<RefreshOutcome.Renewed>(outcome));
        Assert.Equal(calls + 1, await RefreshesAsync(platform));
        Assert.NotEqual(before, await TokenAsync(account));
        Assert.Equal(1, await app.Product.QueryAsync<int>("select generation from marketing_ops.account_tokens where account_id = $1 and attempt_started_at is null and leased_until is null and failures = 0", account));
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task The_timer_renews_what_is_due_and_leaves_the_rest(string platform)
    {
        var (due, fresh) = (await app.AccountAsync(platform), await app.AccountAsync(platform));
        var (dueToken, freshToken) = (await TokenAsync(due), await TokenAsync(fresh));
        await DueAsync(due);
        await using var worker = app.Product.Build();
        await Task.WhenAll(worker.GetRequiredService<RefreshDueTokens>().RunAsync(Stop), worker.GetRequiredService<RefreshDueTokens>().RunAsync(Stop));
        await Eventually.BecomesAsync(() => TokenAsync(due), token => token != dueToken);
        Assert.Equal(freshToken, await TokenAsync(fresh));
        Assert.True(await app.Product.QueryAsync<bool>("select refresh_due_at > now() and refresh_due_at < coalesce(access_expires_at, 'infinity') from marketing_ops.account_tokens where account_id = $1", due));
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task A_revoked_consent_disconnects_with_reason_and_whom_to_tell(string platform)
    {
        var account = await app.AccountAsync(platform);
        await app.KillAsync(Login(platform));
        await DueAsync(account);
        await using var worker = app.Product.Build();
        var outcome = Assert.IsType<RefreshOutcome.Dead>(await worker.GetRequiredService<RefreshAccountToken>().DueAsync(account, Stop));
        Assert.Contains("Connect the account again", outcome.Reason, StringComparison.Ordinal);
        var health = await app.GetAsync($"social_accounts/{account}/health");
        Assert.Equal(("disconnected", "refused"), ((string?)health["status"], (string?)health["token"]!["state"]));
        Assert.Equal(outcome.Reason, (string?)health["disconnected"]!["reason"]);
        Assert.StartsWith("test", (string?)health["disconnected"]!["tell"], StringComparison.Ordinal);
        Assert.Contains(health["what_to_do"]!.AsArray(), advice => ((string)advice!).Contains("/connect", StringComparison.Ordinal));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and action = 'disconnect' and actor = 'job:refresh_tokens'", account));
        await SecretsStayAsync(platform);

        // A dead account is not asked about again.
        var calls = await RefreshesAsync(platform);
        await worker.GetRequiredService<RefreshDueTokens>().RunAsync(Stop);
        Assert.Equal(calls, await RefreshesAsync(platform));
    }

    [Theory]
    [InlineData("tiktok", """{"status":200,"body":"{}"}""")]
    [InlineData("twitter", """{"status":200,"body":"{\"access_token\":\"\",\"expires_in\":7200}"}""")]
    [InlineData("youtube", """{"status":200,"body":""}""")]
    [InlineData("linkedin", """{"status":500,"body":"<html>Bad gateway</html>"}""")]
    [InlineData("pinterest", """{"status":429,"body":"{\"code\":8,\"message\":\"You have exceeded your rate limit.\"}","headers":{"Retry-After":"7"}}""")]
    [InlineData("youtube", """{"status":401,"body":"{\"error\":\"invalid_client\",\"error_description\":\"The OAuth client was not found.\"}"}""")]
    [InlineData("tiktok", """{"status":200,"body":"{\"error\":\"temporarily_unavailable\",\"error_description\":\"busy\"}"}""")]
    [InlineData("linkedin", """{"drop":true}""")]
    [InlineData("facebook", """{"status":400,"body":"{\"error\":{\"message\":\"Application request limit reached\",\"code\":4}}","times":5}""")]
    [InlineData("facebook", """{"status":400,"body":"{\"error\":{\"message\":\"Unexpected\",\"code\":190,\"is_transient\":true}}","times":5}""")]
    public async Task A_refresh_that_brings_nothing_changes_nothing(string platform, string fault)
    {
        var account = await app.AccountAsync(platform);
        var before = await RowAsync(account);
        await DueAsync(account);
        var arranged = JsonNode.Parse(fault)!;
        arranged["path"] = $"/oauth/{platform}/";
        await app.NextAsync(arranged);
        await using var worker = app.Product.Build();
        Assert.IsType<RefreshOutcome.Later>(await worker.GetRequiredService<RefreshAccountToken>().DueAsync(account, Stop));
        Assert.Equal(before, await RowAsync(account));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.account_tokens where account_id = $1 and failures = 1 and last_error is not null and refresh_due_at > now() and leased_until is null", account));
        Assert.Equal("active", (string?)(await app.GetAsync($"social_accounts/{account}"))["status"]);
        using var reset = await new HttpClient().PostAsync(new Uri(app.Stub.Address, "_stub/reset"), null, Stop);
    }

    [Fact]
    public async Task A_lost_answer_of_a_single_use_token_is_told_as_such_and_the_token_used_to_its_end()
    {
        var account = await app.AccountAsync("twitter");
        await DueAsync(account);
        await app.NextAsync(new { path = "/oauth/twitter/token", act_then_drop = true });
        await using var worker = app.Product.Build();
        var refresh = worker.GetRequiredService<RefreshAccountToken>();
        Assert.IsType<RefreshOutcome.Later>(await refresh.DueAsync(account, Stop));

        // While the access token lives, the spent refresh token is not tried: X would kill the access token with it.
        await DueAsync(account);
        var calls = await RefreshesAsync("twitter");
        var wait = Assert.IsType<RefreshOutcome.Later>(await refresh.DueAsync(account, Stop));
        Assert.InRange(wait.After, TimeSpan.FromMinutes(100), TimeSpan.FromMinutes(120));
        Assert.Equal(calls, await RefreshesAsync("twitter"));
        Assert.Equal("active", (string?)(await app.GetAsync($"social_accounts/{account}"))["status"]);

        await app.Product.ExecuteAsync("update marketing_ops.account_tokens set access_expires_at = now() where account_id = $1", account);
        await DueAsync(account);
        Assert.Contains("was lost", Assert.IsType<RefreshOutcome.Dead>(await refresh.DueAsync(account, Stop)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_killed_before_its_call_arrived_costs_nothing()
    {
        var account = await app.AccountAsync("tiktok");
        await app.Product.ExecuteAsync("update marketing_ops.account_tokens set attempt_started_at = now() - interval '1 hour', leased_until = now() - interval '1 minute', access_expires_at = now() + interval '1 minute', refresh_due_at = now() where account_id = $1", account);
        await using var worker = app.Product.Build();
        Assert.IsType<RefreshOutcome.Renewed>(await worker.GetRequiredService<RefreshAccountToken>().DueAsync(account, Stop));
        Assert.Equal("active", (string?)(await app.GetAsync($"social_accounts/{account}"))["status"]);
    }

    [Fact]
    public async Task A_token_that_nothing_renews_is_told_of_ahead_and_ends_with_its_time()
    {
        await app.ArrangeAsync("linkedin", new JsonObject { ["without_refresh_token"] = true });
        var account = await app.AccountAsync("linkedin");
        await app.ArrangeAsync("linkedin", new JsonObject { ["without_refresh_token"] = false });
        await app.Product.ExecuteAsync("update marketing_ops.account_tokens set access_expires_at = now() + interval '3 days', refresh_due_at = now() where account_id = $1", account);
        var health = await app.GetAsync($"social_accounts/{account}/health");
        Assert.Equal("expiring", (string?)health["token"]!["state"]);
        Assert.NotEmpty(health["what_to_do"]!.AsArray());
        await using var worker = app.Product.Build();
        Assert.IsType<RefreshOutcome.Impossible>(await worker.GetRequiredService<RefreshAccountToken>().DueAsync(account, Stop));
        await app.Product.ExecuteAsync("update marketing_ops.account_tokens set access_expires_at = now() where account_id = $1", account);
        Assert.IsType<RefreshOutcome.Dead>(await worker.GetRequiredService<RefreshAccountToken>().DueAsync(account, Stop));
    }

    [Fact]
    public async Task A_consent_that_has_ended_disconnects_without_a_call()
    {
        var account = await app.AccountAsync("pinterest");
        await app.Product.ExecuteAsync("update marketing_ops.account_tokens set refresh_expires_at = now() - interval '1 day', refresh_due_at = now() where account_id = $1", account);
        var calls = await RefreshesAsync("pinterest");
        await using var worker = app.Product.Build();
        Assert.Contains("consent ended", Assert.IsType<RefreshOutcome.Dead>(await worker.GetRequiredService<RefreshAccountToken>().DueAsync(account, Stop)).Reason, StringComparison.Ordinal);
        Assert.Equal(calls, await RefreshesAsync("pinterest"));
    }

    [Fact]
    public async Task A_person_who_connects_again_during_a_refresh_keeps_the_newer_token()
    {
        var account = await app.AccountAsync("youtube", "during-refresh");
        await DueAsync(account);
        await app.NextAsync(new { path = "/oauth/youtube/token", delay_ms = 1500 });
        await using var worker = app.Product.Build();
        var slow = worker.GetRequiredService<RefreshAccountToken>().DueAsync(account, Stop);
        await Task.Delay(300, Stop);
        await app.ConnectAsync("youtube", $"social_accounts/{account}/connect");
        var theirs = await TokenAsync(account);
        await slow;
        Assert.Equal(theirs, await TokenAsync(account));
    }

    [Fact]
    public async Task A_refused_token_of_a_post_is_renewed_and_the_step_tried_again_and_a_second_refusal_is_final()
    {
        var account = await app.AccountAsync("tiktok");
        var post = await app.Product.QueryAsync<Guid>("insert into marketing.social_posts (account_id, post_type, caption, status) values ($1, 'video', 'x', 'draft') returning id", account);
        await OldAsync(account);
        await using var worker = app.Product.Build();
        Outcome? settled = null;
        async Task RefuseAsync() => await worker.GetRequiredService<RefreshRefusedToken>().RunAsync(post, await app.Product.QueryAsync<DateTime>("select now()"), "access_token_invalid", outcome => { settled = outcome; return Task.CompletedTask; }, Stop);
        await RefuseAsync();
        Assert.Contains("The token was renewed", Assert.IsType<Outcome.RetryLater>(settled).Reason, StringComparison.Ordinal);
        await app.Product.ExecuteAsync("update marketing_ops.account_tokens set refreshed_at = now() - interval '1 minute' where account_id = $1", account);
        await RefuseAsync();
        Assert.Contains("refuses the renewed token too", Assert.IsType<Outcome.Disconnect>(settled).Reason, StringComparison.Ordinal);
        Assert.Equal("disconnected", (string?)(await app.GetAsync($"social_accounts/{account}"))["status"]);
    }

    [Fact]
    public async Task A_new_key_takes_over_every_token_while_they_stay_readable()
    {
        var account = await app.AccountAsync("twitter");
        var settings = new Dictionary<string, string?> { ["KeyRing:ActiveKeyId"] = "next", ["KeyRing:Keys:next"] = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()) };
        await using var worker = app.Product.Build(settings);
        Assert.True(await worker.GetRequiredService<ResealTokens>().RunAsync(Stop) >= 2);
        Assert.Equal(0, await worker.GetRequiredService<ResealTokens>().RunAsync(Stop));
        Assert.StartsWith("v1.next.", await TokenAsync(account), StringComparison.Ordinal);
        await DueAsync(account);
        Assert.IsType<RefreshOutcome.Renewed>(await worker.GetRequiredService<RefreshAccountToken>().DueAsync(account, Stop));
        // Back to the key that the function app has.
        await using var back = app.Product.Build([new("KeyRing:Keys:next", settings["KeyRing:Keys:next"])]);
        await back.GetRequiredService<ResealTokens>().RunAsync(Stop);
        Assert.StartsWith("v1.test.", await TokenAsync(account), StringComparison.Ordinal);
    }

    private async Task SecretsStayAsync(string platform)
    {
        var given = (await app.StateAsync(Login(platform)))["issued"]!.AsArray().Select(token => (string)token!).ToList();
        var seen = string.Join('\n', app.Log) + await app.Product.QueryAsync<string>("select coalesce(string_agg(t::text, ' '), '') from marketing_ops.account_tokens t")
            + await app.Product.QueryAsync<string>("select coalesce(string_agg(t::text, ' '), '') from marketing_ops.audit_log t");
        Assert.DoesNotContain(given, token => seen.Contains(token, StringComparison.Ordinal));
    }

    private static string Login(string platform) => platform == "instagram" ? "facebook" : platform;

    private Task DueAsync(Guid account) => app.Product.ExecuteAsync("update marketing_ops.account_tokens set refresh_due_at = now() where account_id = $1", account);

    private Task OldAsync(Guid account) => app.Product.ExecuteAsync("update marketing_ops.account_tokens set connected_at = now() - interval '1 hour' where account_id = $1", account);

    private Task<string> TokenAsync(Guid account) => app.Product.QueryAsync<string>("select access_token from marketing.social_accounts where id = $1", account);

    private Task<string> RowAsync(Guid account) => app.Product.QueryAsync<string>("select concat_ws(' ', a.access_token, a.token_expires_at, t.refresh_token, t.access_expires_at, t.refresh_expires_at, t.generation) from marketing.social_accounts a join marketing_ops.account_tokens t on t.account_id = a.id where a.id = $1", account);

    private async Task<int> RefreshesAsync(string platform) => (int)(await app.StateAsync(Login(platform)))["refreshes"]!;
}
