using Marketing.DevHost.Servers;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Social;

/// <summary>The whole path by triggers: timer, queue, function app process; which is killed again and again.</summary>
public sealed class PublishingProcessTests(TestServers servers)
{
    [Fact]
    public async Task Posts_at_the_platform_are_the_posts_due_although_the_process_is_killed_ten_times()
    {
        const int posts = 10;
        await using var publishing = new PublishingFixture(servers);
        await publishing.InitializeAsync();
        var settings = publishing.Product.Settings.Concat(publishing.Settings()).ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value!);
        var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var host = await Marketing.DevHost.FunctionsHost.StandInHost.StartAsync(
            FunctionAppFixture.FunctionAppFolder, FreePort.Next(), settings, maxErrors: 1000, log.Enqueue, TestContext.Current.CancellationToken);
        for (var i = 0; i < posts; i++) await publishing.DuePostAsync($"process {i}");

        var random = new Random(1);
        for (var kill = 0; kill < 10; kill++)
        {
            await host.Handler.ReadyAsync(TestContext.Current.CancellationToken);
            await Task.Delay(random.Next(200, 2500), TestContext.Current.CancellationToken);
            host.Handler.Kill();
        }
        try
        {
            await Eventually.BecomesAsync(
                () => publishing.Product.QueryAsync<long>("select count(*) from marketing.social_posts where status = 'published'"), published => published == posts, TimeSpan.FromMinutes(3));
        }
        finally
        {
            foreach (var line in log.TakeLast(30)) TestContext.Current.TestOutputHelper!.WriteLine(line);
        }
        var captions = await publishing.PublishedAsync();
        Assert.Equal(posts, captions.Count);
        Assert.Equal(posts, captions.Distinct().Count());
        Assert.DoesNotContain(log, line => line.Contains("test-instagram-token", StringComparison.Ordinal));
    }
}
