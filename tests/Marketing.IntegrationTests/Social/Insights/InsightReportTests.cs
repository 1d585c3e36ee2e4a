using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.IntegrationTests.Social.Accounts;

namespace Marketing.IntegrationTests.Social.Insights;

/// <summary>What callers read of results: totals, timeline, best hours, comparisons.</summary>
public sealed class InsightReportTests(AccountsFixture app) : IClassFixture<AccountsFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reports_show_totals_timeline_best_hours_and_comparisons()
    {
        var account = await app.AccountAsync("linkedin");
        var monday = new DateTimeOffset(2026, 10, 5, 8, 30, 0, TimeSpan.Zero);
        for (var week = 0; week < 4; week++)
        {
            await RatedAsync(account, monday.AddDays(-7 * week), "post", 100 + week, 10, ["#villa", "sea"]);
            await RatedAsync(account, monday.AddDays((-7 * week) + 1).AddHours(9), "video", 100 + week, 2, ["sea"]);
        }
        var best = await app.GetAsync($"social_accounts/{account}/best_times?time_zone=Europe/Lisbon&days=700");
        Assert.Equal((1, 9, 4), ((int)best["recommended"]![0]!["weekday"]!, (int)best["recommended"]![0]!["hour"]!, (int)best["recommended"]![0]!["posts"]!));
        var compared = (await app.GetAsync($"social_accounts/{account}/comparison?by=type&from=2026-09-01&until=2026-10-31")).AsArray();
        Assert.Equal(["post", "video"], compared.Select(line => (string)line!["key"]!));
        Assert.Equal(40, (int)compared[0]!["engagement"]!);
        var hashtags = (await app.GetAsync($"social_accounts/{account}/comparison?by=hashtag&from=2026-09-01&until=2026-10-31")).AsArray();
        Assert.Equal([("villa", 4), ("sea", 8)], hashtags.Select(line => ((string)line!["key"]!, (int)line["posts"]!)));
        Assert.Contains((await app.GetAsync("social_analytics/comparison?by=platform&from=2026-09-01&until=2026-10-31")).AsArray(), line => (string?)line!["key"] == "linkedin");

        // A post's tags are those of the assets that it shows.
        var asset = await app.CreateAsync("content_library", new { filename = "pool.jpg", asset_type = "image", file_url = $"https://media.example.com/{Guid.NewGuid()}.jpg", tags = new[] { "pool" } });
        await app.Product.ExecuteAsync("update marketing.social_posts set media_urls = array[$2] where account_id = $1 and post_type = 'video'", account, (string)asset["file_url"]!);
        var tags = (await app.GetAsync($"social_accounts/{account}/comparison?by=asset_tag&from=2026-09-01&until=2026-10-31")).AsArray();
        Assert.Equal(("pool", 4), ((string)Assert.Single(tags)!["key"]!, (int)tags[0]!["posts"]!));

        await app.Product.ExecuteAsync("insert into marketing.social_account_metrics (account_id, metric_date, follower_count, follower_change, impressions) values ($1, '2026-10-05', 500, 4, null)", account);
        var timeline = (await app.GetAsync($"social_accounts/{account}/timeline?from=2026-10-04&until=2026-10-06"))["days"]!.AsArray();
        Assert.Equal([null, 500, null], timeline.Select(day => (int?)day!["follower_count"]));
        Assert.Equal([0, 1, 1], timeline.Select(day => day!["posts"]!.AsArray().Count));

        var post = await app.Product.QueryAsync<Guid>("select id from marketing.social_posts where account_id = $1 and post_type = 'post' order by published_at limit 1", account);
        var performance = await app.GetAsync($"social_posts/{post}/performance");
        Assert.Equal(("lifetime", 10, 0.0971m), ((string?)performance["series"], (int?)performance["totals"]!["engagement"], (decimal?)performance["totals"]!["engagement_rate"]));
        Assert.Equal((3, 4), ((int)performance["compared"]!["posts"]!, (int)performance["compared"]!["rank_by_engagement_rate"]!));

        // What the newest answer lacked is told as it was known last.
        await app.Product.ExecuteAsync("insert into marketing.social_analytics (post_id, metric_date, impressions, engagement, engagement_rate) values ($1, current_date, 300, null, null)", post);
        var later = await app.GetAsync($"social_posts/{post}/performance");
        Assert.Equal((300, 10), ((int?)later["totals"]!["impressions"], (int?)later["totals"]!["engagement"]));
        var unread = await app.Product.QueryAsync<Guid>("insert into marketing.social_posts (account_id, post_type, caption, status, published_at, external_post_id) values ($1, 'post', 'x', 'published', now(), $2) returning id", account, $"rated-{Guid.NewGuid():N}");
        var nothing = await app.GetAsync($"social_posts/{unread}/performance");
        Assert.Null(nothing["totals"]);
        Assert.Null(nothing["compared"]!["rank_by_engagement_rate"]);
    }

    [Fact]
    public async Task A_role_gets_reports_of_the_posts_that_it_sees_alone()
    {
        var properties = await app.Product.QueryAsync<Guid[]>("select array_agg(id) from (select id from property.properties order by id limit 2) p");
        var (mine, other) = (await app.AccountAsync("youtube"), await app.AccountAsync("youtube"));
        await app.Product.ExecuteAsync("update marketing.social_accounts set property_id = $2 where id = $1", mine, properties[0]);
        await app.Product.ExecuteAsync("update marketing.social_accounts set property_id = $2 where id = $1", other, properties[1]);
        var at = new DateTimeOffset(2026, 8, 3, 8, 0, 0, TimeSpan.Zero);
        var (myPost, otherPost) = (await RatedAsync(mine, at, "video", 100, 10, ["mine"]), await RatedAsync(other, at, "video", 100, 10, ["theirs"]));
        using var agency = await app.ClientAsync(new ApiClientRequest("agency", ["read"]) { Roles = ["agency"], Claims = $$"""{"property_ids":["{{properties[0]}}"]}""" });
        var hashtags = JsonNode.Parse(await agency.GetStringAsync("social_analytics/comparison?by=hashtag&from=2026-08-01&until=2026-08-31", Stop))!.AsArray();
        Assert.Equal(["mine"], hashtags.Select(line => (string)line!["key"]!));
        Assert.Equal(HttpStatusCode.OK, (await agency.GetAsync($"social_posts/{myPost}/performance", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await agency.GetAsync($"social_posts/{otherPost}/performance", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await agency.GetAsync($"social_accounts/{other}/best_times", Stop)).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await agency.GetAsync($"social_accounts/{mine}/timeline", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await agency.GetAsync("social_analytics/comparison?by=asset_tag", Stop)).StatusCode);
    }

    [Fact]
    public async Task A_role_that_does_not_see_a_column_gets_no_report_made_of_it()
    {
        var account = await app.AccountAsync("youtube");
        var post = await RatedAsync(account, new DateTimeOffset(2026, 8, 3, 8, 0, 0, TimeSpan.Zero), "video", 100, 10, ["x"]);
        using var role = await app.Admin.PutAsJsonAsync("roles/no_reach", new
        {
            scopes = new[] { "read" },
            grants = new object[] { new { table = "social_posts", action = "read" }, new { table = "social_accounts", action = "read" }, new { table = "social_analytics", action = "read", columns = new[] { "post_id", "metric_date", "likes" } } },
        }, Stop);
        role.EnsureSuccessStatusCode();
        using var caller = await app.ClientAsync(new ApiClientRequest("no reach", ["read"]) { Roles = ["no_reach"] });
        foreach (var path in new[] { $"social_posts/{post}/performance", $"social_accounts/{account}/best_times", $"social_accounts/{account}/comparison?by=type", "social_analytics/comparison?by=type" })
            Assert.Equal(HttpStatusCode.Forbidden, (await caller.GetAsync(path, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await caller.GetAsync($"social_accounts/{account}/timeline", Stop)).StatusCode);
    }

    [Theory]
    [InlineData("social_analytics/comparison?by=colour")]
    [InlineData("social_analytics/comparison?by=type&from=yesterday")]
    [InlineData("social_analytics/comparison?by=type&from=2026-02-01&until=2026-01-01")]
    [InlineData("social_accounts/ID/best_times?time_zone=Mars")]
    [InlineData("social_accounts/ID/best_times?days=0")]
    public async Task What_a_report_cannot_understand_is_refused(string path)
    {
        var account = await app.AccountAsync("pinterest");
        using var response = await app.Admin.GetAsync(path.Replace("ID", account.ToString(), StringComparison.Ordinal), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private async Task<Guid> RatedAsync(Guid account, DateTimeOffset at, string type, int impressions, int engagement, string[] hashtags)
    {
        var post = await app.Product.QueryAsync<Guid>("insert into marketing.social_posts (account_id, post_type, caption, status, published_at, external_post_id, hashtags) values ($1, $2, 'x', 'published', $3, $4, $5) returning id", account, type, at.UtcDateTime, $"rated-{Guid.NewGuid():N}", hashtags);
        await app.Product.ExecuteAsync("insert into marketing.social_analytics (post_id, metric_date, impressions, engagement, engagement_rate) values ($1, $2, $3, $4, round($4::numeric / $3, 4))", post, DateOnly.FromDateTime(at.UtcDateTime), impressions, engagement);
        return post;
    }
}
