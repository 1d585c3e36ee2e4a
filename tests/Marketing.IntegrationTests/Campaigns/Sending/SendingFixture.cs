using System.Collections.Concurrent;
using Marketing.Campaigns.Sending;
using Marketing.DevHost.Servers;
using Marketing.DevHost.Stubs;
using Marketing.IntegrationTests.Support;
using Marketing.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Campaigns.Sending;

/// <summary>A database, a storage account, and stand-ins of SendGrid, Azure and a mail server.</summary>
public sealed class SendingFixture(TestServers servers) : IAsyncLifetime
{
    private int campaigns;

    public ProductFixture Product { get; } = new(servers);

    public EmailProviderStub Stub { get; private set; } = null!;

    public EmailSmtpStub Smtp { get; private set; } = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Product.InitializeAsync();
        Stub = await EmailProviderStub.StartAsync(FreePort.Next(), Stop);
        Smtp = EmailSmtpStub.Start();
    }

    /// <summary>Settings of a worker whose providers are the stand-ins.</summary>
    public Dictionary<string, string?> Settings(params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Sending:SendGrid:Address"] = Stub.Address.ToString(),
            ["Sending:SendGrid:ApiKey"] = Stub.SendGrid.ApiKey,
            ["Sending:Azure:Endpoint"] = Stub.Address.ToString(),
            ["Sending:Azure:AccessKey"] = Stub.Azure.AccessKey,
            ["Sending:ProviderLimits:azure:0:Messages"] = "100000",
            ["Sending:ProviderLimits:azure:0:Per"] = "00:00:01",
            ["Sending:Smtp:Host"] = "127.0.0.1",
            ["Sending:Smtp:Port"] = Smtp.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Sending:Smtp:Security"] = "None",
            ["Sending:RequestTimeout"] = "00:00:30",
            ["Sending:ReportWithin"] = "00:10:00",
            ["Email:PostalAddress"] = "1 Beach Road, Lagos",
            ["Email:Company"] = "Casa do Mar",
            ["Tracking:PublicAddress"] = "https://links.example.com",
        };
        foreach (var (key, value) in more) settings[key] = value;
        return settings;
    }

    /// <summary>A worker: the product's services with these settings.</summary>
    public ServiceProvider Worker(ISendStepObserver? observer = null, params (string Key, string Value)[] settings) =>
        Product.Build(Settings(settings), services =>
        {
            if (observer is not null) services.AddSingleton(observer);
        });

    /// <summary>An active campaign to contacts of its own.</summary>
    /// <param name="recipients">How many.</param>
    /// <param name="provider">Who sends it.</param>
    /// <param name="subject">Subject, Liquid.</param>
    /// <param name="emails">Addresses of the first contacts instead of the usual ones.</param>
    /// <param name="list">List it belongs to.</param>
    /// <param name="settings">JSON of its settings.</param>
    /// <param name="holdout">Share of contacts that get nothing.</param>
    public async Task<Guid> CampaignAsync(int recipients, string provider = "sendgrid", string subject = "News for {{ contact.first_name }}", string[]? emails = null, string list = "", string settings = "{}", double holdout = 0)
    {
        var number = Interlocked.Increment(ref campaigns);
        var segment = await Product.QueryAsync<Guid>("insert into marketing.segments (segment_name, segment_type) values ($1, 'static') returning id", $"Segment {number}");
        await Product.ExecuteAsync("""
            with made as (
                insert into directory.contacts (id, first_name, last_name, email, country, language, marketing_consent)
                select gen_random_uuid(), 'Guest' || n, 'Test', coalesce(($4::text[])[n], 'c' || $2 || 'r' || n || '@example.com'), 'PT', 'en', true from generate_series(1, $3) n
                returning id)
            insert into marketing.segment_members (segment_id, contact_id, added_by) select $1, id, 'manual' from made
            """, segment, number.ToString(System.Globalization.CultureInfo.InvariantCulture), recipients, emails ?? []);
        var campaign = await Product.QueryAsync<Guid>("insert into marketing.campaigns (campaign_name, campaign_type, segment_id, status) values ($1, 'email', $2, 'active') returning id", $"Campaign {number}", segment);
        await Product.ExecuteAsync("insert into marketing_ops.campaign_emails (campaign_id, provider, sender_email, sender_name, list, settings, holdout) values ($1, $2, 'news@example.com', 'Casa do Mar', $3, $4::jsonb, $5::numeric)", campaign, provider, list, settings, (decimal)holdout);
        await Product.ExecuteAsync("""
            insert into marketing_ops.campaign_variants (campaign_id, variant, share, source)
            values ($1, 'a', 1 - $3::numeric, jsonb_build_object('subject', $2::text, 'body', E'# Summer\n\nDear {{ contact.first_name }}, see [our houses](https://example.com/houses).', 'version', 1, 'status', 'approved'))
            """, campaign, subject, (decimal)holdout);
        return campaign;
    }

    /// <summary>Runs one worker of a campaign.</summary>
    public static async Task SendAsync(ServiceProvider worker, Guid campaign)
    {
        await using var scope = worker.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SendCampaign>().RunAsync(campaign, Stop);
    }

    /// <summary>Runs the timer.</summary>
    public static async Task DispatchAsync(ServiceProvider worker)
    {
        await using var scope = worker.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DispatchSends>().RunAsync(Stop);
    }

    /// <summary>How many recipients of a campaign are in which state.</summary>
    public async Task<Dictionary<string, long>> StatesAsync(Guid campaign)
    {
        await using var command = Product.Database.CreateCommand("select state, count(*) from marketing_ops.campaign_sends where campaign_id = $1 group by state");
        command.Parameters.AddWithValue(campaign);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var states = new Dictionary<string, long>();
        while (await reader.ReadAsync(Stop)) states[reader.GetString(0)] = reader.GetInt64(1);
        return states;
    }

    /// <summary>Ids of a campaign's messages in a state; of all of them when none is given.</summary>
    public Task<Guid[]> SendsAsync(Guid campaign, string state = "") =>
        Product.QueryAsync<Guid[]>("select coalesce(array_agg(send_id), '{}') from marketing_ops.campaign_sends where campaign_id = $1 and ($2 = '' or state = $2)", campaign, state);

    /// <summary>How many events of a kind a campaign has, and for how many contacts.</summary>
    public async Task<(long Events, long Contacts)> EventsAsync(Guid campaign, string kind) => (
        await Product.QueryAsync<long>("select count(*) from marketing.campaign_events where campaign_id = $1 and event_type = $2", campaign, kind),
        await Product.QueryAsync<long>("select count(distinct contact_id) from marketing.campaign_events where campaign_id = $1 and event_type = $2", campaign, kind));

    /// <summary>Messages of a campaign that a stand-in took, by their id, and how often.</summary>
    public async Task<Dictionary<Guid, int>> TakenAsync(Guid campaign)
    {
        var sends = await SendsAsync(campaign);
        return sends.Select(send => (send, count: Stub.Taken.Counts.GetValueOrDefault(send.ToString()) + Smtp.Taken.Counts.GetValueOrDefault(send.ToString()))).Where(pair => pair.count > 0).ToDictionary(pair => pair.send, pair => pair.count);
    }

    /// <summary>As if the time had passed: everything of the ledger is that much older.</summary>
    public async Task AgeAsync(Guid campaign, TimeSpan by)
    {
        await Product.ExecuteAsync("update marketing_ops.send_requests set submitted_at = submitted_at - $1", by);
        await Product.ExecuteAsync("update marketing_ops.campaign_sends set submitted_at = submitted_at - $2, due_at = due_at - $2 where campaign_id = $1", campaign, by);
        await Product.ExecuteAsync("update marketing_ops.campaign_sendings set redispatch_at = now() - interval '1 second' where campaign_id = $1", campaign);
    }

    /// <summary>SendGrid reports messages: its events go through the inbox as the webhook would put them there.</summary>
    public async Task ReportAsync(ServiceProvider worker, IEnumerable<EmailDelivery> messages, string kind = "processed")
    {
        foreach (var batch in messages.Chunk(500))
        {
            var id = await worker.GetRequiredService<WebhookInbox>().AcceptAsync("sendgrid", EmailSendGridStub.Events(batch, kind, DateTimeOffset.UtcNow), Stop);
            await using var command = Product.Database.CreateCommand("select id from marketing_ops.webhook_inbox where state = 'received'");
            var waiting = new List<Guid>();
            await using (var reader = await command.ExecuteReaderAsync(Stop))
                while (await reader.ReadAsync(Stop)) waiting.Add(reader.GetGuid(0));
            foreach (var delivery in waiting) await worker.GetRequiredService<ProcessWebhook>().RunAsync(delivery, Stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stub.DisposeAsync();
        await Smtp.DisposeAsync();
        await Product.DisposeAsync();
    }
}

/// <summary>Ends a worker at a moment, as a kill would: nothing after that moment happens.</summary>
internal sealed class KillAt(string? moment, int occurrence = 1) : ISendStepObserver
{
    private int seen;
    private bool isDead;

    public ConcurrentQueue<string> Moments { get; } = new();

    public ValueTask ReachedAsync(string reached, Guid campaignId)
    {
        Moments.Enqueue(reached);
        if (isDead || (reached == moment && Interlocked.Increment(ref seen) == occurrence))
        {
            isDead = true;
            throw new KilledException();
        }
        return ValueTask.CompletedTask;
    }
}

internal sealed class KilledException : Exception;
