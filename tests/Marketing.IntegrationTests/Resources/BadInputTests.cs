using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Resources;

public sealed class BadInputTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{\"title\":\"x\",", 400, "malformed_json", "line 1")]
    [InlineData("[1]", 400, "not_rows", "one JSON object")]
    [InlineData("[{\"title\":\"x\",\"content_type\":\"blog\"},{\"title\":\"x\",\"content_typ\":\"blog\"}]", 422, "invalid_rows", "Did you mean 'content_type'?")]
    [InlineData("{\"title\":\"a\",\"title\":\"b\",\"content_type\":\"blog\"}", 400, "malformed_json", "once")]
    [InlineData("{\"titl\\ud800\":\"a\",\"content_type\":\"blog\"}", 400, "malformed_json", "no character")]
    [InlineData("{\"content_type\":\"blog\"}", 422, "invalid_row", "title is required")]
    [InlineData("{\"title\":\"\",\"content_type\":\"blog\"}", 422, "invalid_row", "cannot be empty")]
    [InlineData("{\"title\":5,\"content_type\":\"blog\"}", 422, "invalid_row", "title must be a text")]
    [InlineData("{\"title\":\"x\",\"content_type\":\"novel\"}", 422, "invalid_row", "one of blog, social, email")]
    [InlineData("{\"title\":\"x\",\"content_type\":\"blog\",\"colour\":\"red\"}", 422, "invalid_row", "no column 'colour'")]
    [InlineData("{\"title\":\"x\",\"content_type\":\"blog\",\"id\":\"01938c1e-5a3b-7c4d-8e9f-0123456789ab\"}", 422, "invalid_row", "written by the product")]
    [InlineData("{\"title\":\"x\",\"content_type\":\"blog\",\"property_id\":\"casa\"}", 422, "invalid_row", "uuid")]
    [InlineData("{\"title\":\"x\",\"content_type\":\"blog\",\"published_at\":\"2026-11-24T10:00:00\"}", 422, "invalid_row", "with its zone")]
    [InlineData("{\"title\":\"x\",\"content_type\":\"blog\",\"performance_score\":1000.5}", 422, "invalid_row", "digits")]
    [InlineData("{\"title\":\"x\\u0000y\",\"content_type\":\"blog\"}", 422, "invalid_row", "U+0000")]
    [InlineData("{\"title\":\"x\\ud800\",\"content_type\":\"blog\"}", 422, "invalid_row", "title must be")]
    [InlineData("{\"title\":\"x\",\"content_type\":\"blog\",\"tags\":\"beach\"}", 422, "invalid_row", "list of texts")]
    [InlineData("{\"title\":\"x\",\"content_type\":\"blog\",\"template_id\":\"01938c1e-5a3b-7c4d-8e9f-0123456789ab\"}", 422, null, "template_id")]
    public async Task A_wrong_row_is_refused_with_what_to_change(string body, int status, string? code, string says)
    {
        var before = await app.Product.QueryAsync<long>("select count(*) from marketing.content");
        using var response = await app.Admin.PostAsync("content", new StringContent(body, Encoding.UTF8, "application/json"), Stop);
        await AssertProblemAsync(response, status, code, says);
        Assert.Equal(before, await app.Product.QueryAsync<long>("select count(*) from marketing.content"));
    }

    [Theory]
    [InlineData("application/json", "{\"titl\u00e9\":1}")]
    [InlineData("application/json", "{\"title\":\"caf\u00e9\",\"content_type\":\"blog\"}")]
    [InlineData("text/csv", "title,content_type\ncaf\u00e9,blog\n")]
    [InlineData("application/x-ndjson", "{\"title\":\"caf\u00e9\",\"content_type\":\"blog\"}\n")]
    public async Task Text_in_another_encoding_is_refused_before_a_letter_is_lost(string type, string body)
    {
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var response = await app.Admin.PostAsync("content", content, Stop);
        await AssertProblemAsync(response, 400, "not_utf8", "UTF-8");
    }

    [Theory]
    [InlineData("content?colour=eq.red", "invalid_query", "no column 'colour'")]
    [InlineData("content?title=about.x", "invalid_filter", "no operator")]
    [InlineData("content?title=x", "invalid_filter", "title=operator.value")]
    [InlineData("content?version=eq.one", "invalid_filter", "no integer")]
    [InlineData("content?id=eq.1", "invalid_filter", "no uuid")]
    [InlineData("content?version=like.1*", "invalid_filter", "text columns")]
    [InlineData("content?limit=10001", "invalid_query", "at most 10000")]
    [InlineData("content?limit=ten", "invalid_query", "whole number")]
    [InlineData("content?titel=eq.x", "invalid_query", "Did you mean 'title'?")]
    [InlineData("content?or=(title.eq.x", "invalid_filter", "brackets")]
    [InlineData("content?or=(title)", "invalid_filter", "no condition")]
    [InlineData("content?select=title,nothing(id)", "invalid_query", "no relation 'nothing'")]
    [InlineData("audit?select=action,clients(name)", "invalid_query", "no relation 'clients'")]
    [InlineData("attribution?select=id,campaigns(id)", "invalid_query", "campaigns!first_touch_campaign_id")]
    [InlineData("content?select=title,title:author", "invalid_query", "alias")]
    [InlineData("content?select=title::money", "invalid_query", "no type to cast to")]
    [InlineData("content?select=title->x", "invalid_query", "jsonb columns only")]
    [InlineData("content?title=fts(klingon).x", "invalid_filter", "configuration")]
    [InlineData("content?versions.version_number=eq.1", "invalid_query", "no relation that select names")]
    [InlineData("content?order=title.up", "invalid_query", ".asc or .desc")]
    [InlineData("content?order=title,title", "invalid_query", "once")]
    [InlineData("content?select=id,password", "invalid_query", "no column 'password'")]
    [InlineData("content?cursor=abc", "invalid_cursor", "Link header")]
    [InlineData("content?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "invalid_cursor", "Link header")]
    [InlineData("content?title=like.%5C", "invalid_value", "backslash")]
    [InlineData("content?title;drop table marketing.content=eq.1", "invalid_query", "no column")]
    [InlineData("content/CON-1x", "invalid_id", "CON-010001")]
    [InlineData("content/'; drop table marketing.content; --", "invalid_id", "uuid")]
    public async Task A_wrong_query_is_refused_with_what_to_change(string path, string code, string says)
    {
        await app.CreateAsync("content", new { title = "to be found", content_type = "blog" });
        using var response = await app.Admin.GetAsync(path, Stop);
        await AssertProblemAsync(response, 400, code, says);
    }

    [Theory]
    [InlineData("title=eq.' or '1'='1")]
    [InlineData("title=in.(\"');drop table marketing.content;--\")")]
    [InlineData("title=ilike.*%25'_\\\\*")]
    [InlineData("tags=cs.{\"a'b\",\"c\\\"d\"}")]
    public async Task Sql_characters_in_values_are_only_values(string filter)
    {
        Assert.Empty((await app.GetAsync($"content?{filter}")).AsArray());
    }

    [Fact]
    public async Task Names_of_every_kind_are_kept_as_they_are()
    {
        foreach (var title in new[] { "../../etc/passwd", "O'Neill \"quoted\"", "🌊 praia 👨‍👩‍👧", new string('x', 1024), "<script>alert(1)</script>" })
        {
            var row = await app.CreateAsync("content", new { title, content_type = "blog" });
            Assert.Equal(title, (string)row["title"]!);
            var found = await app.GetAsync($"content?title=eq.{Uri.EscapeDataString(title)}");
            Assert.Contains(found.AsArray(), hit => (string)hit!["id"]! == (string)row["id"]!);
        }
    }

    [Fact]
    public async Task A_tampered_cursor_is_refused()
    {
        for (var i = 0; i < 3; i++) await app.CreateAsync("segments", new { segment_name = $"Cursor {i}" });
        using var page = await app.Admin.GetAsync("segments?limit=1", Stop);
        var next = page.Link("next")!;
        using var otherOrder = await app.Admin.GetAsync($"{next}&order=segment_name", Stop);
        await AssertProblemAsync(otherOrder, 400, "invalid_cursor", "order");
        using var altered = await app.Admin.GetAsync(next[..^4] + "AAAA", Stop);
        await AssertProblemAsync(altered, 400, "invalid_cursor", "Link header");
    }

    [Fact]
    public async Task Body_size_and_content_type_are_limited()
    {
        using var large = await app.Admin.PatchAsync($"content/{Guid.NewGuid()}", new StringContent($"{{\"title\":\"{new string('x', 1_100_000)}\"}}", Encoding.UTF8, "application/json"), Stop);
        await AssertProblemAsync(large, 413, "body_too_large", "1048576");
        using var text = await app.Admin.PostAsync("content", new StringContent("title=x", Encoding.UTF8, "application/x-www-form-urlencoded"), Stop);
        await AssertProblemAsync(text, 415, "unsupported_media_type", "application/json");
        using var put = await app.Admin.PostAsync($"content/{Guid.NewGuid()}", new StringContent("{}", Encoding.UTF8, "application/json"), Stop);
        await AssertProblemAsync(put, 405, "method_not_allowed", "GET");
    }

    [Fact]
    public async Task Duplicates_and_unknown_references_name_their_columns()
    {
        var site = await app.CreateAsync("websites", new { website_name = "Duplicates" });
        await app.CreateAsync("website_pages", new { website_id = (string)site["id"]!, page_path = "/a", page_title = "A" });
        using var duplicate = await PostAsync("website_pages", $"{{\"website_id\":\"{site["id"]}\",\"page_path\":\"/a\",\"page_title\":\"B\"}}");
        var problem = await AssertProblemAsync(duplicate, 409, "unique_violation", "website_id, page_path");
        Assert.Equal(["website_id", "page_path"], problem["errors"]!.AsArray().Select(error => (string)error!["field"]!));
        using var orphan = await PostAsync("website_pages", $"{{\"website_id\":\"{Guid.NewGuid()}\",\"page_path\":\"/b\",\"page_title\":\"B\"}}");
        await AssertProblemAsync(orphan, 422, "foreign_key_violation", "website_id");
        using var property = await PostAsync("websites", $"{{\"website_name\":\"x\",\"property_id\":\"{Guid.NewGuid()}\"}}");
        await AssertProblemAsync(property, 422, "foreign_key_violation", "property_id");
        using var unknown = await app.Admin.GetAsync("content/CON-999999", Stop);
        await AssertProblemAsync(unknown, 404, "not_found", "CON-999999");
    }

    [Fact]
    public async Task Keys_and_scopes_are_demanded()
    {
        using var anonymous = app.AnonymousClient();
        using var noKey = await anonymous.GetAsync("content", Stop);
        await AssertProblemAsync(noKey, 401, "missing_key", "mkt_");
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "content");
        wrong.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "mkt_" + new string('A', 43));
        using var wrongKey = await anonymous.SendAsync(wrong, Stop);
        await AssertProblemAsync(wrongKey, 401, "invalid_key", "not valid");

        using var reader = await app.ClientAsync("read");
        using var read = await reader.GetAsync("content", Stop);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var write = await reader.PostAsync("content", new StringContent("{}", Encoding.UTF8, "application/json"), Stop);
        await AssertProblemAsync(write, 403, "missing_scope", "write");
        using var writer = await app.ClientAsync("read", "write");
        using var reference = await writer.PostAsync("ref_content_types", new StringContent("{}", Encoding.UTF8, "application/json"), Stop);
        await AssertProblemAsync(reference, 403, "missing_scope", "admin");
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) => app.Admin.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Stop);

    private static async Task<JsonObject> AssertProblemAsync(HttpResponseMessage response, int status, string? code, string says)
    {
        var body = await response.Content.ReadAsStringAsync(Stop);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = JsonNode.Parse(body)!.AsObject();
        if (code is not null) Assert.Equal($"urn:marketing:problem:{code}", (string)problem["type"]!);
        Assert.Equal((string)problem["detail"]!, (string)problem["message"]!);
        Assert.Contains(says, body.Replace("\\u0022", "\"", StringComparison.Ordinal).Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        return problem;
    }
}
