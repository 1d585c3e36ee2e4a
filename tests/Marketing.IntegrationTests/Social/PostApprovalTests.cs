using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Social;

/// <summary>Posts over HTTP: decisions, options, preflight, cross-posting, actions. Their times lie ahead, so that the timer leaves them alone.</summary>
public sealed class PostApprovalTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Tomorrow => DateTimeOffset.UtcNow.AddDays(1).ToString("O");

    [Fact]
    public async Task An_approval_is_bound_to_what_was_seen_whoever_changes_it()
    {
        var id = await ApprovedAsync(await AccountAsync("instagram"));
        Assert.Equal(1L, await ScheduledAsync(id));

        await app.Product.ExecuteAsync("update marketing.social_posts set caption = 'changed by SQL' where id = $1", id);
        Assert.Equal("pending", await ApprovalAsync(id));
        Assert.Equal(0L, await ScheduledAsync(id));

        await ApproveAsync(id);
        await OkAsync(await app.Admin.PatchAsJsonAsync($"social_posts/{id}", new { hashtags = new[] { "sea" } }, Stop));
        Assert.Equal("pending", await ApprovalAsync(id));

        await ApproveAsync(id);
        await OkAsync(await app.Admin.PutAsJsonAsync($"social_posts/{id}/options", new { first_comment = "#villa" }, Stop));
        Assert.Equal("pending", await ApprovalAsync(id));
        Assert.Equal("#villa", (string)(await app.GetAsync($"social_posts/{id}/options"))["first_comment"]!);

        await ApproveAsync(id);
        await OkAsync(await app.Admin.PutAsJsonAsync($"social_posts/{id}/options", new { first_comment = "#villa" }, Stop));
        await OkAsync(await app.Admin.PatchAsJsonAsync($"social_posts/{id}", new { scheduled_at = DateTimeOffset.UtcNow.AddDays(3) }, Stop));
        Assert.Equal("approved", await ApprovalAsync(id));
        await OkAsync(await app.Admin.PatchAsJsonAsync($"social_posts/{id}", new { scheduled_at = DateTimeOffset.UtcNow.AddDays(30) }, Stop));
        Assert.Equal("pending", await ApprovalAsync(id));
    }

    [Fact]
    public async Task An_approver_may_say_when_and_a_time_outside_of_it_needs_another_decision()
    {
        var id = await PostAsync(await AccountAsync("instagram"));
        using (var outside = await app.Admin.PostAsJsonAsync($"social_posts/{id}/approval", new { not_before = DateTimeOffset.UtcNow.AddDays(5), not_after = DateTimeOffset.UtcNow.AddDays(6) }, Stop))
            await RefusedAsync(outside, 422, "outside_window");
        await OkAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/approval", new { not_before = DateTimeOffset.UtcNow.AddHours(20), not_after = DateTimeOffset.UtcNow.AddHours(30) }, Stop));
        await RefusedAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/publish_now", new { }, Stop), 409, "outside_approved_window");
        await app.Product.ExecuteAsync("update marketing.social_posts set scheduled_at = now() + interval '40 hours' where id = $1", id);
        Assert.Equal("pending", await ApprovalAsync(id));
    }

    [Fact]
    public async Task Four_eyes_see_a_post_and_a_submission_asks_for_them()
    {
        var author = await app.ClientAsync(new ApiClientRequest("author", ["read", "write", "approve", "publish"]));
        var account = await AccountAsync("instagram");
        using var made = await author.PostAsJsonAsync("social_posts", Sample(account, created_by: "somebody else"), Stop);
        var id = (Guid)JsonNode.Parse(await made.Content.ReadAsStringAsync(Stop))!["id"]!;
        var submitted = await OkAsync(await author.PostAsJsonAsync($"social_posts/{id}/submission", new { }, Stop));
        Assert.Equal("submitted", (string)submitted["approval_status"]!);
        await RefusedAsync(await author.PostAsJsonAsync($"social_posts/{id}/approval", new { }, Stop), 403, "own_work");
        var other = await app.ClientAsync(new ApiClientRequest("approver", ["read", "approve"]));
        Assert.Equal("approved", (string)(await OkAsync(await other.PostAsJsonAsync($"social_posts/{id}/approval", new { }, Stop)))["approval_status"]!);
        await RefusedAsync(await author.PostAsJsonAsync($"social_posts/{id}/submission", new { }, Stop), 409, "already_approved");
    }

    [Fact]
    public async Task Many_are_decided_at_once_each_by_itself()
    {
        var account = await AccountAsync("instagram");
        var (good, tooLong) = (await PostAsync(account), await PostAsync(account, caption: new string('a', 2300)));
        var answer = await OkAsync(await app.Admin.PostAsJsonAsync("social_posts/approvals", new { ids = new[] { good.ToString(), tooLong.ToString(), "SP-999999", "nonsense" } }, Stop));
        Assert.Equal((1, 3), ((int)answer["succeeded"]!, (int)answer["failed"]!));
        Assert.Equal([200, 422, 404, 400], answer["results"]!.AsArray().Select(result => (int)result!["status"]!));
        Assert.Equal("caption_too_long", (string)answer["results"]![1]!["errors"]![0]!["code"]!);
        Assert.Equal("approved", await ApprovalAsync(good));
    }

    [Fact]
    public async Task Options_are_known_by_platform_and_a_slip_is_corrected()
    {
        var id = await PostAsync(await AccountAsync("tiktok"), type: "video", media: "https://media.example.com/film.mp4");
        using var slip = await app.Admin.PutAsJsonAsync($"social_posts/{id}/options", new { privacy_levl = "SELF_ONLY", disable_duet = "yes" }, Stop);
        var errors = (await RefusedAsync(slip, 422, "invalid_options"))["errors"]!.AsArray();
        Assert.Contains("Did you mean privacy_level?", (string)errors[0]!["message"]!, StringComparison.Ordinal);
        Assert.Equal("disable_duet", (string)errors[1]!["field"]!);
        using var missing = await app.Admin.PostAsJsonAsync($"social_posts/{id}/approval", new { }, Stop);
        Assert.Equal("options.privacy_level", (string)(await RefusedAsync(missing, 422, "post_not_publishable"))["errors"]![0]!["field"]!);
        await OkAsync(await app.Admin.PutAsJsonAsync($"social_posts/{id}/options", new { privacy_level = "SELF_ONLY", disable_duet = true, title = (string?)null }, Stop));
        await ApproveAsync(id);
    }

    [Fact]
    public async Task What_a_platform_cannot_do_is_refused_when_it_is_written()
    {
        var account = await AccountAsync("instagram");
        using var live = await app.Admin.PostAsJsonAsync("social_posts", Sample(account, type: "live"), Stop);
        var problem = await RefusedAsync(live, 422, "rule_violation");
        Assert.Equal("post_type_not_taken", (string)problem["errors"]![0]!["code"]!);
        Assert.Contains("Live streams", (string)problem["errors"]![0]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_checks_one_content_on_every_platform_without_storing_it()
    {
        var before = await app.Product.QueryAsync<long>("select count(*) from marketing.social_posts");
        var answer = await OkAsync(await app.Admin.PostAsJsonAsync("social_posts/preflight", new
        {
            post = new { caption = new string('a', 900), media_urls = new[] { "https://media.example.com/pool.jpg" } },
            variants = new object[]
            {
                new { platform = "instagram" }, new { platform = "twitter" }, new { platform = "pinterest", options = new { board_id = "1" } }, new { platform = "tiktok", post_type = "carousel" },
                new { platform = "youtube", post_type = "post" }, new { platform = "linkedin" }, new { platform = "facebook" },
            },
        }, Stop));
        Assert.False((bool)answer["can_publish"]!);
        string[] Errors(int index) => [.. answer["variants"]![index]!["findings"]!.AsArray().Where(finding => (string)finding!["severity"]! == "error").Select(finding => (string)finding!["rule"]!)];
        Assert.Empty(Errors(0));
        Assert.Equal(["caption_too_long"], Errors(1));
        Assert.Equal(["caption_too_long"], Errors(2));
        Assert.Equal(["option_required"], Errors(3));
        Assert.Equal(["post_type_not_taken"], Errors(4));
        Assert.Empty(Errors(5));
        Assert.Empty(Errors(6));
        Assert.Equal((900, 280), ((int)answer["variants"]![1]!["caption"]!["length"]!, (int)answer["variants"]![1]!["caption"]!["limit"]!));
        Assert.Equal(before, await app.Product.QueryAsync<long>("select count(*) from marketing.social_posts"));
    }

    [Fact]
    public async Task Preflight_knows_the_media_of_the_library_and_their_licences()
    {
        await app.Product.ExecuteAsync("""
            insert into marketing.content_library (filename, asset_type, mime_type, file_url, file_size_bytes, dimensions, alt_text) values ('wide.jpg', 'image', 'image/jpeg', 'https://media.example.com/wide.jpg', 100000, '{"width": 3000, "height": 1000}', 'The coast')
            """);
        await app.Product.ExecuteAsync("""
            insert into marketing_ops.asset_licences (asset_id, licence_type, expires_at, updated_by) select id, 'royalty_free', now() + interval '1 hour', 'test' from marketing.content_library where filename = 'wide.jpg'
            """);
        var answer = await OkAsync(await app.Admin.PostAsJsonAsync("social_posts/preflight", new
        {
            variants = new object[] { new { platform = "instagram", media_urls = new[] { "https://media.example.com/wide.jpg" }, scheduled_at = DateTimeOffset.UtcNow.AddDays(2) } },
        }, Stop));
        Assert.Equal(["aspect_ratio", "licence_expired"], answer["variants"]![0]!["findings"]!.AsArray().Select(finding => (string)finding!["rule"]!));
    }

    [Fact]
    public async Task One_content_goes_to_many_accounts_in_one_call_that_may_be_repeated()
    {
        var (instagram, pinterest) = (await AccountAsync("instagram"), await AccountAsync("pinterest"));
        object body = new
        {
            post = new { caption = "By the pool", media_urls = new[] { "https://media.example.com/pool.jpg" }, status = "scheduled", scheduled_at = Tomorrow },
            variants = new object[] { new { account_id = instagram }, new { account_id = pinterest, caption = "A pin by the pool", options = new { board_id = "549755885175" } } },
        };
        var key = Guid.NewGuid().ToString();
        var first = await SendWithKeyAsync("social_posts/crosspost", body, key);
        var again = await SendWithKeyAsync("social_posts/crosspost", body, key);
        Assert.Equal(first, again);
        var posts = JsonNode.Parse(first)!.AsArray();
        Assert.Equal(["By the pool", "A pin by the pool"], posts.Select(post => (string)post!["caption"]!));
        Assert.Equal("549755885175", (string)(await app.GetAsync($"social_posts/{posts[1]!["id"]}/options"))["board_id"]!);
        Assert.Equal(2L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_posts where account_id in ($1, $2)", instagram, pinterest));

        using var refused = await app.Admin.PostAsJsonAsync("social_posts/crosspost", new
        {
            post = new { caption = "By the pool", media_urls = new[] { "https://media.example.com/pool.jpg" }, status = "scheduled", scheduled_at = Tomorrow },
            variants = new object[] { new { account_id = instagram }, new { account_id = pinterest } },
        }, Stop);
        Assert.Equal("variants[1].options.board_id", (string)(await RefusedAsync(refused, 422, "invalid_variants"))["errors"]![0]!["field"]!);
        Assert.Equal(2L, await app.Product.QueryAsync<long>("select count(*) from marketing.social_posts where account_id in ($1, $2)", instagram, pinterest));
    }

    [Fact]
    public async Task A_post_is_rescheduled_with_its_tag_and_cancelled()
    {
        var id = await ApprovedAsync(await AccountAsync("instagram"));
        await RefusedAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/reschedule", new { scheduled_at = Tomorrow }, Stop), 428, "precondition_required");
        using var read = await app.Admin.GetAsync(new Uri($"social_posts/{id}", UriKind.Relative), Stop);
        var tag = read.Headers.ETag!.ToString();
        var moved = await OkAsync(await RescheduleAsync(id, tag, DateTimeOffset.UtcNow.AddDays(2)));
        Assert.Equal(("scheduled", "approved"), ((string)moved["status"]!, (string)moved["approval_status"]!));
        await RefusedAsync(await RescheduleAsync(id, tag, DateTimeOffset.UtcNow.AddDays(2)), 412, "precondition_failed");
        Assert.Equal("draft", (string)(await OkAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/cancel", new { }, Stop)))["status"]!);
        await RefusedAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/retry", new { }, Stop), 409, "not_failed");
        Assert.Equal(0L, await ScheduledAsync(id));
    }

    [Fact]
    public async Task An_unapproved_post_is_not_published_now()
    {
        var id = await PostAsync(await AccountAsync("instagram"));
        await RefusedAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/publish_now", new { }, Stop), 409, "not_approved");
    }

    private async Task<HttpResponseMessage> RescheduleAsync(Guid id, string tag, DateTimeOffset at)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"social_posts/{id}/reschedule", UriKind.Relative)) { Content = JsonContent.Create(new { scheduled_at = at }) };
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        return await app.Admin.SendAsync(request, Stop);
    }

    private async Task<string> SendWithKeyAsync(string path, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await app.Admin.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.StatusCode == HttpStatusCode.Created, text);
        return text;
    }

    private async Task<Guid> AccountAsync(string platform)
    {
        var id = Guid.CreateVersion7();
        var token = app.Product.Services.GetRequiredService<TokenVault>().Seal("token", "social_accounts", "access_token", id);
        await app.Product.ExecuteAsync("insert into marketing.social_accounts (id, platform, account_name, external_account_id, access_token) values ($1, $2, 'test', '1', $3)", id, platform, token);
        return id;
    }

    private static Dictionary<string, object?> Sample(Guid account, string caption = "By the pool", string type = "post", string media = "https://media.example.com/pool.jpg", string? created_by = null)
    {
        var post = new Dictionary<string, object?> { ["account_id"] = account, ["caption"] = caption, ["post_type"] = type, ["media_urls"] = new[] { media }, ["status"] = "scheduled", ["scheduled_at"] = Tomorrow };
        if (created_by is not null) post["created_by"] = created_by;
        return post;
    }

    private async Task<Guid> PostAsync(Guid account, string caption = "By the pool", string type = "post", string media = "https://media.example.com/pool.jpg") =>
        (Guid)(await app.CreateAsync("social_posts", Sample(account, caption, type, media)))["id"]!;

    private async Task<Guid> ApprovedAsync(Guid account)
    {
        var id = await PostAsync(account);
        await ApproveAsync(id);
        return id;
    }

    private async Task ApproveAsync(Guid id) => Assert.Equal("approved", (string)(await OkAsync(await app.Admin.PostAsJsonAsync($"social_posts/{id}/approval", new { }, Stop)))["approval_status"]!);

    private Task<string> ApprovalAsync(Guid id) => app.Product.QueryAsync<string>("select approval_status from marketing.social_posts where id = $1", id);

    private Task<long> ScheduledAsync(Guid id) => app.Product.QueryAsync<long>("select count(*) from marketing_ops.post_schedule where post_id = $1", id);

    private static async Task<JsonNode> OkAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(Stop);
            Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
            return JsonNode.Parse(text)!;
        }
    }

    private static async Task<JsonNode> RefusedAsync(HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True((int)response.StatusCode == status && text.Contains(code, StringComparison.Ordinal), $"{(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
