using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Marketing.DevHost.Models;
using Marketing.DevHost.Servers;
using Marketing.Identity;
using NetVips;

namespace Marketing.Benchmarks;

/// <summary>Start, memory, one list and the ingest of photographs.</summary>
internal static class AppBenchmark
{
    /// <summary>Runs it and prints a line per figure.</summary>
    /// <param name="app">Folder of the published function app.</param>
    public static async Task RunAsync(string app)
    {
        await using var servers = await BenchmarkServers.StartAsync();
        var cache = Path.Combine(ServerPackages.CacheFolder, "packages");
        var models = Path.Combine(ServerPackages.CacheFolder, "models");
        await OfflineModels.PrepareAsync(models, cache, CancellationToken.None);
        var key = await servers.KeyAsync(new ApiClientRequest("benchmark", ["read"]));
        await using (var fill = servers.Database.CreateCommand("""
            insert into marketing.content (title, content_type, content_body, excerpt, status, tags)
            select 'Title ' || n, 'blog', repeat('A paragraph about a house by the sea. ', 20), 'An excerpt', 'draft', array['sea', 'house'] from generate_series(1, 10000) n;
            analyze marketing.content;
            """)) await fill.ExecuteNonQueryAsync();

        var settings = new Dictionary<string, string>(servers.Settings) { ["Library__ModelFolder"] = models };

        var starts = new List<(double First, double Api)>();
        for (var i = 0; i < 7; i++)
        {
            await using var fresh = await HandlerUnderTest.StartAsync(app, settings);
            starts.Add((fresh.ToFirstAnswer.TotalMilliseconds, fresh.ToFirstApiAnswer.TotalMilliseconds));
        }
        Console.WriteLine($"start     process start to first 200 of the probe {new Percentiles(starts.Select(s => s.First)).Median:0} ms, of an endpoint {new Percentiles(starts.Select(s => s.Api)).Median:0} ms (medians of {starts.Count}; goal 600 ms)");

        await using var handler = await HandlerUnderTest.StartAsync(app, settings);
        Console.WriteLine($"memory    idle {handler.ResidentMegabytes:0} MB");

        // The statement that the endpoint sends, as pg_stat_activity shows it, with its values written out.
        const string columns = "t.\"id\", t.\"content_id\", t.\"property_id\", t.\"template_id\", t.\"title\", t.\"content_type\", t.\"content_body\", t.\"content_html\", t.\"excerpt\", t.\"meta_title\", t.\"meta_description\", t.\"keywords\", t.\"is_template\", t.\"version\", t.\"status\", t.\"published_at\", t.\"author\", t.\"ai_generated\", t.\"ai_model\", t.\"tone\", t.\"target_audience\", t.\"word_count\", t.\"reading_time_min\", t.\"performance_score\", t.\"tags\", t.\"created_by\", t.\"created_at\", t.\"updated_at\"";
        const string statement = $"select (select row_to_json(r) from (select {columns}) r)::text, array[t.\"id\"::text] from \"marketing\".\"content\" t where true order by t.\"id\" limit 26";
        var list = new Uri(handler.Address, "/api/content?limit=25");
        await HttpLoad.RunAsync(list, key, 8, TimeSpan.FromSeconds(5));
        var rounds = new List<(double Http, double Bench, double P99, double Generator)>();
        for (var round = 0; round < 3; round++)
        {
            var http = await HttpLoad.RunAsync(list, key, 8, TimeSpan.FromSeconds(8));
            var bench = await PgBench.RunAsync(servers.ConnectionString, statement, 8, TimeSpan.FromSeconds(8));
            rounds.Add((http.RequestsPerSecond, bench ?? double.NaN, http.Latencies.At(0.99), http.GeneratorCores));
            Console.WriteLine($"list      GET /api/content?limit=25, 8 connections: {http.RequestsPerSecond:0}/s, median {http.Latencies.Median:0.0} ms, p99 {http.Latencies.At(0.99):0.0} ms, load generator {http.GeneratorCores:0.00} cores; pgbench of the same statement, 8 clients: {bench:0}/s; ratio {http.RequestsPerSecond / bench:0.00}");
        }
        Console.WriteLine($"memory    after lists {handler.ResidentMegabytes:0} MB");

        var photographs = await SamplePhotographs.FetchAsync(cache, CancellationToken.None);
        using var small = Image.NewFromFile(photographs.Seashore);
        using var twelve = small.Resize(4000.0 / small.Width, vscale: 3000.0 / small.Height);
        var photo = twelve.JpegsaveBuffer(q: 92);
        var uploads = new BlobServiceClient(servers.Storage).GetBlobContainerClient("uploads");
        await uploads.CreateIfNotExistsAsync();
        using var client = new HttpClient { BaseAddress = handler.Address };
        var seconds = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            var blob = uploads.GetBlobClient($"photo{i}.jpg");
            await blob.UploadAsync(BinaryData.FromBytes(photo), overwrite: true);
            var body = new JsonObject { ["Data"] = new JsonObject { ["blob"] = new JsonObject() }, ["Metadata"] = new JsonObject { ["Uri"] = $"\"{blob.Uri.AbsoluteUri}\"" } };
            var watch = System.Diagnostics.Stopwatch.StartNew();
            using var response = await client.PostAsync("/ingest_upload", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
            response.EnsureSuccessStatusCode();
            seconds.Add(watch.Elapsed.TotalSeconds);
        }
        Console.WriteLine($"ingest    {twelve.Width}×{twelve.Height} JPEG of {photo.Length / 1e6:0.0} MB, four renditions and tags: first {seconds[0]:0.00} s, then median {new Percentiles(seconds.Skip(1)).Median:0.00} s");
        Console.WriteLine($"memory    after ingest with the tagger {handler.ResidentMegabytes:0} MB (goal 300 MB)");
    }
}
