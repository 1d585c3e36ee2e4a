using System.Diagnostics;
using Marketing.Campaigns.Sending;
using Marketing.DevHost.Servers;
using Marketing.DevHost.Stubs;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Benchmarks;

/// <summary>Freezing and sending campaigns by email, over a PostgreSQL of its own that keeps its durability and a stand-in of SendGrid that answers at once.</summary>
internal static class SendingBenchmark
{
    /// <summary>Runs one of them: freeze [recipients], sending [recipients].</summary>
    public static async Task RunAsync(string what, int recipients)
    {
        await using var stub = await EmailProviderStub.StartAsync(FreePort.Next(), CancellationToken.None);
        (stub.SendGrid.IsInstant, stub.Taken.KeepsContent, stub.Taken.KeepsIds) = (true, false, false);
        await BenchmarkDatabase.RunAsync(
            [
                new("Sending:SendGrid:Address", stub.Address.ToString()), new("Sending:SendGrid:ApiKey", stub.SendGrid.ApiKey), new("Sending:RunFor", "01:00:00"), new("Email:PostalAddress", "1 Beach Road, Lagos"),
            ],
            async bench =>
            {
                var segment = await MembersAsync(bench, recipients);
                await (what == "freeze" ? FreezeAsync(bench, segment, recipients) : SendAsync(bench, stub, segment, recipients));
            });
    }

    // The bare statement writes the same columns into a table with the same keys, and asks about nothing but consent.
    private static async Task FreezeAsync(BenchmarkDatabase bench, Guid segment, int recipients)
    {
        await bench.ExecuteAsync("create table marketing_ops.bare_sends (like marketing_ops.campaign_sends including all)");
        await bench.ExecuteAsync("insert into marketing_ops.suppressions (address_hash, reason, source) select sha256(convert_to('bench' || n * 100 || '@example.org', 'UTF8')), 'unsubscribe', 'bench' from generate_series(1, $1 / 100) n", recipients);
        await bench.ExecuteAsync("analyze marketing_ops.suppressions");
        var (bare, freeze) = (new List<double>(), new List<double>());
        // A million takes a minute a round.
        for (var round = 0; round < (recipients < 1_000_000 ? 3 : 1); round++)
        {
            await bench.ExecuteAsync("truncate marketing_ops.bare_sends, marketing_ops.campaign_sends");
            await bench.ExecuteAsync("checkpoint");
            bare.Add(await BenchmarkDatabase.TimeAsync("bare INSERT … SELECT", recipients, "recipients", () => bench.ExecuteAsync("""
                insert into marketing_ops.bare_sends (campaign_id, contact_id, variant)
                select $2, contact.id, 'a' from marketing.segment_members member join directory.contacts contact on contact.id = member.contact_id
                where member.segment_id = $1 and member.removed_at is null and contact.marketing_consent
                """, segment, Guid.NewGuid())));
            await bench.ExecuteAsync("checkpoint");
            var campaign = await CampaignAsync(bench, segment);
            freeze.Add(await BenchmarkDatabase.TimeAsync("freeze", recipients, "recipients", () => bench.Services.GetRequiredService<FreezeRecipients>().RunAsync(campaign, CancellationToken.None)));
        }
        Console.WriteLine($"median: bare {BenchmarkDatabase.Median(bare):0.00} s, freeze {BenchmarkDatabase.Median(freeze):0.00} s, ratio {BenchmarkDatabase.Median(freeze) / BenchmarkDatabase.Median(bare):0.00}");
    }

    private static async Task SendAsync(BenchmarkDatabase bench, EmailProviderStub stub, Guid segment, int recipients)
    {
        // What is compiled and connected once is no part of the rate.
        await SendOneAsync(bench.Services, await CampaignAsync(bench, segment, limit: 2_000));
        var campaign = await CampaignAsync(bench, segment);
        var frozen = await bench.Services.GetRequiredService<FreezeRecipients>().RunAsync(campaign, CancellationToken.None);
        await bench.ExecuteAsync("vacuum analyze marketing_ops.campaign_sends");
        var before = stub.Taken.Total;
        using var watching = new CancellationTokenSource();
        var watch = WatchAsync(stub, before, frozen.Recipients, watching.Token);
        await BenchmarkDatabase.TimeAsync("sending", (int)frozen.Recipients, "recipients", () => Task.WhenAll(SendOneAsync(bench.Services, campaign), SendOneAsync(bench.Services, campaign)));
        await watching.CancelAsync();
        await watch;
        Console.WriteLine($"the stand-in took {stub.Taken.Total - before:N0} messages of {frozen.Recipients:N0}; accepted: {await bench.ScalarAsync<long>("select count(*) from marketing_ops.campaign_sends where campaign_id = $1 and state = 'accepted'", campaign):N0}, events sent: {await bench.ScalarAsync<long>("select count(*) from marketing.campaign_events where campaign_id = $1", campaign):N0}");
    }

    private static async Task<Guid> SendOneAsync(ServiceProvider services, Guid campaign)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SendCampaign>().RunAsync(campaign, CancellationToken.None);
        return campaign;
    }

    private static async Task WatchAsync(EmailProviderStub stub, long before, long all, CancellationToken stop)
    {
        for (var part = 1; part <= 4 && !stop.IsCancellationRequested;)
        {
            if (stub.Taken.Total - before >= all * part / 4)
            {
                Console.WriteLine($"  {part * 25} %: working set {Process.GetCurrentProcess().WorkingSet64 >> 20} MiB, managed heap {GC.GetTotalMemory(false) >> 20} MiB");
                part++;
            }
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task<Guid> MembersAsync(BenchmarkDatabase bench, int recipients)
    {
        await bench.ExecuteAsync("insert into directory.contacts (id, first_name, last_name, email, country, language, marketing_consent) select gen_random_uuid(), 'Guest' || n, 'Bench', 'bench' || n || '@example.org', 'PT', 'pt', true from generate_series(1, $1) n", recipients);
        var segment = await bench.ScalarAsync<Guid>("insert into marketing.segments (segment_name, segment_type) values ('Bench', 'static') returning id");
        await bench.ExecuteAsync("insert into marketing.segment_members (segment_id, contact_id, added_by) select $1, id, 'import' from directory.contacts where email like 'bench%'", segment);
        await bench.ExecuteAsync("vacuum analyze");
        return segment;
    }

    private static async Task<Guid> CampaignAsync(BenchmarkDatabase bench, Guid segment, int? limit = null)
    {
        if (limit is { } few)
        {
            var part = await bench.ScalarAsync<Guid>("insert into marketing.segments (segment_name, segment_type) values ('Some', 'static') returning id");
            await bench.ExecuteAsync("insert into marketing.segment_members (segment_id, contact_id, added_by) select $1, contact_id, 'manual' from marketing.segment_members where segment_id = $2 limit $3", part, segment, few);
            segment = part;
        }
        var campaign = await bench.ScalarAsync<Guid>("insert into marketing.campaigns (campaign_name, campaign_type, segment_id, status) values ('Bench', 'email', $1, 'active') returning id", segment);
        await bench.ExecuteAsync("insert into marketing_ops.campaign_emails (campaign_id, provider, sender_email, sender_name) values ($1, 'sendgrid', 'news@example.org', 'Bench')", campaign);
        await bench.ExecuteAsync("""
            insert into marketing_ops.campaign_variants (campaign_id, variant, share, source)
            values ($1, 'a', 1, jsonb_build_object('subject', 'News for {{ contact.first_name }}', 'body', E'# Summer\n\nDear {{ contact.first_name }}, see [our houses](https://example.com/houses).\n\n' || repeat(E'A paragraph about houses by the sea and what is free in September.\n\n', 10), 'version', 1, 'status', 'approved'))
            """, campaign);
        return campaign;
    }
}
