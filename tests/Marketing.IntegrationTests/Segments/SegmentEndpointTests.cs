using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Segments;

public sealed class SegmentEndpointTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private const string German = """{"field":"country","op":"eq","value":"DE"}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_preview_counts_and_explains_a_refresh_makes_members_and_says_how_it_went()
    {
        var germans = await app.Product.QueryAsync<long>("select count(*) from directory.contacts where country = 'DE'");
        var contact = await app.Product.QueryAsync<Guid>("select id from directory.contacts where country = 'DE' order by id limit 1");
        var preview = await SendAsync(HttpMethod.Post, "segments/preview", $$"""{"criteria":{"all":[{{German}},{"field":"stays","op":"lt","value":1000}]},"contact_id":"{{contact}}"}""", HttpStatusCode.OK);
        Assert.Equal(germans, (long)preview["count"]!);
        Assert.Equal(10, preview["examples"]!.AsArray().Count);
        Assert.True((bool)preview["contact"]!["matches"]!);
        Assert.Equal(["criteria.all[0]", "criteria.all[1]"], preview["contact"]!["clauses"]!.AsArray().Select(clause => (string)clause!["path"]!));
        Assert.Contains("criteria.value", (await SendAsync(HttpMethod.Post, "segments/preview", """{"criteria":{"field":"stays","op":"eq","value":"\ud800"}}""", HttpStatusCode.UnprocessableEntity)).ToJsonString(), StringComparison.Ordinal);
        await SendAsync(HttpMethod.Post, "segments/preview", """{"criteria":{"segment":"SEG-999999"}}""", HttpStatusCode.UnprocessableEntity);
        await SendAsync(HttpMethod.Post, "segments/preview", $$"""{"criteria":{{German}},"contact_id":"{{Guid.NewGuid()}}"}""", HttpStatusCode.NotFound);

        var segment = await CreateAsync(German);
        Assert.Equal(0, (int)segment["member_count"]!);
        using (var never = await app.Admin.GetAsync($"segments/{segment["segment_id"]}/refresh", Stop)) Assert.Equal(HttpStatusCode.NotFound, never.StatusCode);
        var refreshed = await SendAsync(HttpMethod.Post, $"segments/{segment["segment_id"]}/refresh", null, HttpStatusCode.OK);
        Assert.Equal($$"""{"member_count":{{germans}},"added":{{germans}},"removed":0,"kind":"full"}""", refreshed.ToJsonString());
        await SendAsync(HttpMethod.Post, $"segments/{segment["id"]}/refresh?kind=some", null, HttpStatusCode.BadRequest);
        var state = await app.GetAsync($"segments/{segment["id"]}/refresh");
        Assert.Equal(("full", germans), ((string)state["kind"]!, (long)state["added"]!));
        var stored = await app.GetAsync($"segments/{segment["id"]}");
        Assert.Equal(germans, (long)stored["member_count"]!);
        Assert.NotNull(stored["last_calculated_at"]);
        var why = await app.GetAsync($"segments/{segment["id"]}/contacts/{contact}/explain");
        Assert.True((bool)why["matches"]!);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.segment_growth where segment_id = $1", Guid.Parse((string)segment["id"]!)));
    }

    [Theory]
    [InlineData("""{"all":[{"field":"shoe_size","op":"eq","value":3}]}""", "criteria.all[0].field", "unknown_field")]
    [InlineData("""{"field":"stays","op":"contains","value":3}""", "criteria.op", "not_allowed")]
    [InlineData("""{"field":"stays","op":"gte","value":"3"}""", "criteria.value", "wrong_type")]
    [InlineData("""{"segment":"SEG-999999"}""", "criteria.segment", "unknown_segment")]
    [InlineData("""{"performed":{"event":"opened","campaign":"CMP-999999"}}""", "criteria.performed.campaign", "unknown_campaign")]
    [InlineData("""{"rules":[]}""", "criteria", "unknown_clause")]
    public async Task Criteria_are_checked_when_a_segment_is_saved(string criteria, string field, string code)
    {
        var refused = await SendAsync(HttpMethod.Post, "segments", $$"""{"segment_name":"Wrong","segment_type":"dynamic","criteria":{{criteria}}}""", HttpStatusCode.UnprocessableEntity);
        Assert.Equal((field, code), ((string)refused["errors"]![0]!["field"]!, (string)refused["errors"]![0]!["code"]!));
        Assert.True(((string)refused["errors"]![0]!["message"]!).Length > 20);
        var segment = await CreateAsync(German);
        await SendAsync(HttpMethod.Patch, $"segments/{segment["id"]}", $$"""{"criteria":{{criteria}}}""", HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Trees_too_deep_too_wide_or_too_long_are_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"not\":", 30)) + German + new string('}', 30);
        var wide = $$"""{"any":[{{string.Join(',', Enumerable.Repeat(German, 201))}}]}""";
        var sets = $$$"""{"any":[{{{string.Join(',', Enumerable.Repeat("{\"performed\":{\"event\":\"opened\"}}", 70))}}}]}""";
        var clause = $$"""{"field":"country","op":"in","value":["{{new string('x', 490)}}","{{new string('y', 490)}}"]}""";
        var longer = $$"""{"any":[{{string.Join(',', Enumerable.Repeat(clause, 150))}}]}""";
        foreach (var (tree, code) in new[] { (deep, "too_deep"), (wide, "too_many"), (sets, "too_many"), (longer, "too_long") })
        {
            var refused = await SendAsync(HttpMethod.Post, "segments", $$"""{"segment_name":"Big","segment_type":"dynamic","criteria":{{tree}}}""", HttpStatusCode.UnprocessableEntity);
            Assert.Equal(code, (string)refused["errors"]![0]!["code"]!);
        }
    }

    [Fact]
    public async Task Segments_never_ask_for_members_of_each_other_in_a_ring()
    {
        var (a, b, c) = (await CreateAsync(German), await CreateAsync(German), await CreateAsync(German));
        string Ask(JsonNode segment) => $$$"""{"criteria":{"all":[{{{German}}},{"segment":"{{{segment["segment_id"]}}}"}]}}""";
        await SendAsync(HttpMethod.Patch, $"segments/{a["id"]}", Ask(b), HttpStatusCode.OK);
        await SendAsync(HttpMethod.Patch, $"segments/{b["id"]}", Ask(c), HttpStatusCode.OK);
        foreach (var (segment, named) in new[] { (c, a), (c, b), (c, c), (b, a), (a, a) })
        {
            var refused = await SendAsync(HttpMethod.Patch, $"segments/{segment["id"]}", Ask(named), HttpStatusCode.UnprocessableEntity);
            Assert.Equal(("criteria.all[1].segment", "cycle"), ((string)refused["errors"]![0]!["field"]!, (string)refused["errors"]![0]!["code"]!));
        }
        // Both within one request: neither is stored yet when the other is looked at.
        var (d, e) = (await CreateAsync(German), await CreateAsync(German));
        var rows = $$"""{"mode":"atomic","operations":[{"operation":"update","id":"{{d["id"]}}","values":{{Ask(e)}} },{"operation":"update","id":"{{e["id"]}}","values":{{Ask(d)}} }]}""";
        await SendAsync(HttpMethod.Post, "segments/bulk", rows, HttpStatusCode.UnprocessableEntity);
        var used = await SendAsync(HttpMethod.Delete, $"segments/{c["id"]}", null, HttpStatusCode.UnprocessableEntity);
        Assert.Contains((string)b["segment_id"]!, (string)used["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_saves_at_once_that_would_close_a_ring_one_is_refused()
    {
        for (var round = 0; round < 10; round++)
        {
            var (a, b) = (await CreateAsync(German), await CreateAsync(German));
            var answers = await Task.WhenAll(new[] { (a, b), (b, a) }.Select(async pair =>
            {
                using var body = new StringContent($$$"""{"criteria":{"segment":"{{{pair.Item2["segment_id"]}}}"}}""", Encoding.UTF8, "application/json");
                using var answer = await app.Admin.PatchAsync($"segments/{pair.Item1["id"]}", body, Stop);
                return answer.StatusCode;
            }));
            Assert.Equal([HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity], answers.Order());
        }
    }

    [Fact]
    public async Task Only_the_product_counts_members()
    {
        var segment = await app.CreateAsync("segments", new { segment_name = "Counted", segment_type = "static" });
        var contacts = await app.Product.QueryAsync<Guid[]>("select array_agg(id) from (select id from directory.contacts order by id limit 3) c");
        foreach (var contact in contacts) await app.CreateAsync("segment_members", new { segment_id = segment["id"], contact_id = contact, added_by = "manual" });
        Assert.Equal(3, await CountAsync(segment));
        await SendAsync(HttpMethod.Patch, $"segments/{segment["id"]}", """{"member_count":7}""", HttpStatusCode.UnprocessableEntity);
        await SendAsync(HttpMethod.Post, "segments", """{"segment_name":"Counted","member_count":7}""", HttpStatusCode.UnprocessableEntity);
        // Leaving it out of a whole row keeps it.
        await SendAsync(HttpMethod.Put, $"segments/{segment["id"]}", """{"segment_name":"Renamed","segment_type":"static"}""", HttpStatusCode.OK);
        Assert.Equal(3, await CountAsync(segment));
        using (var deleted = await app.Admin.DeleteAsync($"segment_members?segment_id=eq.{segment["id"]}&contact_id=eq.{contacts[0]}", Stop)) Assert.True(deleted.IsSuccessStatusCode);
        Assert.Equal(2, await CountAsync(segment));
        await app.Product.ExecuteAsync("update marketing.segment_members set removed_at = now() where segment_id = $1", Guid.Parse((string)segment["id"]!));
        Assert.Equal(0, await CountAsync(segment));
    }

    [Fact]
    public async Task The_schema_describes_what_can_be_asked_and_its_examples_are_understood()
    {
        var schema = await app.GetAsync("segments/criteria_schema");
        Assert.Contains("preview", (string)schema["description"]!, StringComparison.Ordinal);
        var fields = schema["$defs"]!.AsObject().Where(definition => definition.Key.StartsWith("field_", StringComparison.Ordinal)).ToList();
        Assert.Equal(await app.Product.QueryAsync<long>("select count(*) from marketing.ref_segment_criteria where is_active"), fields.Count);
        Assert.Equal(fields.Count + 5, schema["$defs"]!["node"]!["oneOf"]!.AsArray().Count);
        foreach (var (name, field) in fields.Where(field => field.Key != "field_birthday"))
        {
            var example = field!["examples"]![0]!;
            var operators = field["anyOf"]!.AsArray().SelectMany(variant => variant!["properties"]!["op"]!["enum"]!.AsArray().Select(op => (string)op!)).ToList();
            Assert.Contains((string)example["operator"]!, operators);
            await SendAsync(HttpMethod.Post, "segments/preview", $$"""{"criteria":{{example.ToJsonString()}}}""", HttpStatusCode.OK);
        }
        // Which column holds the birthday is for the operator to say.
        var unmapped = await SendAsync(HttpMethod.Post, "segments/preview", $$"""{"criteria":{{schema["$defs"]!["field_birthday"]!["examples"]![0]!.ToJsonString()}}}""", HttpStatusCode.UnprocessableEntity);
        Assert.Contains("ContactBirthDate", unmapped.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_that_refreshes_itself_is_taken_up_by_timer_and_queue()
    {
        var segment = await app.CreateAsync("segments", new { segment_name = "By itself", segment_type = "dynamic", auto_refresh = true, criteria = JsonNode.Parse(German) });
        using (var http = new HttpClient { BaseAddress = app.Host.Handler.Address })
        using (var timer = await http.PostAsync("/refresh_segments", new StringContent("""{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}""", Encoding.UTF8, "application/json"), Stop))
            Assert.Equal(HttpStatusCode.OK, timer.StatusCode);
        await Eventually.BecomesAsync(() => CountAsync(segment), count => count > 0);
        var state = await app.GetAsync($"segments/{segment["id"]}/refresh");
        Assert.True((DateTimeOffset)state["due_at"]! > DateTimeOffset.UtcNow.AddMinutes(10));
    }

    [Fact]
    public async Task Who_does_not_see_every_member_may_not_look_at_sets_of_them()
    {
        var segment = await CreateAsync(German);
        using var role = await app.Admin.PutAsJsonAsync("roles/some_segments", new { scopes = new[] { "read", "write" }, grants = new[] { new { table = "segments", action = "*", row_filter = "segment_name=eq.Mine" }, new { table = "segment_members", action = "*", row_filter = "added_by=eq.manual" } } }, Stop);
        Assert.True(role.IsSuccessStatusCode, await role.Content.ReadAsStringAsync(Stop));
        using var some = await app.ClientAsync(new ApiClientRequest("some", ["read", "write"]) { Roles = ["some_segments"] });
        using var reader = await app.ClientAsync("read");
        var mine = await app.CreateAsync("segments", new { segment_name = "Mine", segment_type = "static" });
        foreach (var (method, path, expected) in new[]
        {
            (HttpMethod.Post, "segments/preview", HttpStatusCode.Forbidden), (HttpMethod.Post, $"segments/{mine["id"]}/members", HttpStatusCode.Forbidden), (HttpMethod.Post, $"segments/{mine["id"]}/refresh", HttpStatusCode.Forbidden),
            (HttpMethod.Get, $"segments/{mine["id"]}/growth", HttpStatusCode.Forbidden), (HttpMethod.Get, $"segments/overlap?segments={mine["id"]},{segment["id"]}", HttpStatusCode.Forbidden),
            (HttpMethod.Get, $"segments/{segment["id"]}/members", HttpStatusCode.NotFound), (HttpMethod.Get, $"segments/{mine["id"]}/members", HttpStatusCode.OK),
        })
        {
            using var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? new StringContent("{}", Encoding.UTF8, "application/json") : null };
            using var answer = await some.SendAsync(request, Stop);
            Assert.True(answer.StatusCode == expected, $"{method} {path}: {answer.StatusCode}");
        }
        foreach (var path in new[] { $"segments/{mine["id"]}/refresh", $"segments/{mine["id"]}/members", $"segments/{mine["id"]}/members/import", $"segments/{mine["id"]}/members/remove" })
        {
            using var answer = await reader.PostAsync(path, new StringContent("{}", Encoding.UTF8, "application/json"), Stop);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        using var nobody = app.AnonymousClient();
        using var unknown = await nobody.GetAsync("segments/criteria_schema", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }

    private Task<JsonObject> CreateAsync(string criteria) => app.CreateAsync("segments", new { segment_name = "Segment", segment_type = "dynamic", criteria = JsonNode.Parse(criteria) });

    private Task<int> CountAsync(JsonNode segment) => app.Product.QueryAsync<int>("select member_count from marketing.segments where id = $1", Guid.Parse((string)segment["id"]!));

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await app.Admin.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == expected, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}
