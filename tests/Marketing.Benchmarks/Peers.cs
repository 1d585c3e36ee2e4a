using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Marketing.DevHost.Servers;
using Npgsql;

namespace Marketing.Benchmarks;

/// <summary>Another product over the same database.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Process">Its process.</param>
/// <param name="Address">Where it answers.</param>
/// <param name="Headers">Headers that its requests need.</param>
internal sealed record Peer(string Name, Process Process, Uri Address, IReadOnlyDictionary<string, string> Headers) : IDisposable
{
    /// <summary>Resident memory, in MB of 10^6 bytes.</summary>
    public double ResidentMegabytes
    {
        get
        {
            Process.Refresh();
            return Process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>PostGraphile 5 with the schema marketing, production settings, no authentication.</summary>
    public static async Task<Peer?> PostGraphileAsync(string folder, string connectionString)
    {
        var node = Path.Combine(folder, "node_modules", "node", "bin", "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "postgraphile"))) return null;
        var port = FreePort.Next();
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        var url = $"postgres://{database.Username}:{database.Password}@{database.Host}:{database.Port}/{database.Database}";
        var script = Path.Combine(folder, "bench-postgraphile.mjs");
        await File.WriteAllTextAsync(script, $$"""
            import { createServer } from 'node:http';
            import { grafserv } from 'postgraphile/grafserv/node';
            import { postgraphile } from 'postgraphile';
            import preset from 'postgraphile/presets/amber';
            import { makePgService } from 'postgraphile/adaptors/pg';
            const pgl = postgraphile({ extends: [preset.default ?? preset], pgServices: [makePgService({ connectionString: '{{url}}', schemas: ['marketing'] })], grafserv: { port: {{port}}, watch: false, graphiql: false }, grafast: { explain: false } });
            const server = createServer();
            server.on('error', error => { console.error(error); process.exit(1); });
            await pgl.createServ(grafserv).addTo(server);
            server.listen({{port}}, '127.0.0.1');
            """);
        var process = Start(node, [script], folder, new() { ["NODE_ENV"] = "production", ["GRAPHILE_ENV"] = "production" });
        var peer = new Peer("PostGraphile 5", process, new Uri($"http://127.0.0.1:{port}/graphql"), new Dictionary<string, string> { ["Content-Type"] = "application/json" });
        return await UntilAnswersAsync(async http => (await http.PostAsync(peer.Address, new StringContent("{\"query\":\"{__typename}\"}", Encoding.UTF8, "application/json"))).IsSuccessStatusCode) ? peer : null;
    }

    /// <summary>Directus 11 with the table content, cache, telemetry and rate limiter off, a static administrator's token.</summary>
    public static async Task<Peer?> DirectusAsync(string folder, string connectionString)
    {
        var node = Path.Combine(folder, "node_modules", "node", "bin", "node");
        var home = Path.Combine(folder, "d");
        var cli = Path.Combine(home, "node_modules", "directus", "cli.js");
        if (!File.Exists(cli)) return null;
        var port = FreePort.Next();
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        var environment = new Dictionary<string, string>
        {
            ["NODE_ENV"] = "production",
            ["HOST"] = "127.0.0.1",
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["SECRET"] = "benchmark-secret-of-32-characters",
            ["LOG_LEVEL"] = "warn",
            ["TELEMETRY"] = "false",
            ["CACHE_ENABLED"] = "false",
            ["RATE_LIMITER_ENABLED"] = "false",
            ["ADMIN_EMAIL"] = "admin@example.org",
            ["ADMIN_PASSWORD"] = "benchmark",
            ["ADMIN_TOKEN"] = "benchmark-token",
            ["DB_CLIENT"] = "pg",
            ["DB_HOST"] = database.Host!,
            ["DB_PORT"] = database.Port.ToString(CultureInfo.InvariantCulture),
            ["DB_DATABASE"] = database.Database!,
            ["DB_USER"] = database.Username!,
            ["DB_PASSWORD"] = database.Password!,
            ["DB_SEARCH_PATH__0"] = "marketing",
            ["DB_SEARCH_PATH__1"] = "public",
        };
        using (var bootstrap = Start(node, [cli, "bootstrap"], home, environment)) await bootstrap.WaitForExitAsync();
        var process = Start(node, [cli, "start"], home, environment);
        var address = new Uri($"http://127.0.0.1:{port}/");
        if (!await UntilAnswersAsync(async http => (await http.GetAsync(new Uri(address, "server/ping"))).IsSuccessStatusCode)) return null;
        using var client = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { { "Authorization", "Bearer benchmark-token" } } };
        using var registered = await client.PostAsync("collections", new StringContent(new JsonObject { ["collection"] = "content", ["meta"] = new JsonObject(), ["schema"] = null }.ToJsonString(), Encoding.UTF8, "application/json"));
        return new Peer("Directus 11", process, address, new Dictionary<string, string> { ["Authorization"] = "Bearer benchmark-token" });
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        Process.Dispose();
    }

    private static Process Start(string program, string[] arguments, string folder, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["PATH"] = $"{Path.GetDirectoryName(program)}:{Environment.GetEnvironmentVariable("PATH")}";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => { if (!string.IsNullOrWhiteSpace(line.Data)) Console.Error.WriteLine(line.Data); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<bool> UntilAnswersAsync(Func<HttpClient, Task<bool>> ask)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        for (var attempt = 0; attempt < 240; attempt++)
        {
            try
            {
                if (await ask(http)) return true;
            }
            catch (HttpRequestException)
            {
                // Not up yet.
            }
            await Task.Delay(500);
        }
        return false;
    }
}
