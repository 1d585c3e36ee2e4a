using System.Globalization;
using System.Security.Cryptography;
using Marketing.DevHost.Servers;
using Marketing.DevHost.Stubs;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Campaigns.Sending;

/// <summary>
/// The whole path by triggers: timer, queue, function app process, event webhook; the process is killed again and again. Kills by
/// <c>SENDING_KILL_ROUNDS</c>, with 500 recipients for each.
/// </summary>
public sealed class SendProcessTests(TestServers servers)
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("SENDING_KILL_ROUNDS") ?? "2", CultureInfo.InvariantCulture);
    private static readonly int Recipients = 500 * Kills;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_recipient_is_reached_exactly_once_although_the_process_is_killed_again_and_again()
    {
        await using var sending = new SendingFixture(servers);
        await sending.InitializeAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = new SendGridSigner(key.ExportPkcs8PrivateKeyPem());
        var settings = sending.Product.Settings.Concat(sending.Settings(
            ("Webhooks:SendGrid:PublicKeys:0", Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())),
            ("Sending:CampaignLimits:0:Messages", "250"), ("Sending:CampaignLimits:0:Per", "00:00:01"),
            ("Sending:RequestTimeout", "00:00:01"), ("Sending:AnswerWithin", "00:00:07"), ("Sending:ReportWithin", "00:00:20"), ("Sending:RedispatchAfter", "00:00:01"), ("RateLimit:RequestsPerSecond", "0")))
            .ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value!);
        var campaign = await sending.CampaignAsync(Recipients);
        await using var host = await Marketing.DevHost.FunctionsHost.StandInHost.StartAsync(FunctionAppFixture.FunctionAppFolder, FreePort.Next(), settings, maxErrors: 1000, _ => { }, Stop);
        using var reporting = new CancellationTokenSource();
        var reports = ReportAsync(sending, signer, new Uri(host.Address, "/api/webhooks/sendgrid"), reporting.Token);

        var random = new Random(1);
        for (var kill = 0; kill < Kills; kill++)
        {
            await host.Handler.ReadyAsync(Stop);
            await Task.Delay(random.Next(300, 2_000), Stop);
            Assert.True(sending.Stub.Taken.Total < Recipients, "The send was over before the last kill.");
            host.Handler.Kill();
        }
        // What was killed right before its call, with nothing reported later, is listed for a person, who looks at SendGrid and decides.
        var states = await Eventually.BecomesAsync(() => sending.StatesAsync(campaign), states => states.GetValueOrDefault("accepted") + states.GetValueOrDefault("unconfirmed") == Recipients, TimeSpan.FromMinutes(4));
        await Task.Delay(TimeSpan.FromSeconds(1), Stop);
        var taken = await sending.TakenAsync(campaign);
        var open = await sending.SendsAsync(campaign, "unconfirmed");
        await reporting.CancelAsync();
        await reports;
        Assert.DoesNotContain(taken.Values, count => count > 1);
        Assert.Equal(Recipients, taken.Count + open.Count(send => !taken.ContainsKey(send)));
        TestContext.Current.TestOutputHelper!.WriteLine($"{Recipients} recipients, {Kills} kills: {taken.Count} reached exactly once, {open.Length} listed as unconfirmed ({states.GetValueOrDefault("accepted")} accepted).");
    }

    // SendGrid's webhook: what it took is reported until the app has acknowledged it.
    private static async Task ReportAsync(SendingFixture sending, SendGridSigner signer, Uri address, CancellationToken stop)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var reported = new HashSet<string>();
        while (!stop.IsCancellationRequested)
        {
            var batch = sending.Stub.Taken.All.Where(message => !reported.Contains(message.SendId)).Take(1_000).ToList();
            if (batch.Count > 0)
            {
                var body = EmailSendGridStub.Events(batch, "processed", DateTimeOffset.UtcNow);
                using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new("application/json");
                foreach (var (name, value) in signer.Sign(body, DateTimeOffset.UtcNow)) request.Headers.TryAddWithoutValidation(name, value);
                try
                {
                    using var response = await http.SendAsync(request, CancellationToken.None);
                    if (response.IsSuccessStatusCode) reported.UnionWith(batch.Select(message => message.SendId));
                }
                catch (Exception down) when (down is HttpRequestException or TaskCanceledException)
                {
                    // The app has been killed; SendGrid tries again.
                }
            }
            await Task.Delay(TimeSpan.FromMilliseconds(300), CancellationToken.None);
        }
    }
}
