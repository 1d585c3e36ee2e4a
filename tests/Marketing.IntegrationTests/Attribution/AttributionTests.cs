using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Attribution;
using Marketing.Campaigns;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Attribution;

public sealed partial class AttributionTests(ProductFixture product) : IClassFixture<ProductFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_worked_example_of_the_documentation_comes_out()
    {
        var root = typeof(AttributionTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RepositoryRoot").Value!;
        var text = await File.ReadAllTextAsync(Path.Combine(root, "docs", "attribution.md"), Stop);
        var lines = Row().Matches(text).Select(match => match.Groups.Values.Skip(1).Select(group => group.Value.Trim()).ToArray()).ToList();
        Assert.Equal(5, lines.Count);
        var (contact, campaigns) = (await ContactAsync(), new[] { await CampaignAsync(), await CampaignAsync() });
        await ClickAsync(contact, campaigns[0], "2026-05-11 10:00+00");
        await product.ExecuteAsync("insert into marketing_ops.touchpoints (contact_id, at, kind, source_key, channel, source) values ($1, '2026-05-18 10:00+00', 'social', 'worked example', 'instagram', 'SP-010001')", contact);
        await ClickAsync(contact, campaigns[1], "2026-05-25 10:00+00");
        var booking = await BookAsync(contact, "2026-06-01 10:00+00", 1000m);
        await RunAsync();
        foreach (var line in lines)
        {
            var touchpoints = await product.QueryAsync<string>("select touchpoints::text from marketing.attribution where reservation_id = $1 and attribution_model = $2", booking, line[0]);
            using var json = JsonDocument.Parse(touchpoints);
            Assert.Equal(line[1..], json.RootElement.EnumerateArray().Select(touch => touch.GetProperty("revenue").GetDecimal().ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task Rows_follow_the_booking_through_change_cancellation_and_return()
    {
        var (contact, campaign) = (await ContactAsync(), await CampaignAsync());
        await ClickAsync(contact, campaign, "2026-05-20 10:00+00");
        await ClickAsync(contact, campaign, "2026-01-01 10:00+00");
        var booking = await BookAsync(contact, "2026-06-01 10:00+00", 99.99m);
        await RunAsync();
        Assert.Equal("99.99 5 1", await SumAsync(booking));
        Assert.Equal(1L, await ConvertedAsync(campaign));
        var before = await product.QueryAsync<string>("select string_agg(xmin::text, ',' order by id) from marketing.attribution where reservation_id = $1", booking);
        Assert.Equal(0, await RunAsync());
        await ClickAsync(await ContactAsync(), campaign, "2026-05-20 10:00+00");
        await RunAsync();
        Assert.Equal(before, await product.QueryAsync<string>("select string_agg(xmin::text, ',' order by id) from marketing.attribution where reservation_id = $1", booking));

        await product.ExecuteAsync("update reservations.reservations set total_amount = 150.01, currency = 'GBP' where id = $1", booking);
        Assert.Equal(1, await RunAsync());
        Assert.Equal("150.01 5 1", await SumAsync(booking));
        Assert.Equal("GBP", await product.QueryAsync<string>("select event_data ->> 'currency' from marketing.campaign_events where campaign_id = $1 and event_type = 'converted'", campaign));
        await product.ExecuteAsync("update reservations.reservations set status = 'cancelled' where id = $1", booking);
        await RunAsync();
        Assert.Equal("0.00 5 1", await SumAsync(booking));
        Assert.Equal(0L, await ConvertedAsync(campaign));
        await product.ExecuteAsync("update reservations.reservations set status = 'confirmed' where id = $1", booking);
        await RunAsync();
        Assert.Equal("150.01 5 1", await SumAsync(booking));
        Assert.Equal(1L, await ConvertedAsync(campaign));
        await product.Services.GetRequiredService<RollupMetrics>().RunAsync(Stop);
        Assert.Equal("1", await product.QueryAsync<string>("select actual_metrics -> 'contacts' ->> 'converted' from marketing.campaigns where id = $1", campaign));

        // Someone deletes a row, then the touch itself goes.
        await product.ExecuteAsync("delete from marketing.attribution where reservation_id = $1 and attribution_model = 'linear'", booking);
        await product.ExecuteAsync("update reservations.reservations set total_amount = 10 where id = $1", booking);
        await RunAsync();
        Assert.Equal("10.00 5 1", await SumAsync(booking));
        await product.ExecuteAsync("delete from marketing.campaign_events where contact_id = $1 and event_type = 'clicked'", contact);
        await RunAsync();
        Assert.Equal(0L, await product.QueryAsync<long>("select count(*) from marketing.attribution where reservation_id = $1", booking));
        Assert.Equal(0L, await ConvertedAsync(campaign));
    }

    [Fact]
    public async Task Several_runs_at_once_write_each_row_once()
    {
        var campaign = await CampaignAsync();
        var bookings = new List<Guid>();
        for (var i = 0; i < 40; i++)
        {
            var contact = await ContactAsync();
            await ClickAsync(contact, campaign, "2026-05-20 10:00+00");
            bookings.Add(await BookAsync(contact, "2026-06-01 10:00+00", 33.34m));
            bookings.Add(await BookAsync(contact, "2026-06-05 10:00+00", 10m));
        }
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(RunAsync)));
        await RunAsync();
        Assert.Equal(5L * bookings.Count, await product.QueryAsync<long>("select count(*) from marketing.attribution where reservation_id = any($1)", bookings.ToArray()));
        Assert.Equal(0L, await product.QueryAsync<long>("""
            select count(*) from (select a.id from marketing.attribution a, jsonb_to_recordset(a.touchpoints) as t (weight numeric, revenue numeric)
            group by a.id, a.revenue_attributed having sum(t.weight) <> 1 or sum(t.revenue) <> a.revenue_attributed) wrong
            """));
    }

    private Task<int> RunAsync() => product.Services.GetRequiredService<AttributeBookings>().RunAsync(Stop);

    private Task<string> SumAsync(Guid booking) => product.QueryAsync<string>(
        "select concat_ws(' ', max(revenue_attributed), count(*), max(jsonb_array_length(touchpoints))) from marketing.attribution where reservation_id = $1 having max(revenue_attributed) = min(revenue_attributed)", booking);

    private Task<long> ConvertedAsync(Guid campaign) => product.QueryAsync<long>("select count(*) from marketing.campaign_events where campaign_id = $1 and event_type = 'converted'", campaign);

    private Task<Guid> CampaignAsync() => product.QueryAsync<Guid>("insert into marketing.campaigns (campaign_name, campaign_type) values ('Attribution', 'email') returning id");

    private Task<Guid> ContactAsync() => product.QueryAsync<Guid>("insert into directory.contacts (id, first_name, last_name, email, country, language) values (gen_random_uuid(), 'A', 'B', gen_random_uuid() || '@example.org', 'PT', 'pt') returning id");

    private Task ClickAsync(Guid contact, Guid campaign, string at) =>
        product.ExecuteAsync("insert into marketing.campaign_events (campaign_id, contact_id, event_type, event_timestamp, event_data, channel) values ($1, $2, 'clicked', $3::text::timestamptz, '{}', 'email')", campaign, contact, at);

    private Task<Guid> BookAsync(Guid contact, string at, decimal amount) => product.QueryAsync<Guid>("""
        insert into reservations.reservations (id, reservation_code, property_id, contact_id, booked_at, check_in, check_out, guests, total_amount, channel, status)
        select gen_random_uuid(), gen_random_uuid()::text, (select id from property.properties order by id limit 1), $1, $2::text::timestamptz, date '2026-08-01', date '2026-08-08', 2, $3, 'direct', 'confirmed' returning id
        """, contact, at, amount);

    [GeneratedRegex(@"^\| `(\w+)` \|([^|]+)\|([^|]+)\|([^|]+)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
