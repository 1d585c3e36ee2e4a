using Marketing.DevHost.FunctionsHost;
using Marketing.DevHost.Servers;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Social.Platforms;

/// <summary>The whole path by triggers for every kind of post: timer, queue, function app process; which is killed again and again.</summary>
public sealed class PlatformProcessTests(TestServers servers)
{
    [Fact]
    public async Task Every_kind_of_post_is_out_once_although_the_process_is_killed_ten_times()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var fixture = new PlatformFixture(servers);
        await fixture.InitializeAsync();
        var settings = fixture.Product.Settings.Concat(fixture.Settings()).ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value!);
        var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var host = await StandInHost.StartAsync(FunctionAppFixture.FunctionAppFolder, FreePort.Next(), settings, maxErrors: 1000, log.Enqueue, stop);
        var due = new List<(DuePost Post, PlatformCase Kind)>();
        foreach (var kind in PlatformCases.All.Values) due.Add((await fixture.DuePostAsync(kind), kind));

        var random = new Random(1);
        for (var kill = 0; kill < 10; kill++)
        {
            await host.Handler.ReadyAsync(stop);
            await Task.Delay(random.Next(200, 2500), stop);
            host.Handler.Kill();
        }
        var certain = due.Where(each => each.Kind.ProvesAbsence).Select(each => each.Post.Id).ToArray();
        await Eventually.BecomesAsync(
            () => fixture.Product.QueryAsync<long>("select count(*) from marketing.social_posts where status = 'published' and id = any($1)", certain), count => count == certain.Length, TimeSpan.FromMinutes(4));
        var published = await fixture.PublishedAsync();
        foreach (var (post, kind) in due)
        {
            var seen = post.Among(published).Count;
            Assert.True(seen == 1 || (!kind.ProvesAbsence && seen == 0), $"{kind}: {seen} posts at the platform.\n{await fixture.AttemptsAsync(post)}");
        }
        Assert.DoesNotContain(log, line => due.Any(each => line.Contains(each.Post.Token, StringComparison.Ordinal)));
    }
}
