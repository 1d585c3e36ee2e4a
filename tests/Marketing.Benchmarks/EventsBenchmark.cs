using System.Security.Cryptography;
using System.Text;
using Marketing.Attribution;
using Marketing.Campaigns;
using Marketing.DevHost.Stubs;
using Marketing.Webhooks;
using Marketing.Webhooks.SendGrid;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Benchmarks;

/// <summary>Attribution, rollup and webhook events, over a PostgreSQL of its own that keeps its durability.</summary>
internal static class EventsBenchmark
{
    /// <summary>Runs one of them: attribution [bookings], rollup [rows], webhooks [events].</summary>
    public static async Task RunAsync(string what, int size)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await BenchmarkDatabase.RunAsync([new("Webhooks:SendGrid:PublicKeys:0", Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()))], bench => what switch
        {
            "attribution" => AttributionAsync(bench, size),
            "rollup" => RollupAsync(bench, size),
            _ => WebhooksAsync(bench, new SendGridSigner(key.ExportPkcs8PrivateKeyPem()), size),
        });
    }

    private static async Task AttributionAsync(BenchmarkDatabase bench, int bookings)
    {
        await bench.ExecuteAsync("delete from reservations.reservations");
        await bench.ExecuteAsync($"insert into directory.contacts (id, first_name, last_name, email, country, language) select gen_random_uuid(), 'A', 'B', 'bench' || n || '@example.org', 'PT', 'pt' from generate_series(1, {bookings}) n");
        await bench.ExecuteAsync("insert into marketing.campaigns (campaign_name, campaign_type) select 'Bench ' || n, 'email' from generate_series(1, 20) n");
        await bench.ExecuteAsync("""
            insert into reservations.reservations (id, reservation_code, property_id, contact_id, booked_at, check_in, check_out, guests, total_amount, channel, status)
            select gen_random_uuid(), 'B' || row_number() over (), (select id from property.properties limit 1), id, timestamptz '2026-06-01 10:00+00', date '2026-08-01', date '2026-08-08', 2, 1000.01, 'direct', 'confirmed'
            from directory.contacts where email like 'bench%'
            """);
        await bench.ExecuteAsync("""
            insert into marketing_ops.touchpoints (contact_id, at, kind, source_key, channel, source, campaign_id)
            select c.id, timestamptz '2026-06-01 09:00+00' - make_interval(days => n * 4), 'website', c.id || '-' || n, 'email', 'sendgrid', campaigns[1 + n]
            from directory.contacts c, generate_series(0, 19) n, (select array_agg(id) as campaigns from marketing.campaigns) k where c.email like 'bench%'
            """);
        await bench.ExecuteAsync("vacuum analyze");
        var attribute = bench.Services.GetRequiredService<AttributeBookings>();
        await BenchmarkDatabase.TimeAsync("first run", bookings, "bookings", () => attribute.RunAsync(CancellationToken.None));
        await BenchmarkDatabase.TimeAsync("run with nothing to do", bookings, "bookings", () => attribute.RunAsync(CancellationToken.None));
        await bench.ExecuteAsync("update reservations.reservations set total_amount = total_amount + 1 where id in (select id from reservations.reservations order by id limit 1000)");
        await BenchmarkDatabase.TimeAsync("run after 1,000 changes", 1000, "bookings", () => attribute.RunAsync(CancellationToken.None));
        Console.WriteLine($"rows: {await bench.ScalarAsync<long>("select count(*) from marketing.attribution")}, wrong sums: {await bench.ScalarAsync<long>("""
            select count(*) from (select a.id from marketing.attribution a, jsonb_to_recordset(a.touchpoints) as t (weight numeric, revenue numeric)
            group by a.id, a.revenue_attributed having sum(t.weight) <> 1 or sum(t.revenue) <> a.revenue_attributed) wrong
            """)}");
    }

    private static async Task RollupAsync(BenchmarkDatabase bench, int rows)
    {
        await bench.ExecuteAsync("insert into marketing.campaigns (campaign_name, campaign_type) values ('Bench', 'email')");
        const string insert = """
            insert into marketing.campaign_events (campaign_id, contact_id, event_type, event_data, device_type, channel)
            select (select id from marketing.campaigns limit 1), contacts[1 + n % 300], (array['sent','delivered','opened','clicked'])[1 + n % 4], '{"recipient_domain":"example.com"}', 'mobile', 'email'
            from generate_series(1, $1) n, (select array_agg(id) as contacts from directory.contacts) c
            """;
        var rollup = bench.Services.GetRequiredService<RollupMetrics>();
        foreach (var before in new[] { 0, rows })
        {
            if (before > 0)
            {
                await bench.ExecuteAsync("alter table marketing.campaign_events disable trigger user");
                await bench.ExecuteAsync(insert, before);
                await bench.ExecuteAsync("alter table marketing.campaign_events enable trigger user");
                await bench.ExecuteAsync("vacuum analyze marketing.campaign_events");
            }
            for (var round = 0; round < 3; round++)
            {
                await bench.ExecuteAsync(insert, 1000);
                await BenchmarkDatabase.TimeAsync($"rollup of 1,000 new events over {await bench.ScalarAsync<long>("select count(*) from marketing.campaign_events"):N0}", 1000, "events", () => rollup.RunAsync(CancellationToken.None));
            }
        }
    }

    private static async Task WebhooksAsync(BenchmarkDatabase bench, SendGridSigner signer, int events)
    {
        const int batch = 2_000;
        await bench.ExecuteAsync("insert into marketing.campaigns (campaign_name, campaign_type) values ('Bench', 'email')");
        var campaign = await bench.ScalarAsync<Guid>("select id from marketing.campaigns limit 1");
        var contacts = await bench.ScalarAsync<Guid[]>("select array_agg(id) from directory.contacts");
        var bodies = Enumerable.Range(0, events / batch).Select(number =>
        {
            var body = Encoding.UTF8.GetBytes("[" + string.Join(",\r\n", Enumerable.Range(0, batch).Select(i =>
                $$"""{"email":"guest@example.com","event":"{{(i % 3 == 0 ? "open" : "delivered")}}","timestamp":1764000000,"sg_event_id":"{{number}}-{{i}}-ZGVsaXZlcmVkLTEtdGVzdA","sg_message_id":"tJ3x.recvd-1.0","campaign_id":"{{campaign}}","contact_id":"{{contacts[i % contacts.Length]}}","useragent":"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"}""")) + "]\r\n");
            return (Body: body, Headers: signer.Sign(body, DateTimeOffset.UtcNow));
        }).ToList();
        var (signature, process) = (bench.Services.GetRequiredService<SendGridSignature>(), bench.Services.GetRequiredService<ProcessWebhook>());
        var webhooks = await BenchmarkDatabase.TimeAsync("verify, inbox, processing into rows", events, "events", async () =>
        {
            await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (call, stop) =>
            {
                if (signature.Refuse(call.Body, call.Headers[SendGridSignature.SignatureHeader], call.Headers[SendGridSignature.TimestampHeader]) is { } reason) throw new InvalidOperationException(reason);
                await using var store = bench.Database.CreateCommand("insert into marketing_ops.webhook_inbox (id, provider, body, body_sha256, state, attempts) values ($1, 'sendgrid', $2, $3, 'received', 0)");
                var id = Guid.CreateVersion7();
                foreach (var value in new object[] { id, call.Body, SHA256.HashData(call.Body) }) store.Parameters.AddWithValue(value);
                await store.ExecuteNonQueryAsync(stop);
                await process.RunAsync(id, stop);
            });
            return 0;
        });
        if (await bench.ScalarAsync<long>("select count(*) from marketing.campaign_events") != events) throw new InvalidOperationException("Events are missing.");
        await bench.ExecuteAsync("create table rows as select * from marketing.campaign_events");
        await bench.ExecuteAsync("truncate marketing.campaign_events");
        var copy = await BenchmarkDatabase.TimeAsync("COPY of the same rows into the same table", events, "events", async () =>
        {
            await using var connection = await bench.Database.OpenConnectionAsync();
            await using var source = await bench.Database.OpenConnectionAsync();
            await using var reader = await source.BeginRawBinaryCopyAsync("copy rows to stdout (format binary)");
            await using var writer = await connection.BeginRawBinaryCopyAsync("copy marketing.campaign_events from stdin (format binary)");
            await reader.CopyToAsync(writer);
            return 0;
        });
        Console.WriteLine($"{copy / webhooks:P0} of COPY");
    }
}
