using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Resources;

/// <summary>The JSON of rows beside what PostgreSQL itself makes of the same rows.</summary>
public sealed class JsonTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    [Fact]
    public async Task Rows_are_written_as_PostgreSQL_writes_them()
    {
        await app.Product.ExecuteAsync("""
            insert into marketing.campaigns (campaign_name, campaign_type, goal, budget, start_date, end_date, target_metrics, created_at) values
            (E'quote " back \\ slash / tab \t line \n return \r bell \x07 unit \x1f delete \x7f', 'email', 'json', 12.50, '2024-02-29', 'infinity', '{"a": [1, null, "x"]}', '2026-11-25 10:11:12.5+02'),
            ('umlaut ä, euro €, wave 🌊, private \uE000', 'sms', 'json', 0, '0001-01-01', '-infinity', null, 'infinity'),
            ('', 'paid', 'json', 'NaN', '0044-03-15 BC', '12345-06-07', '"text"', '-infinity'),
            ('old', 'social', 'json', -9999999999.99, '1999-12-31', '2000-03-01', '[]', '0044-03-15 12:00:00.000001 BC'),
            ('far', 'social', 'json', null, '1900-02-28', '2100-03-01', '{}', '12345-12-31 23:59:59.999999+00'),
            ('before 2000', 'social', 'json', 1, null, null, 'null', '1969-12-31 23:59:59.1+00')
            """);
        await SameAsync("campaigns", "goal=eq.json", "goal = 'json'", "");

        var calendar = (Guid)(await app.CreateAsync("content_calendars", new { calendar_name = "json" }))["id"]!;
        await app.Product.ExecuteAsync("""
            insert into marketing.calendar_items (calendar_id, title, scheduled_date, scheduled_time, tags) values
            ($1, 'a', '2026-01-01', '00:00', '{}'), ($1, 'b', '2026-01-01', '24:00', null), ($1, 'c', '2026-01-01', '09:30:15.25', '{"a b","c\"d",NULL,"é"}')
            """, calendar);
        await SameAsync("calendar_items", $"calendar_id=eq.{calendar}", $"calendar_id = '{calendar}'", "");
        await SameAsync("segments", "limit=50", "true", " limit 50");
        await SameAsync("content_library", "limit=50", "true", " limit 50");
    }

    [Theory]
    [InlineData("created_at")]
    [InlineData("budget.desc")]
    [InlineData("campaign_name.desc")]
    [InlineData("end_date.desc.nullslast")]
    [InlineData("target_metrics->>step.desc,campaign_type")]
    public async Task Pages_follow_each_other_in_every_order_without_loss(string order)
    {
        await app.Product.ExecuteAsync("""
            insert into marketing.campaigns (campaign_name, campaign_type, goal, budget, end_date, target_metrics, created_at)
            select case n % 5 when 0 then 'same' else 'name "' || n % 7 end, (array['email', 'sms', 'paid'])[1 + n % 3], $1, case when n % 4 = 0 then null else n % 6 end,
                case when n % 3 = 0 then null else date '1999-12-28' + n % 9 end, jsonb_build_object('step', n % 4), timestamptz '2026-01-01' + (n % 10) * interval '1.000001 second'
            from generate_series(1, 60) n
            """, order);
        var goal = Uri.EscapeDataString($"\"{order}\"");
        var whole = (await app.GetAsync($"campaigns?select=id&goal=in.({goal})&order={order}")).AsArray().Select(row => (string)row!["id"]!).ToList();
        Assert.Equal(60, whole.Count);
        foreach (var select in new[] { "id", "*", "id,posts:social_posts(caption),created_at,budget,campaign_name,end_date" })
        {
            var (found, next) = (new List<string>(), (string?)$"campaigns?select={select}&goal=in.({goal})&order={order}&limit=7");
            while (next is not null)
            {
                using var response = await app.Admin.GetAsync(next, TestContext.Current.CancellationToken);
                var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.True(response.IsSuccessStatusCode, body);
                found.AddRange(JsonNode.Parse(body)!.AsArray().Select(row => (string)row!["id"]!));
                next = response.Link("next");
            }
            Assert.Equal(whole, found);
        }
    }

    private async Task SameAsync(string table, string query, string where, string tail)
    {
        var expected = JsonNode.Parse(await app.Product.QueryAsync<string>($"set timezone to 'UTC'; select coalesce(json_agg(row_to_json(r)), '[]')::text from (select * from marketing.{table} where {where} order by id{tail}) r"))!.AsArray();
        var found = (await app.GetAsync($"{table}?{query}&order=id")).AsArray();
        Assert.Equal(expected.Count, found.Count);
        foreach (var (one, other) in expected.Zip(found)) Assert.Equal(one!.ToJsonString(), other!.ToJsonString());
    }
}
