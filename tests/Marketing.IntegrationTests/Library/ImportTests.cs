using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.DevHost.Servers;
using Marketing.IntegrationTests.Support;
using Marketing.Library.Imports;
using Marketing.Operations.Outbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketing.IntegrationTests.Library;

public sealed class ImportTests(AssetFixture app) : IClassFixture<AssetFixture>, IAsyncLifetime
{
    private const string PublicHost = "pictures.example.org";

    private readonly byte[] photo = AssetFixture.Photo();
    private readonly int port = FreePort.Next();
    private readonly int hidden = FreePort.Next();
    private WebApplication server = null!;
    private ServiceProvider worker = null!;
    private int requests;
    private int hiddenRequests;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}", $"http://127.0.0.1:{hidden}");
        server = builder.Build();
        server.Use((context, next) =>
        {
            if (context.Connection.LocalPort == hidden) Interlocked.Increment(ref hiddenRequests);
            return next(context);
        });
        server.MapGet("/pool.jpg", () => Results.Bytes(photo, "image/jpeg"));
        server.MapGet("/moved.jpg", () => Results.Redirect("/pool.jpg"));
        server.MapGet("/circle", () => Results.Redirect("/circle"));
        server.MapGet("/to", (string url) => Results.Redirect(url));
        server.MapGet("/broken.jpg", () => ++requests == 1 ? Results.StatusCode(503) : Results.Bytes(photo, "image/jpeg"));
        server.MapGet("/endless", async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(new byte[65536], context.RequestAborted);
        });
        server.MapGet("/slow", async context => await Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted));
        await server.StartAsync(Stop);
        // The one public host of this test is on this machine; everything else that is private stays refused.
        worker = app.Product.Build(
            [
                new("Outbound:AllowHttp", "true"), new("Outbound:AllowedEndpoints:0", $"127.0.0.1:{port}"), new("Library:MaxFileBytes", "3000000"), new("Library:Uploads:ImportTimeLimit", "00:00:05"),
            ], services => services.AddSingleton<HostLookup>(new Names()));
    }

    public async ValueTask DisposeAsync()
    {
        await worker.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("pool.jpg")]
    [InlineData("moved.jpg")]
    public async Task A_file_is_fetched_also_behind_a_redirect(string path)
    {
        var id = await QueueAsync($"http://{PublicHost}:{port}/{path}");
        await RunAsync(id);
        var report = await app.GetAsync($"content_library/imports/{id}");
        Assert.True((string)report["state"]! == "completed", report.ToJsonString());
        Assert.Equal(photo.Length, (int)(await app.AssetOfAsync(id.ToString()))["file_size_bytes"]!);
    }

    [Theory]
    [InlineData("http://internal.example.org:{0}/pool.jpg")] // the name leads to 10.0.0.1
    [InlineData("http://mixed.example.org:{0}/pool.jpg")] // one public and one private address
    [InlineData("http://metadata.example.org/latest/meta-data")]
    [InlineData("http://pictures.example.org:{0}/to?url=http%3A%2F%2F127.0.0.1%3A{1}%2Fpool.jpg")]
    [InlineData("http://pictures.example.org:{0}/to?url=http%3A%2F%2F169.254.169.254%2Flatest%2Fmeta-data")]
    [InlineData("http://pictures.example.org:{0}/to?url=http%3A%2F%2F%5B%3A%3A1%5D%3A{1}%2Fpool.jpg")]
    [InlineData("http://pictures.example.org:{0}/to?url=http%3A%2F%2Flocalhost%3A{1}%2Fpool.jpg")]
    [InlineData("http://pictures.example.org:{0}/to?url=http%3A%2F%2Fpictures.example.org%3A{1}%2Fpool.jpg")] // the right host, another port of this machine
    [InlineData("http://pictures.example.org:{0}/to?url=file%3A%2F%2F%2Fetc%2Fpasswd")]
    [InlineData("http://pictures.example.org:{0}/circle")]
    public async Task What_leads_into_the_private_network_is_refused_wherever_it_shows(string url)
    {
        var id = await QueueAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, url, port, hidden));
        await RunAsync(id);
        var report = await app.GetAsync($"content_library/imports/{id}");
        Assert.True((string)report["state"]! == "failed", report.ToJsonString());
        Assert.Matches("public|https|redirects", (string)report["reason"]!);
        Assert.Equal(0, hiddenRequests);
        Assert.Null(report["asset"]);
    }

    [Theory]
    [InlineData("http://example.org/a.jpg")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://localhost/a.jpg")]
    [InlineData("https://me:secret@example.org/a.jpg")]
    [InlineData("gopher://example.org/")]
    [InlineData("a.jpg")]
    public async Task An_address_that_can_never_do_is_refused_at_once(string url)
    {
        using var response = await app.Admin.PostAsJsonAsync("content_library/imports", new { url }, Stop);
        var answer = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.StatusCode == HttpStatusCode.UnprocessableEntity, answer);
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Size_and_time_are_limited_and_leave_nothing_behind()
    {
        var endless = await QueueAsync($"http://{PublicHost}:{port}/endless");
        await RunAsync(endless);
        Assert.Contains("3000000 bytes", (string)(await app.GetAsync($"content_library/imports/{endless}"))["reason"]!, StringComparison.Ordinal);
        Assert.False((await app.Staging.GetBlobClient(endless.ToString("N")).ExistsAsync(Stop)).Value);
        var slow = await QueueAsync($"http://{PublicHost}:{port}/slow");
        await RunAsync(slow);
        Assert.Contains("longer than 00:00:05", (string)(await app.GetAsync($"content_library/imports/{slow}"))["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_that_passes_is_tried_again_and_a_dead_worker_is_replaced()
    {
        var id = await QueueAsync($"http://{PublicHost}:{port}/broken.jpg");
        await RunAsync(id);
        Assert.Equal("open", (string)(await app.GetAsync($"content_library/imports/{id}"))["state"]!);
        await RunAsync(id);
        Assert.Equal("open", (string)(await app.GetAsync($"content_library/imports/{id}"))["state"]!);
        // The worker that held it died, and its time is up.
        await app.Product.ExecuteAsync("update marketing_ops.asset_uploads set leased_until = now() - interval '1 second', lease_token = gen_random_uuid() where id = $1", id);
        await Task.WhenAll(RunAsync(id), RunAsync(id), RunAsync(id));
        Assert.Equal("completed", (string)(await app.GetAsync($"content_library/imports/{id}"))["state"]!);
        Assert.Equal(2, requests);
    }

    [Fact]
    public async Task The_function_takes_up_what_the_endpoint_queued()
    {
        using var response = await app.Admin.PostAsJsonAsync("content_library/imports", new { url = "https://no-such-host.invalid/a.jpg" }, Stop);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var id = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["id"]!;
        await Eventually.BecomesAsync(() => app.GetAsync($"content_library/imports/{id}"), report => (string?)report["reason"] is { Length: > 0 });
    }

    // Without a message to the function app, whose settings know no test server.
    private async Task<Guid> QueueAsync(string url) => await app.Product.QueryAsync<Guid>("""
        insert into marketing_ops.asset_uploads (kind, subject, created_by, filename, source_url, allow_duplicate, expires_at)
        select 'import', id::text, name, 'imported.jpg', $1, true, now() + interval '1 hour' from marketing_ops.api_clients where name like 'test %' order by created_at limit 1 returning id
        """, url);

    private Task RunAsync(Guid id) => worker.GetRequiredService<ImportFile>().RunAsync(id, Stop);

    private sealed class Names : HostLookup
    {
        public override Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken) => Task.FromResult<IPAddress[]>(host switch
        {
            PublicHost => [IPAddress.Loopback],
            "mixed.example.org" => [IPAddress.Parse("1.1.1.1"), IPAddress.Parse("192.168.0.1")],
            "metadata.example.org" => [IPAddress.Parse("169.254.169.254")],
            _ => [IPAddress.Parse("10.0.0.1")],
        });
    }
}
