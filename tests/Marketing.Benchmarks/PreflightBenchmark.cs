using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Marketing.Identity;

namespace Marketing.Benchmarks;

/// <summary>Preflight of twenty variants for twenty accounts of seven platforms in one request, with assets, renditions and licences of the library to look up.</summary>
internal static class PreflightBenchmark
{
    private const int Requests = 300;

    /// <summary>Runs it and prints a line.</summary>
    /// <param name="app">Folder of the published function app.</param>
    public static async Task RunAsync(string app)
    {
        await using var servers = await BenchmarkServers.StartAsync();
        var key = await servers.KeyAsync(new ApiClientRequest("benchmark", ["read"]));
        await using (var fill = servers.Database.CreateCommand("""
            insert into marketing.social_accounts (platform, account_name, external_account_id, access_token)
            select (array['instagram', 'facebook', 'tiktok', 'youtube', 'twitter', 'linkedin', 'pinterest'])[1 + n % 7], 'bench ' || n, 'bench-' || n, 'sealed' from generate_series(1, 20) n;
            insert into marketing.content_library (filename, asset_type, mime_type, file_url, file_size_bytes, dimensions, alt_text)
            select n || '.jpg', 'image', 'image/jpeg', 'https://media.example.com/' || n || '.jpg', 2000000, '{"width": 1600, "height": 1200}', 'The coast' from generate_series(1, 50000) n;
            insert into marketing_ops.asset_licences (asset_id, licence_type, updated_by) select id, 'royalty_free', 'bench' from marketing.content_library;
            analyze;
            """)) await fill.ExecuteNonQueryAsync();
        var accounts = new List<Guid>();
        await using (var command = servers.Database.CreateCommand("select id from marketing.social_accounts order by account_name"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) accounts.Add(reader.GetGuid(0));

        await using var handler = await HandlerUnderTest.StartAsync(app, servers.Settings);
        using var http = new HttpClient { BaseAddress = new Uri(handler.Address, "/api/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var times = new List<double>();
        for (var request = 0; request < Requests + 50; request++)
        {
            var body = new
            {
                post = new { caption = $"A morning by the pool #villa #{request}" },
                variants = accounts.Select((account, number) => new { account_id = account, caption = $"By the pool, {number} of {request}", media_urls = new[] { $"https://media.example.com/{1 + ((request * 20) + number)}.jpg" } }),
            };
            var watch = Stopwatch.StartNew();
            using var response = await http.PostAsJsonAsync("social_posts/preflight", body);
            var answer = await response.Content.ReadAsStringAsync();
            if (!response.IsSuccessStatusCode) throw new InvalidOperationException(answer);
            if (request == 0) await Console.Out.WriteLineAsync($"preflight  first request {watch.Elapsed.TotalMilliseconds:0} ms");
            if (request >= 50) times.Add(watch.Elapsed.TotalMilliseconds);
        }
        var spread = new Percentiles(times);
        await Console.Out.WriteLineAsync($"preflight  20 variants, 20 accounts, 20 assets of 50,000: median {spread.Median:0.0} ms, p99 {spread.At(0.99):0.0} ms of {times.Count} requests one after the other (goal 50 ms)");
    }
}
