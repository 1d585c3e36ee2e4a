using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;
using Marketing.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Resources;

public sealed class CrudTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_lives_through_create_read_change_and_delete()
    {
        var created = await app.CreateAsync("segments", new { segment_name = "Families", segment_type = "static" });
        Assert.Matches(@"^SEG-\d{6}$", (string)created["segment_id"]!);
        Assert.Equal(0, (int)created["member_count"]!);

        var read = await app.GetAsync($"segments/{created["segment_id"]}");
        Assert.Equal((string)created["id"]!, (string)read["id"]!);

        using var change = await app.Admin.PatchAsJsonAsync($"segments/{created["id"]}", new { description = "with children" }, Stop);
        Assert.Equal(HttpStatusCode.OK, change.StatusCode);
        var changed = await change.Content.ReadFromJsonAsync<JsonObject>(Stop);
        Assert.Equal("with children", (string)changed!["description"]!);
        Assert.True(DateTimeOffset.Parse((string)changed["updated_at"]!) > DateTimeOffset.Parse((string)created["updated_at"]!));

        using var deleted = await app.Admin.DeleteAsync($"segments/{created["segment_id"]}", Stop);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await app.Admin.GetAsync($"segments/{created["id"]}", Stop);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);

        Assert.Equal(["create", "update", "delete"], (await app.Product.QueryAsync<string[]>(
            "select array_agg(action order by id) from marketing_ops.audit_log where row_id = $1", Guid.Parse((string)created["id"]!))));
    }

    [Fact]
    public async Task A_stale_etag_is_refused_and_a_current_one_accepted()
    {
        var row = await app.CreateAsync("websites", new { website_name = "Main" });
        using var read = await app.Admin.GetAsync($"websites/{row["id"]}", Stop);
        var etag = read.Headers.ETag!;
        using var first = await SendAsync(HttpMethod.Patch, $"websites/{row["id"]}", new { ssl_status = "valid" }, etag.ToString());
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.NotEqual(etag, first.Headers.ETag);

        using var stale = await SendAsync(HttpMethod.Patch, $"websites/{row["id"]}", new { ssl_status = "expired" }, etag.ToString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        using var staleDelete = await SendAsync(HttpMethod.Delete, $"websites/{row["id"]}", null, etag.ToString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, staleDelete.StatusCode);
        Assert.Equal("valid", (string)(await app.GetAsync($"websites/{row["id"]}"))["ssl_status"]!);

        using var known = new HttpRequestMessage(HttpMethod.Get, $"websites/{row["id"]}");
        known.Headers.TryAddWithoutValidation("If-None-Match", first.Headers.ETag!.ToString());
        using var notModified = await app.Admin.SendAsync(known, Stop);
        Assert.Equal(HttpStatusCode.NotModified, notModified.StatusCode);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat_in_any_order()
    {
        for (var i = 0; i < 23; i++)
            await app.CreateAsync("campaigns", new { campaign_name = $"Page {i}", campaign_type = "email", goal = "paging", budget = i % 4 == 0 ? (decimal?)null : i % 3 });
        foreach (var order in new[] { "", "&order=budget", "&order=budget.desc", "&order=budget.desc.nullslast,campaign_name", "&order=budget.asc.nullsfirst,campaign_name.desc", "&order=created_at.desc" })
        {
            var all = await app.GetAsync($"campaigns?goal=eq.paging&select=id{order}&limit=1000");
            var paged = new List<string>();
            string? next = $"campaigns?goal=eq.paging&select=id{order}&limit=5", previous = null;
            while (next is not null)
            {
                using var response = await app.Admin.GetAsync(next, Stop);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                paged.AddRange((await response.Content.ReadFromJsonAsync<JsonArray>(Stop))!.Select(row => (string)row!["id"]!));
                previous = response.Link("prev");
                next = response.Link("next");
            }
            Assert.Equal(all.AsArray().Select(row => (string)row!["id"]!), paged);
            Assert.Equal(23, paged.Count);

            // And back again: each page before the last one, until the first.
            var back = new List<string>(paged[20..]);
            while (previous is not null)
            {
                using var response = await app.Admin.GetAsync(previous, Stop);
                back.InsertRange(0, (await response.Content.ReadFromJsonAsync<JsonArray>(Stop))!.Select(row => (string)row!["id"]!));
                Assert.NotNull(response.Link("next"));
                previous = response.Link("prev");
            }
            Assert.Equal(paged, back);
        }
    }

    [Fact]
    public async Task A_list_that_the_caller_has_is_not_sent_again()
    {
        var row = await app.CreateAsync("segments", new { segment_name = "tagged list" });
        using var first = await app.Admin.GetAsync("segments?segment_name=like.tagged*", Stop);
        using var known = new HttpRequestMessage(HttpMethod.Get, "segments?segment_name=like.tagged*");
        known.Headers.TryAddWithoutValidation("If-None-Match", first.Headers.ETag!.ToString());
        using var same = await app.Admin.SendAsync(known, Stop);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using var changed = await app.Admin.PatchAsJsonAsync($"segments/{row["id"]}", new { description = "changed" }, Stop);
        using var stale = new HttpRequestMessage(HttpMethod.Get, "segments?segment_name=like.tagged*");
        stale.Headers.TryAddWithoutValidation("If-None-Match", first.Headers.ETag!.ToString());
        using var other = await app.Admin.SendAsync(stale, Stop);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("campaign_name=eq.Filter a", 1)]
    [InlineData("campaign_name=neq.Filter a", 2)]
    [InlineData("budget=gt.10", 2)]
    [InlineData("budget=gte.10&budget=lt.30", 2)]
    [InlineData("budget=lte.10", 1)]
    [InlineData("campaign_name=like.*a", 1)]
    [InlineData("campaign_name=ilike.FILTER*", 3)]
    [InlineData("campaign_name=in.(Filter a,\"Filter b, too\")", 2)]
    [InlineData("budget=in.()", 0)]
    [InlineData("segment_id=is.null", 3)]
    [InlineData("segment_id=not.is.null", 0)]
    [InlineData("target_metrics=cs.{\"clicks\":5}", 1)]
    public async Task Filters_find_what_they_say(string filter, int expected)
    {
        const string goal = "filters";
        if (await app.Product.QueryAsync<long>("select count(*) from marketing.campaigns where goal = $1", goal) == 0)
        {
            await app.CreateAsync("campaigns", new { campaign_name = "Filter a", campaign_type = "email", goal, budget = 10, target_metrics = new { clicks = 5, opens = 1 } });
            await app.CreateAsync("campaigns", new { campaign_name = "Filter b, too", campaign_type = "social", goal, budget = 20 });
            await app.CreateAsync("campaigns", new { campaign_name = "Filter c", campaign_type = "sms", goal, budget = 30 });
        }
        Assert.Equal(expected, (await app.GetAsync($"campaigns?goal=eq.{goal}&{filter}")).AsArray().Count);
    }

    [Fact]
    public async Task Every_table_is_listed_and_described()
    {
        var document = await app.GetAsync("openapi.json");
        var tables = document["paths"]!.AsObject().Select(path => path.Key.Split('/')[1]).Where(name => app.Product.Services.GetRequiredService<ResourceCatalog>().Find(name) is not null).Distinct().ToList();
        Assert.Equal(24, tables.Count);
        foreach (var table in tables)
        {
            using var response = await app.Admin.GetAsync($"{table}?limit=1", Stop);
            Assert.True(response.StatusCode == HttpStatusCode.OK, table);
        }
    }

    [Theory]
    [InlineData("/segments/preview", "post", "read")]
    [InlineData("/segments/{id}/refresh", "post", "write")]
    [InlineData("/content_library/{id}/similar", "get", "read")]
    [InlineData("/content_library/uploads", "post", "write")]
    [InlineData("/webhooks/tracking/c/{token}", "get", null)]
    public async Task Endpoints_beside_the_tables_are_described_with_their_scope(string path, string method, string? scope)
    {
        var operation = (await app.GetAsync("openapi.json"))["paths"]![path]![method]!;
        Assert.Equal(scope is null ? "Needs no key." : $"Needs the scope `{scope}`.", (string)operation["description"]!);
    }

    [Fact]
    public async Task A_token_is_stored_encrypted_and_never_comes_out()
    {
        const string secret = "EAAG-very-secret-token";
        var account = await app.CreateAsync("social_accounts", new { platform = "instagram", account_name = "Vault", access_token = secret });
        Assert.False(account.ContainsKey("access_token"));
        using var patched = await app.Admin.PatchAsJsonAsync($"social_accounts/{account["id"]}", new { access_token = secret + "2" }, Stop);
        Assert.DoesNotContain(secret, await patched.Content.ReadAsStringAsync(Stop));
        Assert.DoesNotContain(secret, (await app.GetAsync($"social_accounts/{account["id"]}")).ToJsonString());
        var id = Guid.Parse((string)account["id"]!);
        Assert.StartsWith("v1.test.", await app.Product.QueryAsync<string>("select access_token from marketing.social_accounts where id = $1", id));
        Assert.Contains("[redacted]", await app.Product.QueryAsync<string>("select string_agg(changes::text, ' ') from marketing_ops.audit_log where row_id = $1", id));
        Assert.DoesNotContain(secret, await app.Product.QueryAsync<string>("select string_agg(changes::text, ' ') from marketing_ops.audit_log"));
        foreach (var query in new[] { "access_token=eq.x", "select=access_token", "order=access_token" })
        {
            using var refused = await app.Admin.GetAsync($"social_accounts?{query}", Stop);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        Assert.DoesNotContain(app.Log, line => line.Contains(secret, StringComparison.Ordinal));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, string ifMatch)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null) request.Content = JsonContent.Create(body);
        return await app.Admin.SendAsync(request, Stop);
    }
}
