using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Marketing.Data;
using Marketing.Identity;
using Npgsql;

namespace Marketing.Benchmarks;

/// <summary>The endpoints of the tables beside other products over the same rows, and beside PostgreSQL itself.</summary>
internal static class ApiBenchmark
{
    private const int Rounds = 3;
    private const string FiveColumns = "id,content_id,title,status,created_at";

    /// <summary>Runs it and prints a line per figure.</summary>
    /// <param name="app">Folder of the published function app.</param>
    /// <param name="rows">Rows of content.</param>
    /// <param name="peers">Folder with the other products installed; null without them.</param>
    public static async Task RunAsync(string app, int rows, string? peers)
    {
        await using var servers = await BenchmarkServers.StartAsync();
        var key = await servers.KeyAsync(new ApiClientRequest("benchmark", ["read", "write"]));
        await FillAsync(servers.Database, rows);
        await using var handler = await HandlerUnderTest.StartAsync(app, servers.Settings);
        using var postgraphile = peers is null ? null : await Peer.PostGraphileAsync(peers, servers.ConnectionString);
        using var directus = peers is null ? null : await Peer.DirectusAsync(peers, servers.ConnectionString);
        Console.WriteLine($"peers      {postgraphile?.Name ?? "no PostGraphile"}, {directus?.Name ?? "no Directus"}; {rows:N0} rows of content");

        var own = new Own(handler, new Dictionary<string, string> { ["x-api-key"] = key });
        var (id, businessId) = await MiddleRowAsync(servers.Database, rows);
        var order = "order=id.desc&limit=25";
        await ReadsAsync(own, postgraphile, directus, servers.ConnectionString, id, businessId, order);
        await PagesAsync(own, servers.Database, rows);
        await WritesAsync(own, postgraphile, directus);
        await BulkAsync(own, key);
        await ExportsAsync(own, key, servers.ConnectionString);
        await HalfLoadAsync(own, key, order);
        Console.WriteLine($"memory     ours {handler.ResidentMegabytes:0} MB after all of it{(postgraphile is null ? "" : $", PostGraphile {postgraphile.ResidentMegabytes:0} MB")}{(directus is null ? "" : $", Directus {directus.ResidentMegabytes:0} MB")} (goal 200 MB)");
    }

    private sealed record Own(HandlerUnderTest Handler, Dictionary<string, string> Headers)
    {
        public Uri At(string path) => new(Handler.Address, $"/api/{path}");
    }

    private static async Task FillAsync(NpgsqlDataSource database, int rows)
    {
        await using var fill = database.CreateCommand($"""
            set session_replication_role = replica;
            insert into marketing.content (title, content_type, content_body, excerpt, status, tags)
            select 'Title ' || n, 'blog', repeat('A paragraph about a house by the sea. ', 20), 'An excerpt', 'draft', array['sea', 'house'] from generate_series(1, {rows}) n;
            update marketing.content set template_id = (select id from marketing.content order by id limit 1);
            insert into marketing.content_versions (content_id, version_number, content_snapshot, changed_by)
            select content.id, v, jsonb_build_object('title', 'v'), 'bench' from marketing.content, generate_series(1, 2) v;
            set session_replication_role = origin;
            vacuum analyze marketing.content;
            vacuum analyze marketing.content_versions;
            """);
        fill.CommandTimeout = 600;
        foreach (var statement in fill.CommandText.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await using var one = database.CreateCommand(statement);
            one.CommandTimeout = 600;
            await one.ExecuteNonQueryAsync();
        }
    }

    private static async Task<(Guid, string)> MiddleRowAsync(NpgsqlDataSource database, int rows)
    {
        await using var command = database.CreateCommand($"select id, content_id from marketing.content order by id offset {rows / 2} limit 1");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetGuid(0), reader.GetString(1));
    }

    private static async Task ReadsAsync(Own own, Peer? postgraphile, Peer? directus, string connectionString, Guid id, string businessId, string order)
    {
        const string five = "select (select row_to_json(r) from (select t0.\"id\" as \"id\", t0.\"content_id\" as \"content_id\", t0.\"title\" as \"title\", t0.\"status\" as \"status\", t0.\"created_at\" as \"created_at\") r)::text, array[t0.\"id\"::text] from \"marketing\".\"content\" t0 where true order by t0.\"id\" desc limit 26";
        const string graphFive = "allContents(orderBy:ROW_ID_DESC,first:25){nodes{rowId contentId title status createdAt}}";
        const string graphAll = "allContents(orderBy:ROW_ID_DESC,first:25){nodes{rowId contentId propertyId templateId title contentType contentBody contentHtml excerpt metaTitle metaDescription keywords isTemplate version status publishedAt author aiGenerated aiModel tone targetAudience wordCount readingTimeMin performanceScore tags createdBy createdAt updatedAt}}";
        const string graphRelated = "allContents(orderBy:ROW_ID_DESC,first:25){nodes{rowId contentId title contentVersionsByContentId{nodes{versionNumber changedBy}} contentByTemplateId{title}}}";
        await CompareAsync("list 25, five columns", own, $"content?select={FiveColumns}&{order}", postgraphile, graphFive, directus, $"items/content?limit=25&fields={FiveColumns}&sort=-id", (connectionString, five));
        await CompareAsync("list 25, all columns", own, $"content?{order}", postgraphile, graphAll, directus, "items/content?limit=25&fields=*&sort=-id");
        await CompareAsync("item by id", own, $"content/{id}", postgraphile, $"contentByRowId(rowId:\\\\\"{id}\\\\\"){{rowId contentId title contentBody status tags createdAt updatedAt}}", directus, $"items/content/{id}");
        await CompareAsync("item by business id", own, $"content/{businessId}", postgraphile, $"allContents(condition:{{contentId:\\\\\"{businessId}\\\\\"}}){{nodes{{rowId contentId title contentBody status tags createdAt updatedAt}}}}", directus, $"items/content?filter[content_id][_eq]={businessId}");
        await CompareAsync("list 25 with a to-many and a to-one relation", own, $"content?select=id,content_id,title,content_versions(version_number,changed_by),template:template_id(title)&{order}", postgraphile, graphRelated, null, null);
    }

    // A run of each that is not counted comes first. The order of the products changes from round to round; the medians of the rounds are compared.
    private static async Task CompareAsync(string what, Own own, string path, Peer? postgraphile, string graph, Peer? directus, string? items, (string Connection, string Statement)? ceiling = null)
    {
        var results = new Dictionary<string, List<WrkResult>>();
        for (var round = -1; round < Rounds; round++)
        {
            var runs = new List<(string Name, Func<Task<WrkResult>> Run)> { ("ours", () => Wrk.RunAsync(own.At(path), own.Headers)) };
            if (postgraphile is not null) runs.Add((postgraphile.Name, () => Wrk.RunAsync(postgraphile.Address, postgraphile.Headers, $"wrk.method = 'POST'\nwrk.body = '{{\"query\":\"{{{graph}}}\"}}'")));
            if (directus is not null && items is not null) runs.Add((directus.Name, () => Wrk.RunAsync(new Uri(directus.Address, items), directus.Headers)));
            if (ceiling is { } top) runs.Add(("pgbench", async () => new WrkResult(await PgBench.RunAsync(top.Connection, top.Statement, 16, TimeSpan.FromSeconds(6)) ?? double.NaN, 0, 0)));
            foreach (var (name, run) in runs.Skip(Math.Max(round, 0) % runs.Count).Concat(runs.Take(Math.Max(round, 0) % runs.Count)))
            {
                var result = await run();
                if (round < 0) continue;
                if (!results.TryGetValue(name, out var list)) results[name] = list = [];
                list.Add(result);
            }
        }
        Print(what, results);
    }

    private static void Print(string what, Dictionary<string, List<WrkResult>> results)
    {
        var ours = Median(results["ours"]);
        var text = new StringBuilder($"{what}: ours {ours:0}/s ({results["ours"].Min(r => r.PerSecond):0}–{results["ours"].Max(r => r.PerSecond):0}; p50 {results["ours"].Select(r => r.Median).Order().ElementAt(Rounds / 2):0.0} ms, p99 {results["ours"].Select(r => r.P99).Order().ElementAt(Rounds / 2):0.0} ms)");
        foreach (var (name, list) in results.Where(pair => pair.Key != "ours")) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"; {name} {Median(list):0}/s, ratio {ours / Median(list):0.00}");
        Console.WriteLine(text);
    }

    private static double Median(List<WrkResult> results) => results.Select(result => result.PerSecond).Order().ElementAt(results.Count / 2);

    private static async Task PagesAsync(Own own, NpgsqlDataSource database, int rows)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("x-api-key", own.Headers["x-api-key"]);
        using var response = await http.GetAsync(own.At($"content?select={FiveColumns}&order=id.desc&limit=25&offset={rows * 3 / 4}"));
        var next = response.Headers.GetValues("Link").Single().Split('<', '>')[1];
        var (first, deep) = (new List<WrkResult>(), new List<WrkResult>());
        for (var round = 0; round < Rounds; round++)
        {
            first.Add(await Wrk.RunAsync(own.At($"content?select={FiveColumns}&order=id.desc&limit=25"), own.Headers));
            deep.Add(await Wrk.RunAsync(new Uri(own.Handler.Address, next), own.Headers));
        }
        Console.WriteLine($"page at row {rows * 3 / 4:N0} by cursor: {Median(deep):0}/s beside {Median(first):0}/s for page 1; time ratio {Median(first) / Median(deep):0.00} (goal 1.2)");
    }

    private static async Task WritesAsync(Own own, Peer? postgraphile, Peer? directus)
    {
        var results = new Dictionary<string, List<WrkResult>>();
        const string unique = "local n = 0\nlocal thread = 0\nfunction setup(t) thread = thread + 1; t:set('id', thread) end\n";
        for (var round = 0; round < Rounds; round++)
        {
            var mine = unique + $"request = function() n = n + 1; local h = {{['Content-Type']='application/json',['x-api-key']='{own.Headers["x-api-key"]}',['Idempotency-Key']='r{round}-' .. id .. '-' .. n}}; return wrk.format('POST', nil, h, '{{\"title\":\"Created ' .. n .. '\",\"content_type\":\"blog\"}}') end";
            Add("ours", await Wrk.RunAsync(own.At("content"), own.Headers, mine));
            if (postgraphile is not null)
                Add(postgraphile.Name, await Wrk.RunAsync(postgraphile.Address, postgraphile.Headers, unique + "request = function() n = n + 1; return wrk.format('POST', nil, {['Content-Type']='application/json'}, '{\"query\":\"mutation{createContent(input:{content:{title:\\\\\"Created ' .. n .. '\\\\\",contentType:\\\\\"blog\\\\\"}}){content{rowId contentId title createdAt}}}\"}') end"));
            if (directus is not null)
                Add(directus.Name, await Wrk.RunAsync(new Uri(directus.Address, "items/content"), directus.Headers, unique + "request = function() n = n + 1; return wrk.format('POST', nil, {['Content-Type']='application/json',['Authorization']='Bearer benchmark-token'}, '{\"title\":\"Created ' .. n .. '\",\"content_type\":\"blog\"}') end"));
        }
        Print("create one (version, audit entry, ETag, idempotency key)", results);

        void Add(string name, WrkResult result)
        {
            if (!results.TryGetValue(name, out var list)) results[name] = list = [];
            list.Add(result);
        }
    }

    private static async Task BulkAsync(Own own, string key)
    {
        foreach (var (table, row) in new (string, Func<int, JsonObject>)[]
                 {
                     ("content", n => new JsonObject { ["title"] = $"Bulk {n}", ["content_type"] = "blog", ["status"] = "draft", ["tags"] = new JsonArray("sea") }),
                     ("websites", n => new JsonObject { ["website_name"] = $"Bulk {n}" }),
                 })
        {
            var body = new JsonArray([.. Enumerable.Range(0, 10_000).Select(row)]).ToJsonString();
            var seconds = new List<double>();
            for (var i = 0; i < 7; i++)
            {
                using var http = new HttpClient { DefaultRequestHeaders = { { "x-api-key", key }, { "Prefer", "return=minimal" } } };
                var watch = Stopwatch.StartNew();
                using var response = await http.PostAsync(own.At(table), new StringContent(body, Encoding.UTF8, "application/json"));
                response.EnsureSuccessStatusCode();
                if (i > 1) seconds.Add(watch.Elapsed.TotalSeconds);
            }
            Console.WriteLine($"bulk create of 10,000 {table}: median {new Percentiles(seconds).Median:0.000} s, {10_000 / new Percentiles(seconds).Median:0} rows/s (goal 50,000)");
        }
    }

    private static async Task ExportsAsync(Own own, string key, string connectionString)
    {
        foreach (var (format, statement) in new[] { ("text/csv", "\\copy (select * from marketing.content order by id limit 100000) to '/dev/null' csv header"), ("application/x-ndjson", "\\copy (select row_to_json(c) from marketing.content c order by id limit 100000) to '/dev/null'") })
        {
            var (ours, copies, before) = (new List<double>(), new List<double>(), own.Handler.ResidentMegabytes);
            for (var round = 0; round < 5; round++)
            {
                using var http = new HttpClient { DefaultRequestHeaders = { { "x-api-key", key }, { "Accept", format } } };
                var watch = Stopwatch.StartNew();
                await using (var stream = await http.GetStreamAsync(own.At("content?order=id&limit=100000"))) await stream.CopyToAsync(Stream.Null);
                ours.Add(watch.Elapsed.TotalSeconds);
                watch.Restart();
                var start = new ProcessStartInfo("psql", [DatabaseConnection.ToUrl(connectionString), "-qc", statement]);
                using var psql = Process.Start(start)!;
                await psql.WaitForExitAsync();
                copies.Add(watch.Elapsed.TotalSeconds);
            }
            Console.WriteLine($"export of 100,000 rows as {format}: {new Percentiles(ours).Median:0.00} s beside \\copy {new Percentiles(copies).Median:0.00} s, ratio {new Percentiles(copies).Median / new Percentiles(ours).Median:0.00} (goal 0.60); memory {before:0} → {own.Handler.ResidentMegabytes:0} MB");
        }
    }

    private static async Task HalfLoadAsync(Own own, string key, string order)
    {
        var address = own.At($"content?select={FiveColumns}&{order}");
        var peak = (await HttpLoad.RunAsync(address, key, 8, TimeSpan.FromSeconds(5))).RequestsPerSecond;
        var half = await HttpLoad.RunAsync(address, key, 8, TimeSpan.FromSeconds(8), peak / 2);
        Console.WriteLine($"half of peak load ({half.RequestsPerSecond:0}/s of {peak:0}/s): p50 {half.Latencies.Median:0.00} ms, p99 {half.Latencies.At(0.99):0.00} ms, ratio {half.Latencies.At(0.99) / half.Latencies.Median:0.0} (goal 5)");
    }
}
