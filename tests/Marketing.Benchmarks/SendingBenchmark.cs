using System.Diagnostics;
using Marketing.Campaigns.Sending;
using Marketing.Data;
using Marketing.DevHost.ExternalTables;
using Marketing.DevHost.Servers;
using Marketing.DevHost.Stubs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Benchmarks;

/// <summary>Freezing and sending campaigns by email, over a PostgreSQL of its own that keeps its durability and a stand-in of SendGrid that answers at once.</summary>
internal static class SendingBenchmark
{
    /// <summary>Runs one of them: freeze [recipients], sending [recipients].</summary>
    public static async Task RunAsync(string what, int recipients)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"marketing-sending-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        var packages = await ServerPackages.InstallAsync(CancellationToken.None);
        try
        {
            await using var postgres = await PostgresServer.StartAsync(packages.PostgresBin, Path.Combine(folder, "postgres"), durable: true, CancellationToken.None);
            await postgres.CreateDatabaseAsync("bench", "template0", CancellationToken.None);
            var address = postgres.ConnectionString("bench");
            await StandInTables.CreateAsync(address + ";Pooling=false", 1, CancellationToken.None);
            await DatabaseMigrator.MigrateAsync(address + ";Pooling=false", CancellationToken.None);
            await using var stub = await EmailProviderStub.StartAsync(FreePort.Next(), CancellationToken.None);
            (stub.SendGrid.IsInstant, stub.Taken.KeepsContent, stub.Taken.KeepsIds) = (true, false, false);
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                [DatabaseConnection.Setting] = address,
                ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
                ["KeyRing:ActiveKeyId"] = "b",
                ["KeyRing:Keys:b"] = Convert.ToBase64String(new byte[32]),
                ["Sending:SendGrid:Address"] = stub.Address.ToString(),
                ["Sending:SendGrid:ApiKey"] = stub.SendGrid.ApiKey,
                ["Sending:RunFor"] = "01:00:00",
                ["Email:PostalAddress"] = "1 Beach Road, Lagos",
            }).Build();
            await using var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddMarketing(configuration).BuildServiceProvider();
            await using var database = NpgsqlDataSource.Create(address + ";Command Timeout=900");
            var segment = await MembersAsync(database, recipients);
            await (what == "freeze" ? FreezeAsync(services, database, segment, recipients) : SendAsync(services, database, stub, segment, recipients));
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    // The bare statement writes the same columns into a table with the same keys, and asks about nothing but consent.
    private static async Task FreezeAsync(ServiceProvider services, NpgsqlDataSource database, Guid segment, int recipients)
    {
        await ExecuteAsync(database, "create table marketing_ops.bare_sends (like marketing_ops.campaign_sends including all)");
        await ExecuteAsync(database, "insert into marketing_ops.suppressions (address_hash, reason, source) select sha256(convert_to('bench' || n * 100 || '@example.org', 'UTF8')), 'unsubscribe', 'bench' from generate_series(1, $1 / 100) n", recipients);
        await ExecuteAsync(database, "analyze marketing_ops.suppressions");
        var (bare, freeze) = (new List<double>(), new List<double>());
        // A million takes a minute a round.
        for (var round = 0; round < (recipients < 1_000_000 ? 3 : 1); round++)
        {
            await ExecuteAsync(database, "truncate marketing_ops.bare_sends, marketing_ops.campaign_sends");
            await ExecuteAsync(database, "checkpoint");
            bare.Add(await TimeAsync("bare INSERT … SELECT", recipients, () => ExecuteAsync(database, """
                insert into marketing_ops.bare_sends (campaign_id, contact_id, variant)
                select $2, contact.id, 'a' from marketing.segment_members member join directory.contacts contact on contact.id = member.contact_id
                where member.segment_id = $1 and member.removed_at is null and contact.marketing_consent
                """, segment, Guid.NewGuid())));
            await ExecuteAsync(database, "checkpoint");
            var campaign = await CampaignAsync(database, segment);
            freeze.Add(await TimeAsync("freeze", recipients, async () => Console.WriteLine(await services.GetRequiredService<FreezeRecipients>().RunAsync(campaign, CancellationToken.None))));
        }
        Console.WriteLine($"median: bare {Median(bare):0.00} s, freeze {Median(freeze):0.00} s, ratio {Median(freeze) / Median(bare):0.00}");
    }

    private static async Task SendAsync(ServiceProvider services, NpgsqlDataSource database, EmailProviderStub stub, Guid segment, int recipients)
    {
        // What is compiled and connected once is no part of the rate.
        await SendOneAsync(services, await CampaignAsync(database, segment, limit: 2_000));
        var campaign = await CampaignAsync(database, segment);
        var frozen = await services.GetRequiredService<FreezeRecipients>().RunAsync(campaign, CancellationToken.None);
        await ExecuteAsync(database, "vacuum analyze marketing_ops.campaign_sends");
        var before = stub.Taken.Total;
        using var watching = new CancellationTokenSource();
        var watch = WatchAsync(stub, before, frozen.Recipients, watching.Token);
        await TimeAsync("sending", (int)frozen.Recipients, () => Task.WhenAll(SendOneAsync(services, campaign), SendOneAsync(services, campaign)));
        await watching.CancelAsync();
        await watch;
        Console.WriteLine($"the stand-in took {stub.Taken.Total - before:N0} messages of {frozen.Recipients:N0}; accepted: {await ScalarAsync(database, "select count(*) from marketing_ops.campaign_sends where campaign_id = $1 and state = 'accepted'", campaign):N0}, events sent: {await ScalarAsync(database, "select count(*) from marketing.campaign_events where campaign_id = $1", campaign):N0}");
    }

    private static async Task SendOneAsync(ServiceProvider services, Guid campaign)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SendCampaign>().RunAsync(campaign, CancellationToken.None);
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

    private static async Task<Guid> MembersAsync(NpgsqlDataSource database, int recipients)
    {
        await ExecuteAsync(database, "insert into directory.contacts (id, first_name, last_name, email, country, language, marketing_consent) select gen_random_uuid(), 'Guest' || n, 'Bench', 'bench' || n || '@example.org', 'PT', 'pt', true from generate_series(1, $1) n", recipients);
        var segment = (Guid)(await ScalarAsync(database, "insert into marketing.segments (segment_name, segment_type) values ('Bench', 'static') returning id"))!;
        await ExecuteAsync(database, "insert into marketing.segment_members (segment_id, contact_id, added_by) select $1, id, 'import' from directory.contacts where email like 'bench%'", segment);
        await ExecuteAsync(database, "vacuum analyze");
        return segment;
    }

    private static async Task<Guid> CampaignAsync(NpgsqlDataSource database, Guid segment, int? limit = null)
    {
        if (limit is { } few)
        {
            var part = (Guid)(await ScalarAsync(database, "insert into marketing.segments (segment_name, segment_type) values ('Some', 'static') returning id"))!;
            await ExecuteAsync(database, "insert into marketing.segment_members (segment_id, contact_id, added_by) select $1, contact_id, 'manual' from marketing.segment_members where segment_id = $2 limit $3", part, segment, few);
            segment = part;
        }
        var campaign = (Guid)(await ScalarAsync(database, "insert into marketing.campaigns (campaign_name, campaign_type, segment_id, status) values ('Bench', 'email', $1, 'active') returning id", segment))!;
        await ExecuteAsync(database, "insert into marketing_ops.campaign_emails (campaign_id, provider, sender_email, sender_name) values ($1, 'sendgrid', 'news@example.org', 'Bench')", campaign);
        await ExecuteAsync(database, """
            insert into marketing_ops.campaign_variants (campaign_id, variant, share, source)
            values ($1, 'a', 1, jsonb_build_object('subject', 'News for {{ contact.first_name }}', 'body', E'# Summer\n\nDear {{ contact.first_name }}, see [our houses](https://example.com/houses).\n\n' || repeat(E'A paragraph about houses by the sea and what is free in September.\n\n', 10), 'version', 1, 'status', 'approved'))
            """, campaign);
        return campaign;
    }

    private static async Task<double> TimeAsync(string what, int count, Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine($"{what}: {seconds:0.000} s, {count / seconds:N0} recipients/s");
        return seconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return await command.ExecuteScalarAsync();
    }
}
