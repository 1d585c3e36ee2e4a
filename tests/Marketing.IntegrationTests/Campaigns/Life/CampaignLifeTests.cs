using System.Net.Http.Json;
using Marketing.Campaigns.Life;
using Marketing.IntegrationTests.Campaigns.Messages;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Campaigns.Life;

[Collection(CampaignEmailGroup.Name)]
public sealed class CampaignLifeTests(CampaignEmailFixture app)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_campaign_goes_through_its_life_and_nowhere_else()
    {
        var (campaign, _) = await app.CampaignAsync();
        Assert.Equal(409, (await app.PostAsync($"campaigns/{campaign}/pause")).Status);
        Assert.Equal(409, (await app.PostAsync($"campaigns/{campaign}/resume")).Status);
        var scheduled = await app.PostAsync($"campaigns/{campaign}/schedule", new { send_at = "2027-06-01T09:00", time_zone = "Europe/Lisbon" });
        Assert.Equal((200, "2027-06-01T08:00:00Z"), (scheduled.Status, (string)scheduled.Answer!["send_at"]!));
        Assert.Equal("scheduled", await StatusAsync(campaign));
        using (var byRow = await app.Admin.PatchAsJsonAsync($"campaigns/{campaign}", new { status = "active" }, Stop)) Assert.Equal(422, (int)byRow.StatusCode);
        Assert.Equal(200, (await app.PostAsync($"campaigns/{campaign}/start")).Status);
        Assert.Equal(409, (await app.PostAsync($"campaigns/{campaign}/start")).Status);
        Assert.Equal(409, (await app.PostAsync($"campaigns/{campaign}/schedule", new { send_at = "2027-06-01T09:00", time_zone = "Europe/Lisbon" })).Status);
        Assert.Equal(200, (await app.PostAsync($"campaigns/{campaign}/pause")).Status);
        Assert.Equal(200, (await app.PostAsync($"campaigns/{campaign}/resume")).Status);
        Assert.Equal(200, (await app.PostAsync($"campaigns/{campaign}/cancel")).Status);
        Assert.Equal("cancelled", await StatusAsync(campaign));
        foreach (var action in new[] { "start", "pause", "resume", "cancel" }) Assert.Equal(409, (await app.PostAsync($"campaigns/{campaign}/{action}")).Status);
        Assert.Equal(5L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and changes ? 'status' and changes -> 'status' ? 'from'", campaign));
    }

    [Fact]
    public async Task A_campaign_without_email_keeps_the_order_of_states_too()
    {
        var campaign = (string)(await app.CreateAsync("campaigns", new { campaign_name = "Posters", campaign_type = "paid" }))["id"]!;
        async Task<int> SetAsync(string status)
        {
            using var response = await app.Admin.PatchAsJsonAsync($"campaigns/{campaign}", new { status }, Stop);
            return (int)response.StatusCode;
        }
        Assert.Equal(422, await SetAsync("completed"));
        foreach (var status in new[] { "active", "paused", "active", "completed" }) Assert.InRange(await SetAsync(status), 200, 204);
        Assert.Equal(422, await SetAsync("active"));
        Assert.Equal(404, (await app.PostAsync($"campaigns/{campaign}/start")).Status);
    }

    [Fact]
    public async Task What_is_sent_does_not_change_under_way_and_a_pause_allows_new_words_but_no_new_division()
    {
        var (campaign, members) = await app.CampaignAsync();
        await app.PostAsync($"campaigns/{campaign}/start");
        var email = await app.GetAsync($"campaigns/{campaign}/email");
        var content = (string)email["variants"]![0]!["content_id"]!;
        Assert.Equal(1, (int)email["variants"]![0]!["frozen_version"]!);
        using (var edit = await app.Admin.PatchAsJsonAsync($"content/{content}", new { content_body = "Changed" }, Stop)) Assert.True(edit.IsSuccessStatusCode);
        async Task<string> PreviewAsync() => (string)(await app.PostAsync($"campaigns/{campaign}/preview", new { contact_id = members[0].Id })).Answer!["text"]!;
        Assert.Contains("Hello Ada", await PreviewAsync(), StringComparison.Ordinal);
        object Email(params object[] variants) => new { provider = "smtp", sender_email = "news@casas.example.com", variants };
        using (var active = await app.Admin.PutAsJsonAsync($"campaigns/{campaign}/email", Email(new { content_id = content }), Stop)) Assert.Equal(409, (int)active.StatusCode);
        await app.PostAsync($"campaigns/{campaign}/pause");
        using (var divided = await app.Admin.PutAsJsonAsync($"campaigns/{campaign}/email", Email(new { variant = "A", content_id = content, share = 0.5 }, new { variant = "B", content_id = content, share = 0.5 }), Stop)) Assert.Equal(409, (int)divided.StatusCode);
        using (var moved = await app.Admin.PatchAsJsonAsync($"campaigns/{campaign}", new { segment_id = (string?)null }, Stop)) Assert.Equal(422, (int)moved.StatusCode);
        await app.PutEmailAsync(campaign, Email(new { content_id = content }));
        Assert.StartsWith("Changed", await PreviewAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_campaign_starts_once_when_its_time_has_come_however_many_look()
    {
        var (campaign, _) = await app.CampaignAsync();
        await app.PostAsync($"campaigns/{campaign}/schedule", new { send_at = "2027-06-01T09:00", time_zone = "Europe/Lisbon" });
        await using var services = app.Product.Build();
        var start = services.GetRequiredService<StartDueCampaigns>();
        Assert.Equal(0, await start.RunAsync(Stop));
        await app.Product.ExecuteAsync("update marketing_ops.campaign_emails set send_at = now() - interval '1 minute' where campaign_id = $1", campaign);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => start.RunAsync(Stop)));
        Assert.Equal("active", await StatusAsync(campaign));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and changes -> 'status' ->> 'to' = 'active'", campaign));
    }

    [Theory]
    [InlineData("update marketing.content set status = 'draft' where id in (select content_id from marketing_ops.campaign_variants where campaign_id = $1)", "1 minute", "not_approved")]
    [InlineData("select $1", "25 hours", "late")]
    public async Task What_cannot_go_out_at_its_time_becomes_a_draft_that_says_why(string change, string late, string reason)
    {
        var (campaign, _) = await app.CampaignAsync();
        await app.PostAsync($"campaigns/{campaign}/schedule", new { send_at = "2027-06-01T09:00", time_zone = "Europe/Lisbon" });
        await app.Product.ExecuteAsync(change, campaign);
        await app.Product.ExecuteAsync("update marketing_ops.campaign_emails set send_at = now() - $2::text::interval where campaign_id = $1", campaign, late);
        await using var services = app.Product.Build();
        await services.GetRequiredService<StartDueCampaigns>().RunAsync(Stop);
        await Eventually.BecomesAsync(() => StatusAsync(campaign), status => status == "draft");
        Assert.Contains(reason, (string)(await app.GetAsync($"campaigns/{campaign}/email"))["refused_reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_finds_everything_at_once_and_says_how_to_mend_it()
    {
        var (campaign, members) = await app.CampaignAsync(members: 4, body: "Hi {{ contact.last_name }} {{ contact.phone }} {{ contct.x }} [a](http://www.casas.example.com/x) [b](https://localhost/) ![p](/relative.jpg)");
        await app.PutEmailAsync(campaign, new { provider = "smtp", sender_email = "ada@elsewhere.example.com", variants = new[] { new { content_id = (string)(await app.GetAsync($"campaigns/{campaign}/email"))["variants"]![0]!["content_id"]!, subject = "Hi" } } });
        await app.Product.ExecuteAsync("update directory.contacts set last_name = '' where id = $1", members[3].Id);
        await app.Product.ExecuteAsync("update directory.contacts set email = 'info@' || id || '.example.com' where id = $1", members[2].Id);
        await app.Product.ExecuteAsync("update marketing.content set status = 'review' where id in (select content_id from marketing_ops.campaign_variants where campaign_id = $1)", campaign);
        var (status, report) = await app.PostAsync($"campaigns/{campaign}/preflight");
        Assert.Equal(200, status);
        Assert.False((bool)report!["is_ready"]!);
        Assert.Equal(4, (int)report["recipients"]!);
        var rules = report["findings"]!.AsArray().Select(finding => $"{finding!["severity"]} {finding["rule"]}").ToHashSet();
        Assert.Superset(new HashSet<string> { "error not_verified", "error not_approved", "error unknown_variable", "error missing_value", "error broken_link", "error broken_image", "warning plain_http", "warning role_addresses" }, rules);
        Assert.Contains("1 of 4 recipients have no last_name.", report["findings"]!.AsArray().Select(finding => (string)finding!["actual"]!));
        Assert.All(report["findings"]!.AsArray(), finding => Assert.True(((string)finding!["fix"]!).Length > 5));
        var (refused, problem) = await app.PostAsync($"campaigns/{campaign}/start");
        Assert.Equal(422, refused);
        Assert.Contains(problem!["errors"]!.AsArray(), error => (string)error!["code"]! == "not_verified");
        Assert.Equal("draft", await StatusAsync(campaign));
    }

    [Fact]
    public async Task A_ready_campaign_has_no_errors_and_its_dry_run_tells_whom_when_and_why_not()
    {
        var (campaign, members) = await app.CampaignAsync(members: 8, list: "offers");
        await app.Product.ExecuteAsync("update directory.contacts set marketing_consent = false where id = $1", members[0].Id);
        Assert.Equal(201, (await app.PostAsync("suppressions", new { email = members[1].Email.ToUpperInvariant() })).Status);
        Assert.Equal(201, (await app.PostAsync("suppressions", new { contact_id = members[2].Id, scope = "list", scope_value = "offers", reason = "unsubscribe" })).Status);
        Assert.Equal(201, (await app.PostAsync("suppressions", new { contact_id = members[3].Id, scope = "list", scope_value = "newsletter" })).Status);
        await app.Product.ExecuteAsync("update directory.contacts set email = 'no address' || id where id = $1", members[4].Id);
        var content = (string)(await app.GetAsync($"campaigns/{campaign}/email"))["variants"]![0]!["content_id"]!;
        await app.PutEmailAsync(campaign, new { provider = "smtp", sender_email = "news@casas.example.com", list = "offers", variants = new[] { new { content_id = content } }, settings = new { sending = new { per_hour = 2 } } });
        var report = (await app.PostAsync($"campaigns/{campaign}/preflight")).Answer!;
        Assert.True((bool)report["is_ready"]!, report.ToJsonString());
        await app.PostAsync($"campaigns/{campaign}/schedule", new { send_at = "2027-06-01T09:00:00Z" });
        var run = (await app.PostAsync($"campaigns/{campaign}/dry-run")).Answer!;
        Assert.Equal(4, (int)run["recipients"]!);
        Assert.Equal("""{"no_address":1,"no_consent":1,"suppressed":2}""", run["left_out"]!.ToJsonString());
        Assert.Equal(members.Where((_, index) => index is 3 or 5 or 6 or 7).Select(member => member.Id.ToString()).Order(), run["sample"]!.AsArray().Select(member => (string)member!["contact_id"]!).Order());
        Assert.Equal("2027-06-01T09:00:00Z", (string)run["begins_at"]!);
        Assert.Equal("2027-06-01T10:00:00Z", (string)run["ends_at"]!);
    }

    private Task<string> StatusAsync(Guid campaign) => app.Product.QueryAsync<string>("select status from marketing.campaigns where id = $1", campaign);
}
