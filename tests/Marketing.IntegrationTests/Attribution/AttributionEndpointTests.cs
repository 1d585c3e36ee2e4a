using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.Attribution;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Attribution;

public sealed class AttributionEndpointTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Imported_touches_count_once_and_the_report_compares_models()
    {
        var campaign = await app.CreateAsync("campaigns", new { campaign_name = "Report", campaign_type = "email" });
        await app.Product.ExecuteAsync("delete from reservations.reservations");
        var contact = await app.Product.QueryAsync<Guid>("select id from directory.contacts order by email limit 1");
        var touches = new
        {
            touchpoints = new object[]
            {
                new { kind = "offline", source_key = "fair-1", contact_id = contact, at = "2026-05-01T10:00:00Z", channel = "fair" },
                new { kind = "website", source_key = "ga-1", contact_id = contact, at = "2026-05-20T10:00:00Z", channel = "search", source = "google", campaign = (string)campaign["campaign_id"]! },
                new { kind = "offline", source_key = "fair-2", email = "nobody@example.net", at = "2026-05-01T10:00:00Z", channel = "fair" },
            },
        };
        Assert.Equal("""{"stored":2,"known_before":0,"contact_unknown":1}""", await ImportAsync(touches, HttpStatusCode.Created));
        Assert.Equal("""{"stored":0,"known_before":2,"contact_unknown":1}""", await ImportAsync(touches, HttpStatusCode.Created));
        Assert.Contains("touchpoints.0.at", await ImportAsync(new { touchpoints = new[] { new { kind = "offline", source_key = "x", contact_id = contact, at = "soon", channel = "fair" } } }, HttpStatusCode.UnprocessableEntity), StringComparison.Ordinal);
        await app.Product.ExecuteAsync("""
            insert into reservations.reservations (id, reservation_code, property_id, contact_id, booked_at, check_in, check_out, guests, total_amount, channel, status)
            select gen_random_uuid(), 'R1', (select id from property.properties order by id limit 1), $1, '2026-06-01 10:00+00', date '2026-08-01', date '2026-08-08', 2, 100.01, 'direct', 'confirmed'
            """, contact);
        await app.Product.Services.GetRequiredService<AttributeBookings>().RunAsync(Stop);

        Assert.Equal("50.01 50.00", Revenues(await app.GetAsync("attribution/report?by=channel&model=linear")));
        Assert.Equal("100.01 0.00", Revenues(await app.GetAsync("attribution/report?by=campaign&model=last_touch")));
        Assert.Equal("100.01 100.01", Revenues(await app.GetAsync("attribution/report?by=stay_month&model=linear,time_decay")));
        Assert.Equal("2026-08", (string)(await app.GetAsync("attribution/report?by=stay_month&model=linear"))[0]!["key"]!);
        Assert.Equal(5, (await app.GetAsync("attribution/report?by=property")).AsArray().Count);
        Assert.Empty((await app.GetAsync("attribution/report?booked_from=2026-06-02T00:00:00Z")).AsArray());
        foreach (var wrong in new[] { "by=moon", "model=best", "booked_from=soon", "colour=red" })
        {
            using var refused = await app.Admin.GetAsync($"attribution/report?{wrong}", Stop);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        using var writer = await app.ClientAsync("write");
        using var forbidden = await writer.GetAsync("attribution/report", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    private static string Revenues(JsonNode report) => string.Join(' ', report.AsArray().Select(line => ((decimal)line!["revenue"]!).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)));

    private async Task<string> ImportAsync(object body, HttpStatusCode expected)
    {
        using var response = await app.Admin.PostAsJsonAsync("attribution/touchpoints", body, Stop);
        var answer = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.StatusCode == expected, answer);
        return answer;
    }
}
