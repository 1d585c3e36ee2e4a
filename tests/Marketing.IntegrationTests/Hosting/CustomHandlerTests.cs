using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Marketing.DevHost.FunctionsHost;
using Marketing.DevHost.Servers;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Hosting;

public sealed class CustomHandlerTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_probe_is_answered_and_invocations_end_in_json_objects()
    {
        // The host starts the handler in the background and has requests wait for it.
        await app.GetAsync("health/live");
        using var http = new HttpClient { BaseAddress = app.Host.Handler.Address };
        using var probe = await http.GetAsync("/", Stop);
        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);

        // A string is JSON text inside a JSON string.
        using var nothingToDo = await InvokeAsync(http, "process_webhook", $$$"""{"Data":{"message":"\"{{{Guid.NewGuid()}}}\""},"Metadata":{"sys":"overwritten"}}""");
        Assert.Equal(HttpStatusCode.OK, nothingToDo.StatusCode);
        Assert.IsType<JsonObject>(JsonNode.Parse(await nothingToDo.Content.ReadAsStringAsync(Stop)));

        foreach (var body in new[] { """{"Data":{"message":"\"no uuid\""},"Metadata":{}}""", """{"Data":{},"Metadata":{}}""", "{", "[]", "" })
        {
            using var failed = await InvokeAsync(http, "process_webhook", body);
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
            Assert.IsType<JsonObject>(JsonNode.Parse(await failed.Content.ReadAsStringAsync(Stop)));
        }
        using var timer = await InvokeAsync(http, "rollup_metrics", """{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}""");
        Assert.Equal(HttpStatusCode.OK, timer.StatusCode);
        using var unknown = await InvokeAsync(http, "no_such_function", "{}");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public void Every_function_of_the_design_has_its_file()
    {
        var functions = FunctionApp.Read(FunctionAppFixture.FunctionAppFolder).Functions.ToDictionary(function => function.Name, function => function.Type);
        Assert.Equal(34, functions.Values.Count(type => type == "httpTrigger"));
        Assert.Equal("blobTrigger", functions["ingest_upload"]);
        foreach (var queue in new[] { "publish_post", "process_webhook", "fail_poison_blob", "refresh_segment", "pull_insights", "send_campaign" }) Assert.Equal("queueTrigger", functions[queue]);
        foreach (var timer in new[] { "publish_due", "rollup_metrics", "sweep_webhooks", "sweep_uploads", "attribute_bookings", "reconcile_media", "retag_assets", "refresh_tokens", "reseal_tokens", "refresh_segments", "start_due_campaigns", "queue_insights", "pull_page_views", "export_conversions", "dispatch_sends" }) Assert.Equal("timerTrigger", functions[timer]);
    }

    [Fact]
    public async Task A_message_that_always_fails_ends_in_poison_after_five_tries()
    {
        var queues = app.Product.Services.GetRequiredService<QueueServiceClient>();
        var queue = queues.GetQueueClient("publish-post");
        await queue.CreateIfNotExistsAsync(cancellationToken: Stop);
        await queue.SendMessageAsync("no uuid at all", Stop);
        var poison = queues.GetQueueClient("publish-post-poison");
        await Eventually.BecomesAsync(async () => await poison.ExistsAsync(Stop) && (await poison.PeekMessagesAsync(1, Stop)).Value.Length == 1, isThere => isThere);
        Assert.Equal(5, app.Log.Count(line => line.Contains("publish_post failed with 500", StringComparison.Ordinal)));
        Assert.Contains(app.Log, line => line.Contains("Function publish_post failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_tells_live_from_ready_and_shows_no_secret()
    {
        var ready = await app.GetAsync("health/ready");
        Assert.Equal("ready", (string)ready["status"]!);
        Assert.Equal("live", (string)(await app.GetAsync("health/live"))["status"]!);

        var settings = app.Product.Settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value!);
        settings["MARKETING_DATABASE"] = "postgres://nobody:hunter2@127.0.0.1:1/none";
        await using var broken = await StandInHost.StartAsync(FunctionAppFixture.FunctionAppFolder, FreePort.Next(), settings, 1, _ => { }, Stop);
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(broken.Address, "/api/health/ready"), Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.DoesNotContain("hunter2", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using var live = await http.GetAsync(new Uri(broken.Address, "/api/health/live"), Stop);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using var list = await http.GetAsync(new Uri(broken.Address, "/api/content"), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, list.StatusCode);
    }

    [Theory]
    [InlineData("FUNCTIONS_CUSTOMHANDLER_PORT", "none", "FUNCTIONS_CUSTOMHANDLER_PORT")]
    [InlineData("Library__RenditionsContainer", "uploads", "Library:RenditionsContainer")]
    [InlineData("Webhooks__SendGrid__PublicKeys__0", "abc", "Webhooks:SendGrid:PublicKeys:0")]
    public async Task An_unusable_setting_ends_the_process_with_1_and_a_sentence(string setting, string value, string named)
    {
        var start = new ProcessStartInfo(Path.Combine(FunctionAppFixture.FunctionAppFolder, "Marketing.Functions")) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = FreePort.Next().ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment[setting] = value;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> InvokeAsync(HttpClient http, string function, string body) =>
        http.PostAsync($"/{function}", new StringContent(body, Encoding.UTF8, "application/json"), Stop);
}
