using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Segments;

public sealed class SegmentMemberTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Members_are_added_listed_in_pages_compared_and_removed()
    {
        var (one, other) = (await StaticAsync(), await StaticAsync());
        var contacts = await app.Product.QueryAsync<Guid[]>("select array_agg(id order by id) from directory.contacts where email like 'guest%'");
        var emails = await app.Product.QueryAsync<string[]>("select array_agg(email order by id) from directory.contacts where email like 'guest%'");
        var added = await PostAsync($"segments/{one["segment_id"]}/members", new { contact_ids = contacts[..20], emails = new[] { emails[20].ToUpperInvariant(), emails[0], "nobody@example.net" } });
        Assert.Equal("""{"added":21,"already_members":0,"unknown_total":1,"unknown":["nobody@example.net"]}""", added.ToJsonString());
        Assert.Equal(21, (int)(await PostAsync($"segments/{one["id"]}/members", new { contact_ids = contacts[..21] }))["already_members"]!);
        await PostAsync($"segments/{other["id"]}/members", new { contact_ids = contacts[15..40] });

        var (seen, path) = (new List<Guid>(), $"segments/{one["id"]}/members?limit=8");
        for (string? next = path; next is not null;)
        {
            using var page = await app.Admin.GetAsync(next, Stop);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            foreach (var member in JsonNode.Parse(await page.Content.ReadAsStringAsync(Stop))!.AsArray())
            {
                Assert.Equal(["contact_id", "added_at", "added_by"], member!.AsObject().Select(pair => pair.Key));
                Assert.Equal("manual", (string)member["added_by"]!);
                seen.Add(Guid.Parse((string)member["contact_id"]!));
            }
            next = page.Link("next");
        }
        Assert.Equal(contacts[..21], seen);
        using (var forged = await app.Admin.GetAsync($"{path}&cursor=AAAA", Stop)) Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);

        var overlap = await app.GetAsync($"segments/overlap?segments={one["segment_id"]},{other["id"]}");
        Assert.Equal($$"""{"segments":[{"segment_id":"{{one["segment_id"]}}","members":21},{"segment_id":"{{other["segment_id"]}}","members":25}],"overlaps":[{"segments":["{{one["segment_id"]}}","{{other["segment_id"]}}"],"members":6}]}""",
            overlap.ToJsonString().Replace(" ", "", StringComparison.Ordinal));
        using (var single = await app.Admin.GetAsync($"segments/overlap?segments={one["id"]}", Stop)) Assert.Equal(HttpStatusCode.BadRequest, single.StatusCode);

        var removed = await PostAsync($"segments/{one["id"]}/members/remove", new { contact_ids = contacts[..5], emails = new[] { emails[30] } });
        Assert.Equal("""{"removed":5,"not_members":1,"unknown_total":0,"unknown":[]}""", removed.ToJsonString());
        using (var deleted = await app.Admin.DeleteAsync($"segments/{one["id"]}/members/{contacts[5]}", Stop)) Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using (var again = await app.Admin.DeleteAsync($"segments/{one["id"]}/members/{contacts[5]}", Stop)) Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal(15, (int)(await app.GetAsync($"segments/{one["id"]}"))["member_count"]!);
        Assert.Equal(21L, await app.Product.QueryAsync<long>("select count(*) from marketing.segment_members where segment_id = $1", Guid.Parse((string)one["id"]!)));
        // Who returns keeps the row.
        Assert.Equal(6, (int)(await PostAsync($"segments/{one["id"]}/members", new { contact_ids = contacts[..10] }))["added"]!);

        var today = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var growth = await app.GetAsync($"segments/{one["id"]}/growth");
        Assert.Equal($$"""[{"day":"{{today}}","added":27,"removed":6,"total":21}]""", growth.ToJsonString().Replace(" ", "", StringComparison.Ordinal));
        await app.Product.ExecuteAsync("update marketing_ops.segment_growth set day = day - 3, added = 30, removed = 2 where segment_id = $1", Guid.Parse((string)one["id"]!));
        await PostAsync($"segments/{one["id"]}/members", new { contact_ids = contacts[21..24] });
        Assert.Equal([21, 24], (await app.GetAsync($"segments/{one["id"]}/growth")).AsArray().Select(day => (int)day!["total"]!));
        Assert.Equal(4L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and action = 'add_members'", Guid.Parse((string)one["id"]!)));
    }

    [Fact]
    public async Task What_names_no_contact_or_a_dynamic_segment_is_refused()
    {
        var segment = await StaticAsync();
        foreach (var body in new[] { "{}", """{"contact_ids":["x"]}""", """{"emails":[7]}""", """{"people":[]}""", """{"emails":["\ud800"]}""" })
        {
            using var refused = await app.Admin.PostAsync($"segments/{segment["id"]}/members", new StringContent(body, Encoding.UTF8, "application/json"), Stop);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
        var dynamic = await app.CreateAsync("segments", new { segment_name = "D", segment_type = "dynamic", criteria = JsonNode.Parse("""{"field":"country","op":"eq","value":"DE"}""") });
        using var fixedBy = await app.Admin.PostAsJsonAsync($"segments/{dynamic["id"]}/members", new { emails = new[] { "a@example.com" } }, Stop);
        Assert.Contains("not_static", await fixedBy.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8", false, ",")]
    [InlineData("utf-8", true, ";")]
    [InlineData("utf-16", true, "\t")]
    [InlineData("utf-16", false, ",")]
    [InlineData("utf-16BE", true, ",")]
    [InlineData("windows-1252", false, ";")]
    public async Task Files_of_spreadsheets_are_read_in_their_encoding(string encoding, bool hasMark, string separator)
    {
        var segment = await StaticAsync();
        var emails = await app.Product.QueryAsync<string[]>("select array_agg(email order by id) from directory.contacts where email like 'guest%'");
        var text = "Name,E-Mail,Note\r\n".Replace(",", separator, StringComparison.Ordinal) + string.Concat(emails[..50].Select(email => $"\"Müller{separator} \"\"Jo\"\"\"{separator}{email}{separator}\"two\nlines\"\r\n"));
        var charset = encoding == "windows-1252" ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.GetEncoding(encoding);
        byte[] bytes = [.. hasMark ? charset.GetPreamble() : [], .. charset.GetBytes(text)];
        var report = await ImportAsync(segment, bytes, encoding == "windows-1252" ? "text/csv; charset=windows-1252" : "text/csv", HttpStatusCode.OK);
        Assert.Equal("""{"rows":50,"added":50,"already_members":0,"errors_total":0,"errors":[]}""", report.ToJsonString());
        report = await ImportAsync(segment, bytes, encoding == "windows-1252" ? "text/csv; charset=windows-1252" : "text/csv", HttpStatusCode.OK);
        Assert.Equal("""{"rows":50,"added":0,"already_members":50,"errors_total":0,"errors":[]}""", report.ToJsonString());
        Assert.Equal("import", await app.Product.QueryAsync<string>("select distinct added_by from marketing.segment_members where segment_id = $1", Guid.Parse((string)segment["id"]!)));
    }

    [Fact]
    public async Task Unusable_lines_are_told_with_their_numbers_and_the_others_are_stored()
    {
        var segment = await StaticAsync();
        var (id, email) = (await app.Product.QueryAsync<Guid>("select id from directory.contacts where email like 'guest%' order by id limit 1"), await app.Product.QueryAsync<string>("select email from directory.contacts where email like 'guest%' order by id desc limit 1"));
        var file = string.Join("\r\n", "contact_id,email", $"{id},", "not-a-uuid,", $",{email}", "", ",", ",no address", $",\"{email}", "a,b,c", ",nobody@example.net", $"{Guid.NewGuid()},", $",'{email}", "x\"y,z", "\"open");
        var report = await ImportAsync(segment, Encoding.UTF8.GetBytes(file), "text/csv", HttpStatusCode.OK);
        var errors = report["errors"]!.AsArray().Select(error => $"{error!["line"]} {error["code"]}").ToList();
        Assert.Equal(["3 invalid_contact_id", "6 required", "7 invalid_email", "8 broken_line", "9 broken_line", "10 unknown_contact", "11 unknown_contact", "12 unknown_contact", "13 invalid_contact_id", "14 broken_line"], errors);
        Assert.Equal((12, 2, 10), ((int)report["rows"]!, (int)report["added"]!, (int)report["errors_total"]!));

        var strict = await StaticAsync();
        var refused = await ImportAsync(strict, Encoding.UTF8.GetBytes(file), "text/csv", HttpStatusCode.UnprocessableEntity, "?on_error=refuse");
        Assert.Equal("line 3", (string)refused["errors"]![0]!["field"]!);
        Assert.Equal(0, (int)(await app.GetAsync($"segments/{strict["id"]}"))["member_count"]!);
        Assert.Empty((await app.GetAsync($"segments/{strict["id"]}/members")).AsArray());
    }

    [Theory]
    [InlineData("name\r\nx\r\n", "text/csv", "no_header")]
    [InlineData("", "text/csv", "no_header")]
    [InlineData("PK\u0003\u0004 workbook", "text/csv", "not_csv")]
    [InlineData("email\r\na@example.com", "text/csv; charset=klingon", "unsupported_media_type")]
    [InlineData("email\r\na@example.com", "application/json", "unsupported_media_type")]
    public async Task Files_that_are_none_are_refused_with_what_to_do(string text, string contentType, string code)
    {
        var refused = await ImportAsync(await StaticAsync(), Encoding.UTF8.GetBytes(text), contentType, null);
        Assert.Contains(code, refused.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_refuse_the_file_instead_of_changing_letters()
    {
        var segment = await StaticAsync();
        var refused = await ImportAsync(segment, [.. "email,name\r\n"u8, .. Encoding.Latin1.GetBytes("guest001@example.com,Müller\r\n")], "text/csv", HttpStatusCode.UnprocessableEntity);
        Assert.Contains("charset=windows-1252", (string)refused["detail"]!, StringComparison.Ordinal);
        Assert.Equal(0, (int)(await app.GetAsync($"segments/{segment["id"]}"))["member_count"]!);
    }

    [Fact]
    public async Task An_export_runs_nothing_in_a_spreadsheet_and_can_be_imported_again()
    {
        var segment = await StaticAsync();
        string[] odd = ["=cmd|'/c calc'!a@example.com", "+1@example.com", "-x@example.com", "@at@example.com", "a,\"b\"@example.com", "plain@example.com"];
        foreach (var email in odd)
            await app.Product.ExecuteAsync("insert into directory.contacts (id, first_name, last_name, email, country, language) values (gen_random_uuid(), 'O', 'O', $1, 'PT', 'pt') on conflict do nothing", email);
        Assert.Equal(6, (int)(await PostAsync($"segments/{segment["id"]}/members", new { contact_ids = await app.Product.QueryAsync<Guid[]>("select array_agg(id) from directory.contacts where email = any($1)", new object[] { odd }) }))["added"]!);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"segments/{segment["id"]}/members");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        using var answer = await app.Admin.SendAsync(request, Stop);
        var csv = await answer.Content.ReadAsStringAsync(Stop);
        var lines = csv.TrimEnd().Split('\n');
        Assert.Equal("contact_id,email,added_at,added_by", lines[0]);
        var cells = lines[1..].Select(line => line[37..line.LastIndexOf(",20", StringComparison.Ordinal)]).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(new[] { "'=cmd|'/c calc'!a@example.com", "'+1@example.com", "'-x@example.com", "'@at@example.com", "\"a,\"\"b\"\"@example.com\"", "plain@example.com" }.Order(StringComparer.Ordinal), cells);
        var copy = await StaticAsync();
        Assert.Equal(6, (int)(await ImportAsync(copy, Encoding.UTF8.GetBytes(csv), "text/csv", HttpStatusCode.OK))["added"]!);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and action = 'export_members'", Guid.Parse((string)segment["id"]!)));
    }

    private Task<JsonObject> StaticAsync() => app.CreateAsync("segments", new { segment_name = "Static", segment_type = "static" });

    private async Task<JsonNode> PostAsync(string path, object body)
    {
        using var answer = await app.Admin.PostAsJsonAsync(path, body, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task<JsonNode> ImportAsync(JsonNode segment, byte[] file, string contentType, HttpStatusCode? expected, string query = "")
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var answer = await app.Admin.PostAsync($"segments/{segment["id"]}/members/import{query}", content, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(expected is null ? !answer.IsSuccessStatusCode && (int)answer.StatusCode < 500 : answer.StatusCode == expected, $"{(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
