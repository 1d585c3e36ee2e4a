using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Social;

public sealed class SlotEndpointTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static readonly object Plan = new { time_zone = "Europe/Lisbon", min_gap_minutes = 30, max_lateness_minutes = 90, max_posts = 25, max_posts_per_hours = 24, slots = new[] { new { weekdays = new[] { 1, 2, 3, 4, 5, 6, 7 }, time = "09:30" } } };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Callers_that_ask_at_once_get_different_slots_for_their_posts()
    {
        var account = await AccountAsync();
        var plan = await SendAsync(HttpMethod.Put, $"social_accounts/{account}/publishing", Plan);
        Assert.Equal(("Europe/Lisbon", 90, "09:30"), ((string)plan["time_zone"]!, (int)plan["max_lateness_minutes"]!, (string)plan["slots"]![0]!["time"]!));

        var posts = new List<string>();
        for (var i = 0; i < 4; i++) posts.Add((string)(await app.CreateAsync("social_posts", new { account_id = account, post_type = "post", caption = $"slot {i}" }))["social_post_id"]!);
        var slots = await Task.WhenAll(posts.Select(async post => (string)(await SendAsync(HttpMethod.Post, $"social_accounts/{account}/next-slot", new { post_id = post }))["slots"]![0]!["at"]!));
        Assert.Equal(4, slots.Distinct().Count());
        Assert.Equal(4L, await app.Product.QueryAsync<long>("select count(distinct scheduled_at) from marketing.social_posts where account_id = $1 and status = 'scheduled' and to_char(scheduled_at at time zone 'Europe/Lisbon', 'HH24:MI') = '09:30'", account));

        var next = await SendAsync(HttpMethod.Post, $"social_accounts/{account}/next-slot", new { count = 3 });
        Assert.Empty(next["slots"]!.AsArray().Select(slot => (string)slot!["at"]!).Intersect(slots));
    }

    [Fact]
    public async Task A_campaigns_dates_bound_the_slot_of_its_post()
    {
        var account = await AccountAsync();
        await SendAsync(HttpMethod.Put, $"social_accounts/{account}/publishing", Plan);
        var campaign = await app.Product.QueryAsync<Guid>("insert into marketing.campaigns (campaign_name, campaign_type, start_date, end_date) values ('spring', 'social', current_date + 20, current_date + 21) returning id");
        var post = (string)(await app.CreateAsync("social_posts", new { account_id = account, post_type = "post", caption = "spring", campaign_id = campaign }))["id"]!;
        await SendAsync(HttpMethod.Post, $"social_accounts/{account}/next-slot", new { post_id = post });
        Assert.True(await app.Product.QueryAsync<bool>("select (scheduled_at at time zone 'Europe/Lisbon')::date between current_date + 20 and current_date + 21 from marketing.social_posts where id = $1", Guid.Parse(post)));
        using var none = await app.Admin.PostAsJsonAsync($"social_accounts/{account}/next-slot", new { campaign_id = campaign, after = DateTimeOffset.UtcNow.AddDays(40) }, Stop);
        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
    }

    [Fact]
    public async Task A_plan_that_cannot_be_read_says_what_to_write()
    {
        var account = await AccountAsync();
        using var refused = await app.Admin.PutAsJsonAsync($"social_accounts/{account}/publishing", new { time_zone = "Lisbon", slots = new[] { new { weekdays = new[] { 8 }, time = "25:00" } }, max_posts = 5 }, Stop);
        var errors = JsonNode.Parse(await refused.Content.ReadAsStringAsync(Stop))!["errors"]!.AsArray().Select(error => (string)error!["field"]!);
        Assert.Equal(["time_zone", "max_posts", "slots[0]"], errors);
        using var empty = await app.Admin.PostAsJsonAsync($"social_accounts/{account}/next-slot", new { }, Stop);
        Assert.Contains("no posting times", await empty.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publishing_is_paused_for_one_and_for_all_with_a_reason()
    {
        var account = await AccountAsync();
        var paused = await SendAsync(HttpMethod.Put, $"social_accounts/{account}/pause", new { reason = "crisis" });
        Assert.Equal("crisis", (string)paused["pause"]!["reason"]!);
        Assert.Null((await SendAsync(HttpMethod.Delete, $"social_accounts/{account}/pause", null))["pause"]);
        Assert.True((bool)(await SendAsync(HttpMethod.Put, "operations/publishing/pause", new { reason = "storm" }))["is_paused"]!);
        Assert.Equal("storm", await app.Product.QueryAsync<string>("select reason from marketing_ops.publishing_pause"));
        Assert.False((bool)(await SendAsync(HttpMethod.Delete, "operations/publishing/pause", null))["is_paused"]!);
        Assert.Equal(0L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.publishing_pause"));
    }

    private Task<Guid> AccountAsync() => app.Product.QueryAsync<Guid>("insert into marketing.social_accounts (platform, account_name) values ('instagram', 'slots') returning id");

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await app.Admin.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
