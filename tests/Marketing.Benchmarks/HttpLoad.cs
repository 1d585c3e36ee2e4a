using System.Diagnostics;

namespace Marketing.Benchmarks;

/// <summary>A fixed number of connections that each ask again as soon as they have an answer.</summary>
internal static class HttpLoad
{
    /// <summary>Runs the load and reports requests per second, latencies, and the share of one core that the load generator itself took.</summary>
    /// <param name="address">Address to ask.</param>
    /// <param name="key">API key.</param>
    /// <param name="connections">Connections.</param>
    /// <param name="duration">How long.</param>
    /// <param name="rate">Requests a second of all connections together; null for as many as there are answers.</param>
    /// <exception cref="HttpRequestException">An answer was not 200.</exception>
    public static async Task<HttpLoadResult> RunAsync(Uri address, string key, int connections, TimeSpan duration, double? rate = null)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false };
        using var http = new HttpMessageInvoker(handler);
        var own = Process.GetCurrentProcess();
        var ownBefore = own.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => AskAsync(http, address, key, watch, duration, rate is { } all ? TimeSpan.FromSeconds(connections / all) : null))));
        var elapsed = watch.Elapsed;
        own.Refresh();
        var all = latencies.SelectMany(one => one).ToList();
        return new HttpLoadResult(all.Count / elapsed.TotalSeconds, new Percentiles(all), (own.TotalProcessorTime - ownBefore) / elapsed);
    }

    private static async Task<List<double>> AskAsync(HttpMessageInvoker http, Uri address, string key, Stopwatch watch, TimeSpan duration, TimeSpan? interval)
    {
        var latencies = new List<double>();
        var buffer = new byte[64 * 1024];
        var due = watch.Elapsed;
        while (watch.Elapsed < duration)
        {
            if (interval is { } pause)
            {
                due += pause;
                if (due > watch.Elapsed) await Task.Delay(due - watch.Elapsed);
            }
            var start = Stopwatch.GetTimestamp();
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("x-api-key", key);
            using var response = await http.SendAsync(request, CancellationToken.None);
            response.EnsureSuccessStatusCode();
            await using var body = await response.Content.ReadAsStreamAsync();
            while (await body.ReadAsync(buffer) > 0) { }
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return latencies;
    }
}

/// <summary>What one load run measured.</summary>
/// <param name="RequestsPerSecond">Answers per second.</param>
/// <param name="Latencies">Time from request to last byte.</param>
/// <param name="GeneratorCores">Processor time of the load generator per second of wall time.</param>
internal sealed record HttpLoadResult(double RequestsPerSecond, Percentiles Latencies, double GeneratorCores);
