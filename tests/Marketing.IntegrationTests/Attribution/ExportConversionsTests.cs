using System.Text.Json.Nodes;
using Marketing.Attribution;
using Marketing.Attribution.Exports;
using Marketing.IntegrationTests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Attribution;

public sealed class ExportConversionsTests(ProductFixture product) : IClassFixture<ProductFixture>, IAsyncLifetime
{
    private readonly List<JsonNode> google = [];
    private readonly List<JsonNode> meta = [];
    private readonly Queue<int> failures = [];
    private StubServer stub = null!;
    private ServiceProvider services = null!;
    private string? poison;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        stub = await StubServer.StartAsync(app =>
        {
            // Always 204, whatever it is given.
            app.MapPost("/mp/collect", async context => { var told = await ReadAsync(context); lock (google) google.Add(told); await AnswerAsync(context, failures.TryDequeue(out var status) ? status : 204, ""); });
            app.MapPost("/v26.0/12345/events", MetaAsync);
        });
        services = product.Build(
        [
            new("Conversions:GoogleMeasurementId", "G-TEST12345"), new("Conversions:GoogleApiSecret", "secret"), new("Conversions:GoogleUrl", stub.Address),
            new("Conversions:MetaDatasetId", "12345"), new("Conversions:MetaAccessToken", "token"), new("Conversions:MetaUrl", $"{stub.Address}/v26.0"),
        ]);
        await product.ExecuteAsync("delete from reservations.reservations");
        await product.ExecuteAsync("truncate marketing_ops.conversion_exports");
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await stub.DisposeAsync();
    }

    [Fact]
    public async Task A_booking_is_told_once_to_each_without_a_word_of_who_it_is_and_its_cancellation_to_Google()
    {
        var booking = await BookAsync("jane.doe+villa@example.com", hoursAgo: 2, 1250m);
        Assert.Equal(2, await RunAsync());
        Assert.Equal(0, await RunAsync());
        var purchase = Assert.Single(google);
        Assert.Equal("purchase", (string)purchase["events"]![0]!["name"]!);
        Assert.Equal(booking.ToString(), (string)purchase["events"]![0]!["params"]!["transaction_id"]!);
        Assert.Equal(1250m, (decimal)purchase["events"]![0]!["params"]!["value"]!);
        Assert.DoesNotContain("jane", purchase.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        var told = Assert.Single(meta)["data"]!.AsArray().Single()!;
        Assert.Equal("3172c698c7062b536cc6294d5b530b01b3d2ddb2d2f50f73b94889f77d095adf", (string)told["user_data"]!["em"]![0]!);
        Assert.Equal(booking.ToString(), (string)told["event_id"]!);
        Assert.DoesNotContain("jane", told.ToJsonString(), StringComparison.OrdinalIgnoreCase);

        await product.ExecuteAsync("update reservations.reservations set status = 'cancelled' where id = $1", booking);
        Assert.Equal(1, await RunAsync());
        Assert.Equal("refund", (string)google[1]["events"]![0]!["name"]!);
        Assert.Equal(1250m, (decimal)google[1]["events"]![0]!["params"]!["value"]!);
        Assert.Equal(booking.ToString(), (string)google[1]["events"]![0]!["params"]!["transaction_id"]!);
        Assert.Equal(0, await RunAsync());
        Assert.Single(meta);
    }

    [Fact]
    public async Task Who_did_not_agree_or_booked_too_long_ago_or_came_by_themselves_is_not_told()
    {
        await BookAsync("said.no@example.com", hoursAgo: 2, 100m, agrees: false);
        await BookAsync("direct@example.com", hoursAgo: 2, 100m, isTouched: false);
        var old = await BookAsync("old@example.com", hoursAgo: 24 * 5, 100m); // Meta takes seven days, Google three
        var withdrawn = await BookAsync("changed.mind@example.com", hoursAgo: 2, 100m);
        failures.Enqueue(503);
        poison = withdrawn.ToString();
        await RunAsync();
        Assert.Equal("meta sent", await StatesAsync(old));
        Assert.Equal("google queued,meta rejected", await StatesAsync(withdrawn));
        await product.ExecuteAsync("update directory.contacts set marketing_consent = false where email = 'changed.mind@example.com'");
        await DueAsync();
        var before = google.Count;
        await RunAsync();
        Assert.Equal("google skipped,meta rejected", await StatesAsync(withdrawn));
        Assert.Equal(before, google.Count);
        Assert.Equal(2L, await product.QueryAsync<long>("select count(distinct reservation_id) from marketing_ops.conversion_exports"));
    }

    [Fact]
    public async Task One_event_that_Meta_refuses_does_not_hold_the_others_and_failures_are_tried_again()
    {
        var bookings = new List<Guid>();
        for (var i = 0; i < 9; i++) bookings.Add(await BookAsync($"many{i}@example.com", hoursAgo: 1, 10m + i));
        poison = bookings[4].ToString();
        failures.Enqueue(500);
        await RunAsync();
        foreach (var booking in bookings) Assert.EndsWith(booking == bookings[4] ? "meta rejected" : "meta sent", await StatesAsync(booking), StringComparison.Ordinal);
        Assert.Equal(8L, await CountAsync("google", "sent"));
        await DueAsync();
        await Task.WhenAll(RunAsync(), RunAsync());
        Assert.Equal(9L, await CountAsync("google", "sent"));
        // Each transaction once, but for the one that was answered with 500, which Google recognises.
        Assert.Equal(9, google.Select(call => (string)call["events"]![0]!["params"]!["transaction_id"]!).Distinct().Count());
        Assert.Equal(10, google.Count);
    }

    private async Task<int> RunAsync()
    {
        await product.Services.GetRequiredService<AttributeBookings>().RunAsync(Stop);
        return await services.GetRequiredService<ExportConversions>().RunAsync(Stop);
    }

    private Task DueAsync() => product.ExecuteAsync("update marketing_ops.conversion_exports set due_at = now() where state = 'queued'");

    private Task<long> CountAsync(string destination, string state) => product.QueryAsync<long>("select count(*) from marketing_ops.conversion_exports where destination = $1 and state = $2", destination, state);

    private Task<string> StatesAsync(Guid booking) => product.QueryAsync<string>("select coalesce(string_agg(destination || ' ' || state, ',' order by destination), '') from marketing_ops.conversion_exports where reservation_id = $1", booking);

    private async Task<Guid> BookAsync(string email, int hoursAgo, decimal amount, bool agrees = true, bool isTouched = true)
    {
        var contact = await product.QueryAsync<Guid>("insert into directory.contacts (id, first_name, last_name, email, country, language, marketing_consent) values (gen_random_uuid(), 'A', 'B', $1, 'PT', 'pt', $2) returning id", email, agrees);
        if (isTouched)
            await product.ExecuteAsync("""
                with campaign as (insert into marketing.campaigns (campaign_name, campaign_type) values ('Autumn', 'email') returning id)
                insert into marketing.campaign_events (campaign_id, contact_id, event_type, event_timestamp, channel) select id, $1, 'clicked', now() - interval '10 days', 'email' from campaign
                """, contact);
        return await product.QueryAsync<Guid>("""
            insert into reservations.reservations (id, reservation_code, property_id, contact_id, booked_at, check_in, check_out, guests, total_amount, currency, channel, status)
            values (gen_random_uuid(), gen_random_uuid()::text, (select id from property.properties limit 1), $1, now() - make_interval(hours => $2), current_date + 30, current_date + 37, 2, $3, 'EUR', 'direct', 'confirmed') returning id
            """, contact, hoursAgo, amount);
    }

    // One event that it refuses fails the whole request.
    private async Task MetaAsync(HttpContext context)
    {
        var body = await ReadAsync(context);
        if (context.Request.Headers.Authorization != "Bearer token") await AnswerAsync(context, 400, """{"error":{"code":190,"message":"Invalid OAuth access token."}}""");
        else if (poison is not null && body.ToJsonString().Contains(poison, StringComparison.Ordinal)) await AnswerAsync(context, 400, """{"error":{"code":100,"message":"Invalid parameter","is_transient":false}}""");
        else
        {
            lock (meta) meta.Add(body);
            await AnswerAsync(context, 200, $"{{\"events_received\":{body["data"]!.AsArray().Count},\"messages\":[],\"fbtrace_id\":\"x\"}}");
        }
    }

    private static async Task<JsonNode> ReadAsync(HttpContext context) => (await JsonNode.ParseAsync(context.Request.Body))!;

    private static Task AnswerAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        return json.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(json);
    }
}
