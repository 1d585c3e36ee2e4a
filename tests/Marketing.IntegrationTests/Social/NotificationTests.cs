using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Marketing.IntegrationTests.Support;
using Marketing.Social.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketing.IntegrationTests.Social;

/// <summary>The function app, and a receiver of its notifications.</summary>
public sealed class NotificationFixture(TestServers servers) : FunctionAppFixture(servers)
{
    private WebApplication? receiver;

    public int Port { get; private set; }

    /// <summary>What arrived: headers and body.</summary>
    public ConcurrentQueue<(IHeaderDictionary Headers, string Body)> Received { get; } = new();

    /// <summary>Statuses to answer with, then 204.</summary>
    public ConcurrentQueue<int> Answers { get; } = new();

    protected override async Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        Port = Marketing.DevHost.Servers.FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port));
        receiver = builder.Build();
        receiver.MapPost("/hook", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            Received.Enqueue((new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value)), await reader.ReadToEndAsync()));
            context.Response.StatusCode = Answers.TryDequeue(out var status) ? status : 204;
        });
        await receiver.StartAsync(TestContext.Current.CancellationToken);
        settings["Outbound:AllowHttp"] = "true";
        settings["Outbound:AllowedEndpoints:0"] = $"127.0.0.1:{Port}";
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        if (receiver is not null) await receiver.DisposeAsync();
    }
}

public sealed class NotificationTests(NotificationFixture app) : IClassFixture<NotificationFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failed_post_is_told_signed_again_after_a_failure_and_on_demand()
    {
        using var made = await app.Admin.PostAsJsonAsync("operations/notifications/endpoints", new { url = $"http://127.0.0.1:{app.Port}/hook", event_types = new[] { "social_post.failed", "social_post.missed" } }, Stop);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var endpoint = JsonNode.Parse(await made.Content.ReadAsStringAsync(Stop))!;
        var secret = (string)endpoint["secret"]!;
        Assert.Equal(0L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.notification_endpoints where secret like '%' || $1 || '%'", secret["whsec_".Length..]));

        app.Answers.Enqueue(500);
        var post = await app.Product.QueryAsync<Guid>("""
            with account as (insert into marketing.social_accounts (platform, account_name) values ('instagram', 'told') returning id)
            insert into marketing.social_posts (account_id, post_type, status) select id, 'post', 'publishing' from account returning id
            """);
        await app.Product.ExecuteAsync("insert into marketing_ops.publish_jobs (post_id, platform, state, due_at, redispatch_at, failures, negative_reads, reason) values ($1, 'instagram', 'failed', now(), now(), 0, 0, 'caption: too long')", post);
        await app.Product.ExecuteAsync("update marketing.social_posts set status = 'failed' where id = $1", post);
        await app.Product.ExecuteAsync("update marketing.social_posts set status = 'deleted' where id = $1", post);

        await using var worker = app.Product.Build([new("Outbound:AllowHttp", "true"), new("Outbound:AllowedEndpoints:0", $"127.0.0.1:{app.Port}")]);
        await Eventually.BecomesAsync(async () =>
        {
            await worker.GetRequiredService<DeliverNotifications>().RunAsync(Stop);
            await app.Product.ExecuteAsync("update marketing_ops.notification_deliveries set next_at = now() where state = 'pending'");
            return await app.Product.QueryAsync<long>("select count(*) from marketing_ops.notification_deliveries where state = 'delivered' and attempts >= 2");
        }, delivered => delivered == 1);
        Assert.True(app.Received.Count >= 2);
        foreach (var (headers, body) in app.Received)
        {
            var expected = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}")));
            Assert.Equal($"v1,{expected}", headers["webhook-signature"].ToString());
            Assert.Equal("social_post.failed", (string)JsonNode.Parse(body)!["type"]!);
            Assert.Equal("caption: too long", (string)JsonNode.Parse(body)!["data"]!["reason"]!);
        }
        Assert.Single(app.Received.Select(call => call.Headers["webhook-id"].ToString()).Distinct());

        var seen = app.Received.Count;
        using var replay = await app.Admin.PostAsJsonAsync($"operations/notifications/endpoints/{endpoint["id"]}/replay", new { since = DateTimeOffset.UtcNow.AddHours(-1) }, Stop);
        Assert.Equal(1, (int)JsonNode.Parse(await replay.Content.ReadAsStringAsync(Stop))!["events"]!);
        await worker.GetRequiredService<DeliverNotifications>().RunAsync(Stop);
        await Eventually.BecomesAsync(() => Task.FromResult(app.Received.Count), count => count > seen);
        Assert.Equal("delivered", (string)(await app.GetAsync("operations/notifications/deliveries"))[0]!["state"]!);
    }

    [Theory]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("https://localhost/hook")]
    [InlineData("ftp://hooks.example.com/x")]
    [InlineData("https://user:password@hooks.example.com/x")]
    public async Task An_address_inside_is_not_notified(string url)
    {
        using var refused = await app.Admin.PostAsJsonAsync("operations/notifications/endpoints", new { url }, Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.DoesNotContain("password", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_is_removed_is_not_told_any_more()
    {
        using var made = await app.Admin.PostAsJsonAsync("operations/notifications/endpoints", new { url = $"http://127.0.0.1:{app.Port}/gone", event_types = new[] { "social_account.disconnected" } }, Stop);
        var id = Guid.Parse((string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Stop))!["id"]!);
        await app.Product.ExecuteAsync("with a as (insert into marketing.social_accounts (platform, account_name) values ('instagram', 'gone') returning id) select id from a");
        await app.Product.ExecuteAsync("update marketing.social_accounts set status = 'disconnected' where account_name = 'gone'");
        await using var worker = app.Product.Build([new("Outbound:AllowHttp", "true"), new("Outbound:AllowedEndpoints:0", $"127.0.0.1:{app.Port}")]);
        await worker.GetRequiredService<DeliverNotifications>().RunAsync(Stop);
        await Eventually.BecomesAsync(() => app.Product.QueryAsync<int>("select coalesce(max(last_status), 0) from marketing_ops.notification_deliveries where endpoint_id = $1", id), status => status == 404);
        using var deleted = await app.Admin.DeleteAsync(new Uri($"operations/notifications/endpoints/{id}", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(0L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.notification_deliveries where endpoint_id = $1", id));
    }
}
