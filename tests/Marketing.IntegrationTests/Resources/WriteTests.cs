using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Resources;

/// <summary>Writes that can be repeated, taken together, tried out, patched, and told apart.</summary>
public sealed class WriteTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_idempotency_key_writes_once_and_answers_the_same()
    {
        const string body = "{\"segment_name\":\"once\"}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SendAsync(HttpMethod.Post, "segments", body, ("Idempotency-Key", "k1"))));
        var bodies = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync(Stop)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Single(bodies.Distinct());
        Assert.Single(answers.Select(answer => answer.Headers.ETag).Distinct());
        Assert.Equal(49, answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.segments where segment_name = 'once'"));

        using var other = await SendAsync(HttpMethod.Post, "segments", "{\"segment_name\":\"twice\"}", ("Idempotency-Key", "k1"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Contains("idempotency_key_reused", await other.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);

        // A refused request leaves the key free for the corrected one.
        using var wrong = await SendAsync(HttpMethod.Post, "segments", "{\"segment\":\"x\"}", ("Idempotency-Key", "k2"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using var right = await SendAsync(HttpMethod.Post, "segments", "{\"segment_name\":\"corrected\"}", ("Idempotency-Key", "k2"));
        Assert.Equal(HttpStatusCode.Created, right.StatusCode);
        using var deleted = await SendAsync(HttpMethod.Delete, "segments?segment_name=eq.corrected", null, ("Idempotency-Key", "k3"));
        using var repeated = await SendAsync(HttpMethod.Delete, "segments?segment_name=eq.corrected", null, ("Idempotency-Key", "k3"));
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (deleted.StatusCode, repeated.StatusCode));
    }

    [Fact]
    public async Task Partial_bulk_does_what_can_be_done_and_tells_each_result()
    {
        var site = (string)(await app.CreateAsync("websites", new { website_name = "Bulk" }))["id"]!;
        var page = await app.CreateAsync("website_pages", new { website_id = site, page_path = "/taken", page_title = "Taken" });
        var operations = new JsonArray(
            Operation("create", new { website_id = site, page_path = "/new", page_title = "New" }),
            Operation("create", new { website_id = site, page_path = "/taken", page_title = "Duplicate" }),
            Operation("create", new { website_id = Guid.NewGuid(), page_path = "/x", page_title = "Orphan" }),
            Operation("create", new { page_titel = "Wrong" }),
            Operation("upsert", new { website_id = site, page_path = "/taken", page_title = "Merged" }),
            Operation("update", new { page_title = "x" }, Guid.NewGuid().ToString()),
            Operation("delete", null, (string)page["id"]!, "\"1\""));
        var request = new JsonObject { ["mode"] = "partial", ["on_conflict"] = "website_id,page_path", ["operations"] = operations };
        using var response = await SendAsync(HttpMethod.Post, "website_pages/bulk", request.ToJsonString());
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
        Assert.Equal([201, 409, 422, 422, 200, 404, 422], answer["results"]!.AsArray().Select(result => (int)result!["status"]!));
        Assert.Equal((2, 5), ((int)answer["succeeded"]!, (int)answer["failed"]!));
        Assert.Equal(["/new:New", "/taken:Merged"], await app.Product.QueryAsync<string[]>("select array_agg(page_path || ':' || page_title order by page_path) from marketing.website_pages where website_id = $1", Guid.Parse(site)));

        request["mode"] = "atomic";
        ((JsonArray)request["operations"]!)[0]!["values"]!["page_path"] = "/newer";
        using var atomic = await SendAsync(HttpMethod.Post, "website_pages/bulk", request.ToJsonString());
        Assert.False(atomic.IsSuccessStatusCode);
        Assert.Equal(2L, await app.Product.QueryAsync<long>("select count(*) from marketing.website_pages where website_id = $1", Guid.Parse(site)));
    }

    [Fact]
    public async Task A_row_that_is_stored_after_others_were_taken_back_went_through_its_rules_once()
    {
        var operations = new JsonArray([.. Enumerable.Range(0, 5).Select(n => Operation("create", n == 3
            ? new { platform = "instagram", account_name = "sealed 3", access_token = "token 3", property_id = (Guid?)Guid.NewGuid() }
            : new { platform = "instagram", account_name = $"sealed {n}", access_token = $"token {n}", property_id = (Guid?)null }))]);
        using var response = await SendAsync(HttpMethod.Post, "social_accounts/bulk", new JsonObject { ["mode"] = "partial", ["operations"] = operations }.ToJsonString());
        Assert.Equal([201, 201, 201, 422, 201], JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["results"]!.AsArray().Select(result => (int)result!["status"]!));
        var vault = app.Product.Services.GetRequiredService<TokenVault>();
        foreach (var n in new[] { 0, 1, 2, 4 })
        {
            var id = await app.Product.QueryAsync<Guid>("select id from marketing.social_accounts where account_name = $1", $"sealed {n}");
            var stored = await app.Product.QueryAsync<string>("select access_token from marketing.social_accounts where id = $1", id);
            Assert.Equal($"token {n}", vault.Open(stored, "social_accounts", "access_token", id));
        }
    }

    [Fact]
    public async Task Ten_thousand_rows_are_written_together_with_history_and_audit()
    {
        var rows = new JsonArray([.. Enumerable.Range(0, 10_000).Select(n => new JsonObject { ["title"] = $"Mass {n}", ["content_type"] = "blog", ["author"] = "mass" })]);
        using var response = await SendAsync(HttpMethod.Post, "content", rows.ToJsonString());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(10_000L, await app.Product.QueryAsync<long>("select count(*) from marketing.content c join marketing.content_versions v on v.content_id = c.id join marketing_ops.audit_log a on a.row_id = c.id where c.author = 'mass'"));
        rows.Add(new JsonObject { ["title"] = "one more", ["content_type"] = "blog" });
        using var tooMany = await SendAsync(HttpMethod.Post, "content", rows.ToJsonString());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooMany.StatusCode);

        using var csv = new HttpRequestMessage(HttpMethod.Get, "content?author=eq.mass&select=title");
        csv.Headers.Add("Accept", "text/csv");
        using var exported = await app.Admin.SendAsync(csv, Stop);
        Assert.Equal(10_001, (await exported.Content.ReadAsStringAsync(Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Csv_comes_in_with_bom_quotes_nulls_and_arrays()
    {
        const string csv = "\uFEFFtitle,content_type,tags,excerpt,published_at,status\r\n\"Commas, and \"\"quotes\"\"\",blog,\"{sea,\"\"deep blue\"\"}\",,2026-11-24 09:30:00+01,published\r\n\"Two\nlines\",social,{},text,,\r\n";
        using var request = new HttpRequestMessage(HttpMethod.Post, "content?select=title,tags,excerpt,published_at,status") { Content = new StringContent(csv, Encoding.UTF8, "text/csv") };
        request.Headers.Add("Prefer", "return=representation");
        using var response = await app.Admin.SendAsync(request, Stop);
        var rows = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!.AsArray();
        Assert.Equal("""[{"title":"Commas, and \u0022quotes\u0022","tags":["sea","deep blue"],"excerpt":null,"published_at":"2026-11-24T08:30:00\u002B00:00","status":"published"},{"title":"Two\nlines","tags":[],"excerpt":"text","published_at":null,"status":null}]""", rows.ToJsonString());
        using var uneven = await app.Admin.PostAsync("content", new StringContent("title,content_type\na,blog,x\n", Encoding.UTF8, "text/csv"), Stop);
        Assert.Contains("Line 2 has 3 fields", await uneven.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_runs_every_check_and_stores_nothing()
    {
        var row = await app.CreateAsync("segments", new { segment_name = "dry" });
        foreach (var (method, path, body) in new[]
                 {
                     (HttpMethod.Post, "segments", "{\"segment_name\":\"dry 2\"}"), (HttpMethod.Patch, $"segments/{row["id"]}", "{\"segment_name\":\"dry 3\"}"),
                     (HttpMethod.Put, $"segments/{Guid.NewGuid()}", "{\"segment_name\":\"dry 4\"}"), (HttpMethod.Delete, "segments?segment_name=eq.dry", null), (HttpMethod.Delete, $"segments/{row["id"]}", (string?)null),
                 })
        {
            using var response = await SendAsync(method, path, body, ("Prefer", "tx=rollback"));
            Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {await response.Content.ReadAsStringAsync(Stop)}");
            Assert.Equal("tx=rollback", response.Headers.GetValues("Preference-Applied").Single());
        }
        using var refused = await SendAsync(HttpMethod.Post, "content", "{\"title\":\"x\",\"content_type\":\"blog\",\"published_at\":\"2026-11-24T00:00:00Z\"}", ("Prefer", "tx=rollback"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(["dry"], await app.Product.QueryAsync<string[]>("select array_agg(segment_name) from marketing.segments where segment_name like 'dry%'"));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where table_name = 'segments' and row_id = $1", Guid.Parse((string)row["id"]!)));
    }

    [Fact]
    public async Task Merge_patch_and_json_patch_reach_into_json()
    {
        var row = await app.CreateAsync("campaigns", new { campaign_name = "patched", campaign_type = "email", target_metrics = new { all = new[] { new { field = "country", value = "DE" } }, note = "x" } });
        var path = $"campaigns/{row["id"]}";
        using var merge = await SendAsync(HttpMethod.Patch, path, "{\"target_metrics\":{\"note\":null,\"limit\":{\"days\":30}},\"goal\":\"merged\"}", ("Content-Type", "application/merge-patch+json"));
        Assert.Equal("{\"all\":[{\"field\":\"country\",\"value\":\"DE\"}],\"limit\":{\"days\":30}}", Sorted((await BodyAsync(merge))["target_metrics"]!));
        using var patch = await SendAsync(HttpMethod.Patch, path, "[{\"op\":\"test\",\"path\":\"/goal\",\"value\":\"merged\"},{\"op\":\"add\",\"path\":\"/target_metrics/all/-\",\"value\":{\"field\":\"nights\",\"value\":3}},{\"op\":\"remove\",\"path\":\"/target_metrics/limit\"},{\"op\":\"replace\",\"path\":\"/campaign_name\",\"value\":\"patched twice\"}]", ("Content-Type", "application/json-patch+json"));
        var patched = await BodyAsync(patch);
        Assert.Equal("patched twice", (string)patched["campaign_name"]!);
        Assert.Equal(2, patched["target_metrics"]!["all"]!.AsArray().Count);
        using var failed = await SendAsync(HttpMethod.Patch, path, "[{\"op\":\"test\",\"path\":\"/goal\",\"value\":\"other\"},{\"op\":\"remove\",\"path\":\"/target_metrics\"}]", ("Content-Type", "application/json-patch+json"));
        Assert.Equal(HttpStatusCode.Conflict, failed.StatusCode);
        using var nowhere = await SendAsync(HttpMethod.Patch, path, "[{\"op\":\"replace\",\"path\":\"/target_metrics/none/deep\",\"value\":1}]", ("Content-Type", "application/json-patch+json"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nowhere.StatusCode);
        using var readOnly = await SendAsync(HttpMethod.Patch, path, "[{\"op\":\"replace\",\"path\":\"/campaign_id\",\"value\":\"CMP-1\"}]", ("Content-Type", "application/json-patch+json"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, readOnly.StatusCode);
    }

    [Fact]
    public async Task Put_replaces_a_whole_row_or_makes_it()
    {
        var id = Guid.CreateVersion7();
        using var made = await SendAsync(HttpMethod.Put, $"segments/{id}", "{\"segment_name\":\"put\",\"description\":\"first\"}");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var replaced = await SendAsync(HttpMethod.Put, $"segments?id=eq.{id}", "{\"segment_name\":\"put again\"}");
        var row = await BodyAsync(replaced);
        Assert.Equal(("put again", null, (string)row["segment_id"]!), ((string)row["segment_name"]!, (string?)row["description"], (string)row["segment_id"]!));
        using var byBusinessId = await SendAsync(HttpMethod.Put, $"segments/{row["segment_id"]}", "{\"segment_name\":\"put third\"}");
        Assert.Equal(HttpStatusCode.OK, byBusinessId.StatusCode);
        using var unknown = await SendAsync(HttpMethod.Put, "segments/SEG-999999", "{\"segment_name\":\"x\"}");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var other = await SendAsync(HttpMethod.Put, $"segments/{id}", $"{{\"id\":\"{Guid.NewGuid()}\",\"segment_name\":\"x\"}}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Fact]
    public async Task A_table_that_demands_a_precondition_gets_one()
    {
        var property = await app.Product.QueryAsync<Guid>("select id from property.properties limit 1");
        using var made = await SendAsync(HttpMethod.Post, "content_strategy", $"{{\"property_id\":\"{property}\",\"strategy_name\":\"x\"}}");
        var id = (await BodyAsync(made))["id"]!;
        using var blind = await SendAsync(HttpMethod.Patch, $"content_strategy/{id}", "{\"strategy_name\":\"y\"}");
        Assert.Equal((HttpStatusCode)428, blind.StatusCode);
        using var seeing = await SendAsync(HttpMethod.Patch, $"content_strategy/{id}", "{\"strategy_name\":\"y\"}", ("If-Match", made.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.OK, seeing.StatusCode);
    }

    [Fact]
    public async Task Upserts_at_once_make_one_row()
    {
        var site = (string)(await app.CreateAsync("websites", new { website_name = "Race" }))["id"]!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => SendAsync(HttpMethod.Post, "website_pages?on_conflict=website_id,page_path", $"{{\"website_id\":\"{site}\",\"page_path\":\"/race\",\"page_title\":\"{n}\"}}", ("Prefer", "resolution=merge-duplicates"))));
        Assert.All(answers, answer => Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}"));
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.website_pages where website_id = $1", Guid.Parse(site)));
        using var columns = await SendAsync(HttpMethod.Post, "website_pages?on_conflict=page_title", "{}", ("Prefer", "resolution=merge-duplicates"));
        Assert.Contains("42P10", await columns.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_ranks_forgives_typos_and_marks_what_it_found()
    {
        await app.CreateAsync("content", new { title = "Sunset at the <b>lighthouse</b>", content_type = "blog", content_body = "Walk to the harbour." });
        await app.CreateAsync("content", new { title = "Harbour food", content_type = "blog", excerpt = "Near the lighthouse" });
        var found = (await app.GetAsync("content?q=lighthouse&select=title")).AsArray();
        Assert.Equal(["Sunset at the <b>lighthouse</b>", "Harbour food"], found.Select(row => (string)row!["title"]!));
        var fragment = (string)found[0]!["search"]!["fragments"]!["title"]!;
        Assert.Contains("<mark>lighthouse</mark>", fragment, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", fragment, StringComparison.Ordinal);
        Assert.Equal(2, (await app.GetAsync("content?q=lighthuose&select=title")).AsArray().Count);
        using var changed = await SendAsync(HttpMethod.Patch, "content?title=eq.Harbour food", "{\"excerpt\":\"Fish\"}");
        Assert.Single((await app.GetAsync("content?q=lighthouse&select=title")).AsArray());
        using var deleted = await SendAsync(HttpMethod.Delete, "content?title=like.Sunset*", null);
        Assert.Empty((await app.GetAsync("content?q=lighthouse&select=title")).AsArray());
    }

    [Fact]
    public async Task The_audit_log_tells_who_on_whose_behalf_did_what()
    {
        using var made = await SendAsync(HttpMethod.Post, "social_accounts", "{\"platform\":\"instagram\",\"account_name\":\"audited\",\"access_token\":\"very-secret-token\"}", ("On-Behalf-Of", "Ana"));
        var id = (await BodyAsync(made))["id"]!;
        var entry = (await app.GetAsync($"audit?row_id=eq.{id}&select=actor,on_behalf_of,action,table_name,changes,request_id")).AsArray().Single()!;
        Assert.Equal(("Ana", "create", "social_accounts"), ((string)entry["on_behalf_of"]!, (string)entry["action"]!, (string)entry["table_name"]!));
        Assert.Equal("[redacted]", (string)entry["changes"]!["access_token"]!["to"]!);
        Assert.NotNull(entry["request_id"]);
        using var reader = await app.ClientAsync("read");
        using var refused = await reader.GetAsync("audit", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task A_caller_that_goes_away_takes_its_statement_along()
    {
        var id = Guid.Parse((string)(await app.CreateAsync("segments", new { segment_name = "held" }))["id"]!);
        await using var holder = await app.Product.Database.OpenConnectionAsync(Stop);
        await using var transaction = await holder.BeginTransactionAsync(Stop);
        await using (var hold = new Npgsql.NpgsqlCommand("select from marketing.segments where id = $1 for update", holder) { Parameters = { new() { Value = id } } }) await hold.ExecuteNonQueryAsync(Stop);

        const string waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%for update of%'";
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using var content = new StringContent("{\"segment_name\":\"late\"}", Encoding.UTF8, "application/json");
        var asking = app.Admin.PatchAsync($"segments/{id}", content, gone.Token);
        await Eventually.BecomesAsync(() => app.Product.QueryAsync<long>(waiting), found => found == 1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Eventually.BecomesAsync(() => app.Product.QueryAsync<long>(waiting), found => found == 0, TimeSpan.FromSeconds(10));
        await transaction.RollbackAsync(Stop);
        Assert.Equal("held", (string)(await app.GetAsync($"segments/{id}"))["segment_name"]!);
    }

    private static JsonObject Operation(string kind, object? values, string? id = null, string? ifMatch = null)
    {
        var operation = new JsonObject { ["operation"] = kind };
        if (values is not null) operation["values"] = System.Text.Json.JsonSerializer.SerializeToNode(values);
        if (id is not null) operation["id"] = id;
        if (ifMatch is not null) operation["if_match"] = ifMatch;
        return operation;
    }

    private static string Sorted(JsonNode node) => new JsonObject(node.AsObject().OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString();

    private static async Task<JsonObject> BodyAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {body}");
        return JsonNode.Parse(body)!.AsObject();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        var type = headers.FirstOrDefault(header => header.Name == "Content-Type").Value ?? "application/json";
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, type);
        foreach (var (name, value) in headers.Where(header => header.Name != "Content-Type")) request.Headers.TryAddWithoutValidation(name, value);
        return await app.Admin.SendAsync(request, Stop);
    }
}
