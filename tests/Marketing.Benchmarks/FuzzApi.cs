using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Marketing.Identity;

namespace Marketing.Benchmarks;

/// <summary>Sends random bytes in path, query, headers and body to the function app, and counts what it answers.</summary>
internal static class FuzzApi
{
    private const int Senders = 4;
    private static readonly string[] Tables = ["content", "content_library", "campaigns", "segments", "segment_members", "social_posts", "social_accounts", "websites", "website_pages", "attribution", "audit", "roles", "api_keys", "webhooks/sendgrid", "webhooks/meta", "nothing"];
    private static readonly string[] Methods = ["GET", "GET", "GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "BREW"];
    private static readonly string[] Queries = ["select=*", "select=id,title", "select=*,content_versions(*)", "order=id.desc.nullslast", "limit=5", "offset=2", "and=(id.not.is.null,title.like.*a*)", "or=(status.eq.draft,version.gt.1)", "q=pool", "cursor=AAAA", "id=in.(1,2)", "tags=cs.{a,b}", "criteria->rules->0->>field=eq.x", "on_conflict=id", "columns=title", "select=count(),status", "created_at=gte.2026-01-01T00:00:00Z", "title=fts(english).a"];
    private static readonly string[] Headers = ["Prefer: count=exact", "Prefer: return=representation,tx=rollback", "Range: 0-4", "Range-Unit: items", "If-Match: \"1\"", "If-None-Match: *", "Accept: text/csv", "Accept: application/vnd.pgrst.object+json", "Accept: application/x-ndjson", "Idempotency-Key: k", "Content-Type: application/json", "Content-Type: text/csv", "Content-Type: application/json-patch+json", "On-Behalf-Of: Ana", "Origin: https://example.org", "Content-Encoding: gzip"];
    private static readonly string[] Bodies = ["{\"title\":\"a\",\"content_type\":\"blog\"}", "[{\"title\":\"a\",\"content_type\":\"blog\"},{}]", "{\"operations\":[{\"op\":\"create\",\"values\":{}}]}", "[{\"op\":\"replace\",\"path\":\"/title\",\"value\":1}]", "title,content_type\na,blog\n", "{\"criteria\":{\"all\":[]}}", "null", "{}", "[]", "\"\\ud800\""];

    /// <summary>Runs it and prints what was answered.</summary>
    /// <param name="app">Folder of the published function app.</param>
    /// <param name="minutes">How long.</param>
    /// <returns>False when an answer was 5xx or the process ended.</returns>
    public static async Task<bool> RunAsync(string app, double minutes)
    {
        await using var servers = await BenchmarkServers.StartAsync(durable: false);
        var key = await servers.KeyAsync(new ApiClientRequest("fuzz", [.. Scopes.All]) { Roles = ["administrator"] });
        await using var handler = await HandlerUnderTest.StartAsync(app, servers.Settings);

        var (seed, answers, failures) = (Environment.TickCount, new ConcurrentDictionary<string, int>(), new ConcurrentQueue<string>());
        Console.WriteLine($"seed {seed}, {minutes} minutes, {Senders} senders");
        var watch = Stopwatch.StartNew();
        var resident = new List<double>();
        var senders = Enumerable.Range(0, Senders).Select(number => Task.Run(async () =>
        {
            var random = new Random(seed + number);
            while (watch.Elapsed.TotalMinutes < minutes && failures.Count < 20)
            {
                var request = Request(random, key);
                var status = await SendAsync(handler.Address, request);
                answers.AddOrUpdate(status, 1, (_, count) => count + 1);
                // 505 is the server's right answer to a damaged HTTP version.
                if (status.StartsWith('5') && status != "505") failures.Enqueue($"{status}: {Encoding.Latin1.GetString(request)}");
            }
        })).ToArray();
        while (await Task.WhenAny(Task.WhenAll(senders), Task.Delay(TimeSpan.FromMinutes(minutes / 5))) is var ended && !senders.All(sender => sender.IsCompleted)) resident.Add(handler.ResidentMegabytes);
        await Task.WhenAll(senders);
        resident.Add(handler.ResidentMegabytes);
        foreach (var failure in failures) Console.WriteLine(failure);
        Console.WriteLine($"{answers.Values.Sum():N0} requests: {string.Join(", ", answers.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value:N0}"))}");
        Console.WriteLine($"resident memory over the run: {string.Join(", ", resident.Select(megabytes => $"{megabytes:0}"))} MB");
        return failures.IsEmpty && !handler.HasExited;
    }

    private static byte[] Request(Random random, string key)
    {
        var head = new StringBuilder($"{Methods[random.Next(Methods.Length)]} /api/{Tables[random.Next(Tables.Length)]}");
        if (random.Next(3) == 0) head.Append('/').Append(random.Next(3) switch { 0 => Guid.NewGuid().ToString(), 1 => "CON-010001", _ => Noise(random, 12) });
        for (var i = random.Next(4); i > 0; i--) head.Append(head.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?').Append(Damaged(random, Queries[random.Next(Queries.Length)]));
        head.Append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        if (random.Next(20) > 0) head.Append("x-api-key: ").Append(key).Append("\r\n");
        for (var i = random.Next(4); i > 0; i--) head.Append(Damaged(random, Headers[random.Next(Headers.Length)])).Append("\r\n");
        var body = random.Next(2) == 0 ? [] : Encoding.Latin1.GetBytes(Damaged(random, Bodies[random.Next(Bodies.Length)]));
        if (random.Next(10) == 0) random.NextBytes(body = new byte[random.Next(2000)]);
        if (body.Length > 0) head.Append("Content-Length: ").Append(body.Length).Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private static string Damaged(Random random, string text)
    {
        if (random.Next(3) == 0) return text;
        var letters = text.ToList();
        for (var hits = random.Next(1, 5); hits > 0 && letters.Count > 0; hits--)
        {
            var at = random.Next(letters.Count);
            switch (random.Next(4))
            {
                case 0: letters.RemoveAt(at); break;
                case 1: letters.InsertRange(at, Noise(random, 6)); break;
                case 2: letters[at] = (char)random.Next(33, 127); break;
                default: letters.InsertRange(at, letters.GetRange(at, Math.Min(letters.Count - at, random.Next(10)))); break;
            }
        }
        return new string([.. letters]);
    }

    private static string Noise(Random random, int length) => new([.. Enumerable.Range(0, random.Next(length)).Select(_ => random.Next(4) == 0 ? "%00%ff%c3%28'\"\\();--{}[]<>*"[random.Next(26)] : (char)random.Next(1, 256))]);

    private static async Task<string> SendAsync(Uri address, byte[] request)
    {
        using var socket = new TcpClient { NoDelay = true };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, limit.Token);
            var stream = socket.GetStream();
            await stream.WriteAsync(request, limit.Token);
            var answer = new byte[64];
            var read = await stream.ReadAtLeastAsync(answer, 12, throwOnEndOfStream: false, limit.Token);
            var rest = new byte[16_384];
            while (await stream.ReadAsync(rest, limit.Token) > 0) { }
            return read < 12 ? "closed" : Encoding.ASCII.GetString(answer, 9, 3);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return "closed";
        }
        catch (OperationCanceledException)
        {
            return "504 no answer in 40 s";
        }
    }
}
