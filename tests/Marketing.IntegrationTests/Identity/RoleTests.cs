using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Identity;

/// <summary>What each role sees and may write, table by table, compared with PostgreSQL asked directly.</summary>
public sealed class RoleTests(RoleFixture app) : IClassFixture<RoleFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // What the seeded roles may touch, as SQL: null is nothing. Written from docs/identity.md, not from the roles' own filters.
    private static string? Expected(string role, string table, string action)
    {
        var all = "true";
        if (role is "administrator" or "member") return all;
        if (role == "viewer") return action == "read" ? all : null;
        if (role == "benson")
            return (table, action) switch
            {
                (_, "read") => all,
                ("content", "update") => "status in ('draft', 'review')",
                ("content_components" or "content_usage", _) => all,
                ("calendar_items", "update") => all,
                _ => null,
            };
        if (role == "aura")
            return (table, action) switch
            {
                (_, "read") => all,
                ("calendar_items", _) => all,
                ("social_posts" or "social_analytics" or "social_account_metrics", "update") => all,
                _ => null,
            };
        var mine = $"property_id = '{RoleFixture.Mine}'";
        var account = $"account_id in (select id from marketing.social_accounts where {mine})";
        return (table, action) switch
        {
            ("content" or "property_content" or "content_calendars" or "campaigns", _) => mine,
            ("content_strategy" or "social_accounts" or "websites", "read") => mine,
            ("content_versions", "read") => $"content_id in (select id from marketing.content where {mine})",
            ("content_library", "read") => $"id in (select library_asset_id from marketing.property_content where {mine})",
            ("calendar_items", _) => $"calendar_id in (select id from marketing.content_calendars where {mine})",
            ("social_posts", _) => account,
            ("social_analytics", "read") => $"post_id in (select id from marketing.social_posts where {account})",
            ("website_pages", _) => $"website_id in (select id from marketing.websites where {mine})",
            ("ref_content_types" or "ref_social_platforms" or "ref_campaign_types", "read") => all,
            _ => null,
        };
    }

    public static TheoryData<string> Roles() => ["administrator", "member", "viewer", "benson", "aura", "agency"];

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_role_touches_exactly_the_rows_that_it_may(string role)
    {
        var client = await app.ClientAsync(RoleFixture.Request(role));
        foreach (var resource in app.Product.Services.GetRequiredService<ResourceCatalog>().All)
        {
            await AssertRowsAsync(client, role, resource.Table, "read", HttpMethod.Get, $"{resource.Table}?select=id&limit=10000", null);
            await AssertRowsAsync(client, role, resource.Table, "update", HttpMethod.Patch, $"{resource.Table}?select=id&id=not.is.null", "{}");
            // Deletes of one table reach into others; each is taken back.
            await AssertRowsAsync(client, role, resource.Table, "delete", HttpMethod.Delete, $"{resource.Table}?select=id&id=not.is.null", null);
        }
    }

    private async Task AssertRowsAsync(HttpClient client, string role, string table, string action, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method != HttpMethod.Get) request.Headers.Add("Prefer", "return=representation, tx=rollback");
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, Stop);
        var answer = await response.Content.ReadAsStringAsync(Stop);
        var where = Expected(role, table, action);
        if (where is null)
        {
            // A table that may not even be read looks absent.
            var status = Expected(role, table, "read") is null ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden;
            Assert.True(response.StatusCode == status, $"{role} {action} {table}: {(int)response.StatusCode} {answer}");
            return;
        }
        Assert.True(response.IsSuccessStatusCode, $"{role} {action} {table}: {(int)response.StatusCode} {answer}");
        var expected = await app.Product.QueryAsync<string[]>($"select coalesce(array_agg(id::text order by id::text), '{{}}') from marketing.{table} where {where}");
        Assert.Equal(expected, JsonNode.Parse(answer)!.AsArray().Select(row => (string)row!["id"]!).Order(StringComparer.Ordinal));
        if (role == "agency" && table is "content" or "campaigns" or "social_posts") Assert.NotEmpty(expected);
    }

    [Fact]
    public async Task An_agency_sees_nothing_of_others_by_any_way()
    {
        var agency = await app.ClientAsync(RoleFixture.Request("agency"));
        var total = await app.Product.QueryAsync<long>("select count(*) from marketing.content where property_id = $1", RoleFixture.Mine);
        using var counted = await SendAsync(agency, HttpMethod.Get, "content?select=id", prefer: "count=exact");
        Assert.EndsWith($"/{total}", counted.Content.Headers.GetValues("Content-Range").Single(), StringComparison.Ordinal);
        Assert.Equal(total, (long)(await JsonAsync(agency, "content?select=count()"))[0]!["count"]!);
        Assert.All((await JsonAsync(agency, "content?q=lighthouse&select=title")).AsArray(), row => Assert.StartsWith("mine", (string)row!["title"]!, StringComparison.Ordinal));
        Assert.Single((await JsonAsync(agency, "content?q=lighthouse&select=title")).AsArray());

        // Through related rows: my page shows another property's content as absent, and an inner join leaves it out.
        var pages = await JsonAsync(agency, "website_pages?select=page_title,content(title)&page_title=eq.mixed");
        Assert.Null(pages[0]!["content"]);
        Assert.Empty((await JsonAsync(agency, "website_pages?select=page_title,content!inner(title)&page_title=eq.mixed")).AsArray());
        Assert.Empty((await JsonAsync(agency, "website_pages?select=page_title&and=(content(title.like.theirs*))")).AsArray());

        // By id, by writing, by moving a row out of sight, by creating one for somebody else, by taking theirs over.
        var theirs = await app.Product.QueryAsync<Guid>("select id from marketing.content where title = 'theirs lighthouse'");
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(agency, HttpMethod.Get, $"content/{theirs}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(agency, HttpMethod.Patch, $"content/{theirs}", "{\"title\":\"x\"}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(agency, HttpMethod.Delete, $"content/{theirs}")).StatusCode);
        var mine = await app.Product.QueryAsync<Guid>("select id from marketing.content where title = 'mine lighthouse'");
        await AssertRefusedAsync(await SendAsync(agency, HttpMethod.Patch, $"content/{mine}", $"{{\"property_id\":\"{RoleFixture.Theirs}\"}}"), "row_not_granted");
        await AssertRefusedAsync(await SendAsync(agency, HttpMethod.Post, "content", $"{{\"title\":\"x\",\"content_type\":\"blog\",\"property_id\":\"{RoleFixture.Theirs}\"}}"), "row_not_granted");
        await AssertRefusedAsync(await SendAsync(agency, HttpMethod.Post, "content", "{\"title\":\"x\",\"content_type\":\"blog\"}"), "row_not_granted");
        var taken = await SendAsync(agency, HttpMethod.Put, $"content/{theirs}", $"{{\"title\":\"x\",\"content_type\":\"blog\",\"property_id\":\"{RoleFixture.Mine}\"}}");
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        var bulk = await SendAsync(agency, HttpMethod.Post, "content/bulk", $"{{\"mode\":\"partial\",\"operations\":[{{\"operation\":\"update\",\"id\":\"{theirs}\",\"values\":{{\"title\":\"x\"}}}},{{\"operation\":\"delete\",\"id\":\"{theirs}\"}}]}}");
        Assert.Equal([404, 404], JsonNode.Parse(await bulk.Content.ReadAsStringAsync(Stop))!["results"]!.AsArray().Select(result => (int)result!["status"]!));
        var mixed = await SendAsync(agency, HttpMethod.Post, "content/bulk", new JsonObject
        {
            ["mode"] = "partial",
            ["operations"] = new JsonArray([.. new[] { RoleFixture.Mine, RoleFixture.Theirs }.Select(property => new JsonObject { ["operation"] = "create", ["values"] = new JsonObject { ["title"] = "by bulk", ["content_type"] = "blog", ["property_id"] = property } })]),
        }.ToJsonString());
        Assert.Equal([201, 403], JsonNode.Parse(await mixed.Content.ReadAsStringAsync(Stop))!["results"]!.AsArray().Select(result => (int)result!["status"]!));
        Assert.Equal("theirs lighthouse", await app.Product.QueryAsync<string>("select title from marketing.content where id = $1", theirs));

        // Errors name no table that the caller may not know.
        using var unknown = await SendAsync(agency, HttpMethod.Get, "segments");
        Assert.DoesNotContain("attribution", await unknown.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using var relation = await SendAsync(agency, HttpMethod.Get, "campaigns?select=id,attribution(id)");
        Assert.DoesNotContain("attribution!", await relation.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_claim_an_agency_sees_no_row()
    {
        var nobody = await app.ClientAsync(new ApiClientRequest("nobody", ["read"]) { Roles = ["agency"] });
        Assert.Empty((await JsonAsync(nobody, "content")).AsArray());
        var nonsense = await app.ClientAsync(new ApiClientRequest("nonsense", ["read"]) { Roles = ["agency"], Claims = "{\"property_ids\":[\"x' or true\",5]}" });
        Assert.Empty((await JsonAsync(nonsense, "content")).AsArray());
    }

    [Fact]
    public async Task Denied_columns_look_absent()
    {
        using var put = await app.Admin.PutAsJsonAsync("roles/titles", new { scopes = new[] { "read", "write" }, grants = new object[] { new { table = "content", action = "read", columns = new[] { "title", "status" } }, new { table = "content", action = "update", columns = new[] { "title" } } } }, Stop);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        var client = await app.ClientAsync(new ApiClientRequest("titles", ["read", "write"]) { Roles = ["titles"] });
        Assert.Equal(["id", "title", "status"], (await JsonAsync(client, "content?limit=1"))[0]!.AsObject().Select(member => member.Key));
        foreach (var query in new[] { "select=author", "author=eq.x", "order=author", "or=(author.is.null)", "select=author.max()", "select=x:author", "q=lighthouse" })
        {
            using var refused = await SendAsync(client, HttpMethod.Get, $"content?{query}");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.DoesNotContain("Columns: id, content_id", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
        var id = await app.Product.QueryAsync<Guid>("select id from marketing.content where title = 'published'");
        using var changed = await SendAsync(client, HttpMethod.Patch, $"content/{id}", "{\"title\":\"by titles\"}");
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var denied = await SendAsync(client, HttpMethod.Patch, $"content/{id}", "{\"status\":\"draft\"}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, denied.StatusCode);
        Assert.Contains("no column 'status'", await denied.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(client, HttpMethod.Post, "content", "{\"title\":\"x\",\"content_type\":\"blog\"}")).StatusCode);
    }

    [Fact]
    public async Task Benson_writes_drafts_and_publishes_nothing()
    {
        var benson = await app.ClientAsync(RoleFixture.Request("benson"));
        using var draft = await SendAsync(benson, HttpMethod.Post, "content", "{\"title\":\"by benson\",\"content_type\":\"blog\",\"status\":\"draft\"}");
        Assert.Equal(HttpStatusCode.Created, draft.StatusCode);
        var id = (string)JsonNode.Parse(await draft.Content.ReadAsStringAsync(Stop))!["id"]!;
        await AssertRefusedAsync(await SendAsync(benson, HttpMethod.Patch, $"content/{id}", "{\"status\":\"published\"}"), "row_not_granted");
        await AssertRefusedAsync(await SendAsync(benson, HttpMethod.Post, "content", "{\"title\":\"x\",\"content_type\":\"blog\",\"status\":\"published\"}"), "row_not_granted");
        using var published = await SendAsync(app.Admin, HttpMethod.Patch, $"content/{id}", "{\"status\":\"published\"}");
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(benson, HttpMethod.Patch, $"content/{id}", "{\"title\":\"x\"}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(benson, HttpMethod.Post, $"social_posts/{Guid.NewGuid()}/approval", "{}")).StatusCode);
    }

    [Fact]
    public async Task Nobody_approves_an_ai_generated_post_of_their_own()
    {
        var agent = await app.ClientAsync(new ApiClientRequest("approver", ["read", "write", "approve"]) { Roles = ["member"] });
        var account = await app.Product.QueryAsync<Guid>("select id from marketing.social_accounts limit 1");
        using var made = await SendAsync(agent, HttpMethod.Post, "social_posts", $"{{\"account_id\":\"{account}\",\"caption\":\"ai\",\"post_type\":\"post\",\"ai_generated\":true}}");
        var id = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Stop))!["id"]!;
        await AssertRefusedAsync(await SendAsync(agent, HttpMethod.Post, $"social_posts/{id}/approval", "{}"), "own_work");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(agent, HttpMethod.Post, $"social_posts/{id}/approval", "{\"decision\":\"rejected\"}")).StatusCode);
        var aura = await app.ClientAsync(RoleFixture.Request("aura"));
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(aura, HttpMethod.Post, $"social_posts/{id}/approval", "{}")).StatusCode);
    }

    [Theory]
    [InlineData("{\"grants\":[{\"table\":\"contents\",\"action\":\"read\"}]}", "There is no table contents")]
    [InlineData("{\"grants\":[{\"table\":\"content\",\"action\":\"look\"}]}", "action is read")]
    [InlineData("{\"grants\":[{\"table\":\"content\",\"action\":\"read\",\"columns\":[\"titel\"]}]}", "no column titel")]
    [InlineData("{\"grants\":[{\"table\":\"content\",\"action\":\"read\",\"row_filter\":\"titel=eq.x\"}]}", "Did you mean 'title'")]
    [InlineData("{\"grants\":[{\"table\":\"content\",\"action\":\"read\",\"rows\":\"x\"}]}", "row_filter and check")]
    [InlineData("{\"scopes\":[\"god\"]}", "some of read")]
    public async Task A_wrong_role_is_refused_with_what_to_change(string body, string says)
    {
        using var response = await SendAsync(app.Admin, HttpMethod.Put, "roles/wrong", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains(says, await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, string code)
    {
        var body = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{(int)response.StatusCode} {body}");
        Assert.EndsWith($":{code}", (string)JsonNode.Parse(body)!["type"]!, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> JsonAsync(HttpClient client, string path)
    {
        using var response = await SendAsync(client, HttpMethod.Get, path);
        var body = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {body}");
        return JsonNode.Parse(body)!;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null, string? prefer = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.SendAsync(request, Stop);
    }
}
