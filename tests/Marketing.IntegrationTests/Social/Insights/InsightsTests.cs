using System.Globalization;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Social.Accounts;
using Marketing.IntegrationTests.Support;
using Marketing.Social.Insights;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Social.Insights;

public sealed class InsightsTests(AccountsFixture app) : IClassFixture<AccountsFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow);

    [Theory]
    [MemberData(nameof(ToldFigures.OfPosts), MemberType = typeof(ToldFigures))]
    public async Task What_a_platform_tells_of_a_post_arrives_in_our_columns(string platform, string type, string told, string columns)
    {
        var (account, post, external) = await PublishedAsync(platform, type);
        await ArrangeAsync(platform, told, external);
        await PullAsync(account);
        await PullAsync(account);
        var row = Assert.Single((await app.GetAsync($"social_analytics?post_id=eq.{post}")).AsArray())!;
        Assert.Equal(Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), (string?)row["metric_date"]);
        foreach (var (column, expected) in JsonNode.Parse(columns)!.AsObject())
            Assert.True(JsonNode.DeepEquals(expected, row[column]) || (decimal?)expected == (decimal?)row[column], $"{column}: {row[column]} instead of {expected}");
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.insight_posts where post_id = $1 and failures = 0 and read_at is not null and due_at > now()", post));
        await SecretsStayAsync(platform);
    }

    [Theory]
    [InlineData("instagram", """{"nodes":{"ACCOUNT":{"followers_count":500,"follows_count":20,"media_count":90}},"insights":{"ACCOUNT":{"views":1000,"reach":800,"total_interactions":40}}}""", 500, 20, 90)]
    [InlineData("facebook", """{"nodes":{"ACCOUNT":{"followers_count":700}},"insights":{"ACCOUNT":{}}}""", 700, null, null)]
    [InlineData("tiktok", """{"counters":{"follower_count":300,"following_count":4,"video_count":12}}""", 300, 4, 12)]
    [InlineData("youtube", """{"counters":{"subscriberCount":"1230","videoCount":"45","hiddenSubscriberCount":false}}""", 1230, null, 45)]
    [InlineData("twitter", """{"counters":{"followers_count":55,"following_count":6,"tweet_count":77}}""", 55, 6, 77)]
    [InlineData("linkedin", """{"followers":15420}""", 15420, null, null)]
    [InlineData("pinterest", """{"counters":{"follower_count":81,"following_count":5,"pin_count":210}}""", 81, 5, 210)]
    public async Task An_account_has_a_row_a_day_and_its_change_is_told_from_the_day_before(string platform, string told, int followers, int? following, int? posts)
    {
        var (account, _, _) = await PublishedAsync(platform, "post");
        await ArrangeAsync(platform, told, "none", account);
        await app.Product.ExecuteAsync("insert into marketing.social_account_metrics (account_id, metric_date, follower_count) values ($1, (now() at time zone 'UTC')::date - 1, $2)", account, followers - 12);
        await PullAsync(account);
        await PullAsync(account);
        var row = Assert.Single((await app.GetAsync($"social_account_metrics?account_id=eq.{account}&metric_date=eq.{Day(0)}")).AsArray())!;
        Assert.Equal((followers, 12, following, posts), ((int?)row["follower_count"], (int?)row["follower_change"], (int?)row["following_count"], (int?)row["post_count"]));
        Assert.Null(row["profile_views"]);
        var own = await app.GetAsync($"social_accounts/{account}");
        Assert.Equal(followers, (int?)own["follower_count"]);
        Assert.NotNull(own["last_synced_at"]);
    }

    [Fact]
    public async Task A_new_account_is_filled_back_and_a_page_tells_its_own_change()
    {
        var (account, _, _) = await PublishedAsync("facebook", "post");
        var days = Enumerable.Range(1, 25).ToList();
        JsonArray Series(Func<int, int> value) => new([.. days.Select(back => new JsonObject { ["value"] = value(back), ["end_time"] = $"{Day(-back + 1)}T08:00:00+0000" })]);
        var insights = new JsonObject
        {
            ["page_media_view"] = Series(back => 100 + back),
            ["page_total_media_view_unique"] = Series(_ => 50),
            ["page_post_engagements"] = Series(_ => 5),
            ["page_follows"] = Series(back => 1000 - back),
            ["page_daily_follows_unique"] = Series(_ => 7),
            ["page_daily_unfollows_unique"] = Series(_ => 9),
            ["page_views_total"] = Series(_ => 3),
            ["page_total_actions"] = Series(_ => 2),
        };
        var external = await ExternalAsync(account);
        await app.ArrangeAsync("facebook", new JsonObject { ["nodes"] = new JsonObject { [external] = new JsonObject { ["followers_count"] = 1001 } }, ["insights"] = new JsonObject { [external] = insights } });
        await PullAsync(account);
        Assert.Equal(25L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_account_metrics where account_id = $1 and follower_change = -2 and profile_views = 3 and website_clicks = 2 and engagement_rate = 0.1 and follower_count between 975 and 999", account));
        Assert.Equal(110, await app.Product.QueryAsync<int>("select impressions from marketing.social_account_metrics where account_id = $1 and metric_date = (now() at time zone 'UTC')::date - 10", account));
        // Today was told first, its change when the day before came.
        Assert.Equal(2, await app.Product.QueryAsync<int>("select follower_change from marketing.social_account_metrics where account_id = $1 and metric_date = (now() at time zone 'UTC')::date", account));
    }

    [Fact]
    public async Task Figures_of_an_account_that_cannot_be_read_do_not_hold_back_its_posts()
    {
        var (account, post, external) = await PublishedAsync("instagram", "post");
        await ArrangeAsync("instagram", """{"insights":{"POST":{"views":100,"reach":80,"likes":10,"comments":2,"shares":0,"saved":0,"total_interactions":12}}}""", external);
        await PullAsync(account);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.insight_accounts where account_id = $1 and failures = 1 and due_at > now() and held_until is null and backfilled_at is null", account));
        await app.Product.ExecuteAsync("update marketing_ops.insight_posts set due_at = now() where post_id = $1", post);
        await app.Product.ExecuteAsync("update marketing_ops.insight_accounts set queued_at = null where account_id = $1", account);
        await Eventually.BecomesAsync(() => app.Product.QueryAsync<long>("select count(*) from marketing_ops.insight_posts where post_id = $1 and due_at > now()", post), posts => posts == 1, TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Days_of_an_old_post_are_read_from_before_its_last_read()
    {
        var (account, post, external) = await PublishedAsync("youtube", "video", hoursAgo: 200 * 24);
        await ArrangeAsync("youtube", new JsonObject { ["reports"] = new JsonObject { [external] = new JsonArray([.. Enumerable.Range(1, 60).Reverse().Select(back => new JsonObject { ["day"] = Day(-back), ["views"] = 10 })]) } }.ToJsonString(), external);
        await PrepareAsync(account);
        await app.Product.ExecuteAsync("update marketing_ops.insight_posts set read_at = now() - interval '30 days' where post_id = $1", post);
        await app.Product.ExecuteAsync("update marketing_ops.insight_accounts set backfilled_at = now() where account_id = $1", account);
        await PullAsync(account);
        Assert.Equal(39L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_analytics where post_id = $1", post));
    }

    [Fact]
    public async Task A_later_read_corrects_downwards_and_a_failed_one_changes_nothing()
    {
        var (account, post, external) = await PublishedAsync("instagram", "post");
        await ArrangeAsync("instagram", """{"insights":{"POST":{"views":100,"reach":80,"likes":10,"comments":2,"shares":0,"saved":0,"total_interactions":12}}}""", external);
        await PullAsync(account);
        await ArrangeAsync("instagram", """{"insights":{"POST":{"views":95,"reach":80,"likes":9,"comments":2,"shares":0,"saved":0,"total_interactions":11}}}""", external);
        await PullAsync(account);
        const string Row = "select concat_ws(' ', impressions, likes, engagement, engagement_rate, (select count(*) from marketing.social_analytics where post_id = $1)) from marketing.social_analytics where post_id = $1";
        Assert.Equal("95 9 11 0.1375 1", await app.Product.QueryAsync<string>(Row, post));

        foreach (var fault in new object[] { new { path = $"/{external}/insights", status = 500, body = "<html>" }, new { path = $"/{external}/insights", drop = true }, new { path = $"/{external}/insights", status = 200, body = """{"data":[]}""" }, new { path = $"/{external}/insights", status = 200, body = "" }, new { path = $"/{external}/insights", status = 400, body = """{"error":{"message":"x","code":100}}""" } })
        {
            await app.NextAsync(fault);
            await PullAsync(account);
            Assert.Equal("95 9 11 0.1375 1", await app.Product.QueryAsync<string>(Row, post));
        }
        Assert.Equal("active", await app.Product.QueryAsync<string>("select status from marketing.social_accounts where id = $1", account));
    }

    [Fact]
    public async Task Of_a_read_that_breaks_off_everything_before_is_kept_and_the_rest_stays_due()
    {
        var (account, first, external) = await PublishedAsync("instagram", "post");
        var (second, third) = (await PostAsync(account, "second-post", "post", hoursAgo: 3), await PostAsync(account, "third-post", "post", hoursAgo: 4));
        const string Figures = """{"views":1,"reach":1,"likes":1,"comments":1,"shares":1,"saved":1,"total_interactions":4}""";
        await ArrangeAsync("instagram", "{\"insights\":{\"POST\":" + Figures + ",\"second-post\":" + Figures + ",\"third-post\":" + Figures + "}}", external);
        await app.NextAsync(new { path = "/second-post/insights", status = 400, body = """{"error":{"message":"Application request limit reached","code":4}}""", headers = new Dictionary<string, string> { ["X-Business-Use-Case-Usage"] = """{"1":[{"type":"instagram","estimated_time_to_regain_access":19}]}""" } });
        await PullAsync(account);
        Assert.Equal([first], await app.Product.QueryAsync<Guid[]>("select array_agg(post_id) from marketing.social_analytics where post_id = any($1)", new[] { first, second, third }));
        Assert.InRange(await app.Product.QueryAsync<double>("select extract(epoch from paused_until - now())::double precision from marketing_ops.insight_budgets where scope = 'app:instagram'"), 1000, 19 * 60);
        // While the platform asked to wait nobody calls.
        await PullAsync(account);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_analytics where post_id = any($1)", new[] { first, second, third }));
        await app.Product.ExecuteAsync("update marketing_ops.insight_budgets set paused_until = null");
        await PullAsync(account);
        Assert.Equal(3L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_analytics where post_id = any($1)", new[] { first, second, third }));
    }

    [Fact]
    public async Task Days_that_come_late_and_are_corrected_are_written_over()
    {
        var (account, post, external) = await PublishedAsync("youtube", "video", hoursAgo: 100);
        string Report(params (int Back, int Views)[] days) => new JsonObject { ["reports"] = new JsonObject { [external] = new JsonArray([.. days.Select(day => new JsonObject { ["day"] = Day(-day.Back), ["views"] = day.Views, ["likes"] = 1, ["comments"] = 0, ["shares"] = 0, ["estimatedMinutesWatched"] = 2 })]) } }.ToJsonString();
        await ArrangeAsync("youtube", Report(), external);
        await PullAsync(account);
        Assert.Equal(0L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_analytics where post_id = $1", post));
        await ArrangeAsync("youtube", Report((3, 100), (2, 40)), external);
        await PullAsync(account);
        await ArrangeAsync("youtube", Report((3, 90), (2, 45), (1, 10)), external);
        await PullAsync(account);
        var performance = await app.GetAsync($"social_posts/{post}/performance");
        Assert.Equal(("day", 145, 3, 360), ((string?)performance["series"], (int?)performance["totals"]!["video_views"], (int?)performance["totals"]!["likes"], (int?)performance["totals"]!["watch_time_seconds"]));
        Assert.Null(performance["totals"]!["reach"]);
        Assert.Equal([90, 45, 10], performance["days"]!.AsArray().Select(day => (int)day!["video_views"]!));
    }

    [Fact]
    public async Task A_refused_token_is_renewed_and_the_read_goes_on()
    {
        var (account, post, external) = await PublishedAsync("tiktok", "video");
        await ArrangeAsync("tiktok", """{"videos":{"POST":{"like_count":1,"comment_count":1,"share_count":1,"view_count":9}}}""", external);
        await app.Product.ExecuteAsync("update marketing_ops.account_tokens set connected_at = now() - interval '1 hour' where account_id = $1", account);
        await app.KillAsync("tiktok", "access");
        await PullAsync(account);
        await PullAsync(account);
        Assert.Equal(9, await app.Product.QueryAsync<int>("select video_views from marketing.social_analytics where post_id = $1", post));

        await app.KillAsync("tiktok");
        await app.Product.ExecuteAsync("update marketing_ops.account_tokens set refreshed_at = now() - interval '3 hours' where account_id = $1", account);
        await PullAsync(account);
        Assert.Equal("disconnected", await app.Product.QueryAsync<string>("select status from marketing.social_accounts where id = $1", account));
        Assert.Equal(9, await app.Product.QueryAsync<int>("select video_views from marketing.social_analytics where post_id = $1", post));
    }

    [Fact]
    public async Task A_missing_scope_is_no_dead_token()
    {
        var (account, _, external) = await PublishedAsync("tiktok", "video");
        await ArrangeAsync("tiktok", """{"videos":{}}""", external);
        var before = (int)(await app.StateAsync("tiktok"))["refreshes"]!;
        await app.NextAsync(new { path = "/v2/video/query/", status = 401, body = """{"data":{},"error":{"code":"scope_not_authorized","message":"The user did not authorize the scope"}}""" });
        await PullAsync(account);
        Assert.Equal(before, (int)(await app.StateAsync("tiktok"))["refreshes"]!);
        Assert.Equal("active", await app.Product.QueryAsync<string>("select status from marketing.social_accounts where id = $1", account));
    }

    [Fact]
    public async Task Calls_of_an_hour_are_counted_and_not_exceeded()
    {
        var (account, _, external) = await PublishedAsync("pinterest", "post");
        for (var i = 0; i < 6; i++) await PostAsync(account, $"budget-{i}", "post", hoursAgo: 3 + i);
        await ArrangeAsync("pinterest", """{"pins":{}}""", external);
        var before = await CallsAsync("/oauth/pinterest/pins/");
        await app.Product.ExecuteAsync("delete from marketing_ops.insight_budgets");
        var budget = new Dictionary<string, string?> { ["Social:Insights:Budgets:pinterest:AppCallsPerHour"] = "100", ["Social:Insights:Budgets:pinterest:AccountCallsPerHour"] = "4" };
        await PullAsync(account, budget);
        Assert.Equal(3L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.insight_posts where account_id = $1 and due_at <= now()", account));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.insight_accounts where account_id = $1 and held_until > now()", account));
        await PullAsync(account, budget);
        Assert.Equal(4, await CallsAsync("/oauth/pinterest/pins/") - before);
    }

    [Fact]
    public async Task Videos_and_posts_are_asked_for_many_at_a_time()
    {
        var (account, _, external) = await PublishedAsync("tiktok", "video");
        for (var i = 0; i < 45; i++) await PostAsync(account, $"{7000000000000000000 + i}", "video", hoursAgo: 3 + i);
        await ArrangeAsync("tiktok", """{"videos":{}}""", external);
        var before = await CallsAsync("/oauth/tiktok/v2/video/query/");
        await PullAsync(account);
        Assert.Equal(3, await CallsAsync("/oauth/tiktok/v2/video/query/") - before);
        Assert.Equal(46L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.insight_posts where account_id = $1 and read_at is not null", account));
    }

    [Fact]
    public async Task A_post_that_the_platform_does_not_find_three_times_is_read_no_more()
    {
        var (account, post, external) = await PublishedAsync("twitter", "post");
        await ArrangeAsync("twitter", """{"tweets":{}}""", external);
        for (var read = 0; read < 3; read++) await PullAsync(account);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.insight_posts where post_id = $1 and gone_at is not null and due_at is null", post));
        Assert.Equal(0L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_analytics where post_id = $1", post));
        Assert.NotNull((await app.GetAsync($"social_posts/{post}/performance"))["reading"]!["gone_at"]);
    }

    [Fact]
    public async Task A_story_with_too_few_viewers_has_no_figures_and_is_no_failure()
    {
        var (account, post, external) = await PublishedAsync("instagram", "story");
        await ArrangeAsync("instagram", """{"insights":{"POST":{"refuse":10}}}""", external);
        await PullAsync(account);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.insight_posts where post_id = $1 and failures = 0 and due_at > now()", post));
        Assert.Equal(0L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_analytics where post_id = $1", post));
    }

    [Fact]
    public async Task Two_workers_share_an_account_without_reading_it_twice()
    {
        var (account, _, external) = await PublishedAsync("tiktok", "video");
        await ArrangeAsync("tiktok", """{"videos":{}}""", external);
        await app.NextAsync(new { path = "/v2/video/query/", delay_ms = 800 });
        var before = await CallsAsync("/oauth/tiktok/v2/video/query/");
        await PrepareAsync(account);
        await using var worker = app.Product.Build();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => worker.GetRequiredService<PullInsights>().RunAsync(account, Stop)));
        Assert.Equal(1, await CallsAsync("/oauth/tiktok/v2/video/query/") - before);
    }

    [Fact]
    public async Task The_function_app_reads_by_itself_what_is_due()
    {
        var (account, post, external) = await PublishedAsync("tiktok", "video");
        await ArrangeAsync("tiktok", """{"videos":{"POST":{"like_count":3,"comment_count":0,"share_count":0,"view_count":30}}}""", external);
        await app.Product.ExecuteAsync("update marketing_ops.insight_accounts set queued_at = null, due_at = now() where account_id = $1", account);
        await app.Product.ExecuteAsync("insert into marketing_ops.insight_posts (post_id, account_id, due_at) values ($1, $2, now()) on conflict (post_id) do update set due_at = now()", post, account);
        await Eventually.BecomesAsync(() => app.Product.QueryAsync<long>("select count(*) from marketing.social_analytics where post_id = $1 and video_views = 30", post), rows => rows == 1, TimeSpan.FromMinutes(3));
    }

    private async Task<(Guid Account, Guid Post, string External)> PublishedAsync(string platform, string type, int hoursAgo = 2)
    {
        var account = await app.AccountAsync(platform);
        await app.Product.ExecuteAsync("update marketing_ops.insight_accounts set queued_at = now() where account_id = $1", account);
        var external = platform switch { "linkedin" => $"urn:li:share:{Random.Shared.NextInt64(1L << 60, long.MaxValue)}", "facebook" => $"100_{Random.Shared.NextInt64(1L << 60, long.MaxValue)}", _ => $"{Random.Shared.NextInt64(1L << 60, long.MaxValue)}" };
        return (account, await PostAsync(account, external, type, hoursAgo), external);
    }

    private Task<Guid> PostAsync(Guid account, string external, string type, int hoursAgo) => app.Product.QueryAsync<Guid>(
        "insert into marketing.social_posts (account_id, post_type, caption, status, published_at, external_post_id) values ($1, $2, 'x', 'published', now() - make_interval(hours => $3), $4) returning id", account, type, hoursAgo, external);

    private async Task ArrangeAsync(string platform, string told, string external, Guid? account = null) => await app.ArrangeAsync(platform == "instagram" ? "facebook" : platform, JsonNode.Parse(told
        .Replace("POST", external, StringComparison.Ordinal).Replace("TODAY", Day(0), StringComparison.Ordinal).Replace("ACCOUNT", account is { } id ? await ExternalAsync(id) : "nobody", StringComparison.Ordinal))!.AsObject());

    private Task<string> ExternalAsync(Guid account) => app.Product.QueryAsync<string>("select external_account_id from marketing.social_accounts where id = $1", account);

    private static string Day(int from) => Today.AddDays(from).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // The function app's own timer leaves an account alone that was queued a moment ago.
    private async Task PrepareAsync(Guid account)
    {
        await app.Product.ExecuteAsync("update marketing_ops.insight_accounts set due_at = now(), queued_at = now(), leased_until = null where account_id = $1", account);
        await app.Product.ExecuteAsync("""
            insert into marketing_ops.insight_posts (post_id, account_id, due_at) select id, account_id, now() from marketing.social_posts where account_id = $1 and status = 'published'
            on conflict (post_id) do update set due_at = now() where insight_posts.gone_at is null
            """, account);
    }

    private async Task PullAsync(Guid account, Dictionary<string, string?>? settings = null)
    {
        await PrepareAsync(account);
        await using var worker = app.Product.Build(settings);
        await worker.GetRequiredService<PullInsights>().RunAsync(account, Stop);
    }

    private async Task<int> CallsAsync(string path)
    {
        using var http = new HttpClient();
        var calls = JsonNode.Parse(await http.GetStringAsync(new Uri(app.Stub.Address, "_stub/calls"), Stop))!.AsArray();
        return calls.Count(call => ((string)call!["path"]!).StartsWith(path, StringComparison.Ordinal));
    }

    private async Task SecretsStayAsync(string platform)
    {
        var given = (await app.StateAsync(platform == "instagram" ? "facebook" : platform))["issued"]!.AsArray().Select(token => (string)token!).ToList();
        var seen = string.Join('\n', app.Log) + await app.Product.QueryAsync<string>("select coalesce(string_agg(t::text, ' '), '') from marketing_ops.insight_accounts t")
            + await app.Product.QueryAsync<string>("select coalesce(string_agg(t::text, ' '), '') from marketing_ops.insight_posts t") + await app.Product.QueryAsync<string>("select coalesce(string_agg(t::text, ' '), '') from marketing_ops.insight_budgets t");
        Assert.DoesNotContain(given, token => seen.Contains(token, StringComparison.Ordinal));
    }
}
