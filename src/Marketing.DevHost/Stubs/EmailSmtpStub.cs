using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// A mail server for development and tests: takes messages over plain SMTP and keeps them. For chosen recipients it refuses with a given reply, or breaks the
/// connection before or after the last dot. Source: RFC 5321.
/// </summary>
public sealed class EmailSmtpStub : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<int, Task> sessions = new();
    private readonly Task accepting;

    private EmailSmtpStub()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Its port on this machine.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What was taken.</summary>
    public EmailDeliveries Taken { get; } = new();

    /// <summary>Replies to RCPT TO by address, for example <c>550 5.1.1 No such user</c>.</summary>
    public ConcurrentDictionary<string, string> Refusals { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Replies to the message by address.</summary>
    public ConcurrentDictionary<string, string> RefusedMessages { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Addresses whose message is taken and whose reply never comes: the connection is cut.</summary>
    public ConcurrentDictionary<string, bool> CutAfterMessage { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Addresses at whose DATA the connection is cut before anything of the message is read.</summary>
    public ConcurrentDictionary<string, bool> CutAtData { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Senders of the envelopes, by send id.</summary>
    public ConcurrentDictionary<string, string> Envelopes { get; } = new();

    /// <summary>Starts it on a free port.</summary>
    public static EmailSmtpStub Start() => new();

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(sessions.Values);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                sessions[number] = ServeAsync(client);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 stub ESMTP");
            await TalkAsync(client, reader, writer);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The other side has gone, or we have cut it.
        }
    }

    private async Task TalkAsync(TcpClient client, StreamReader reader, StreamWriter writer)
    {
        var (from, to) = ("", "");
        while (await reader.ReadLineAsync(stop.Token) is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await writer.WriteLineAsync("250-stub\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 30000000");
                    break;
                case "MAIL":
                    from = Address(line);
                    await writer.WriteLineAsync("250 2.1.0 OK");
                    break;
                case "RCPT":
                    to = Address(line);
                    await writer.WriteLineAsync(Refusals.GetValueOrDefault(to, "250 2.1.5 OK"));
                    break;
                case "DATA":
                    if (CutAtData.ContainsKey(to))
                    {
                        Cut(client);
                        return;
                    }
                    await writer.WriteLineAsync("354 Go ahead");
                    var message = await MessageAsync(reader);
                    if (RefusedMessages.TryGetValue(to, out var refusal))
                    {
                        await writer.WriteLineAsync(refusal);
                        break;
                    }
                    Keep(from, to, message);
                    if (CutAfterMessage.ContainsKey(to))
                    {
                        Cut(client);
                        return;
                    }
                    await writer.WriteLineAsync("250 2.0.0 Queued");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 2.0.0 Bye");
                    return;
                default:
                    await writer.WriteLineAsync("250 2.0.0 OK");
                    break;
            }
        }
    }

    private async Task<string> MessageAsync(StreamReader reader)
    {
        var message = new StringBuilder();
        while (await reader.ReadLineAsync(stop.Token) is { } line && line != ".") message.Append(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line).Append('\n');
        return message.ToString();
    }

    private void Keep(string from, string to, string message)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in message.Split("\n\n", 2)[0].Replace("\n ", " ", StringComparison.Ordinal).Replace("\n\t", " ", StringComparison.Ordinal).Split('\n'))
            if (line.Split(':', 2) is [var name, var value]) headers[name] = value.Trim();
        var id = headers.GetValueOrDefault("X-Send-Id", "");
        Envelopes[id] = from;
        Taken.Add(new EmailDelivery("smtp", id, to, headers.GetValueOrDefault("Subject", ""), message, "", headers, headers.GetValueOrDefault("Message-Id", ""), headers, DateTimeOffset.UtcNow));
    }

    private static string Address(string line) => line.Split('<', '>') is [_, var address, ..] ? address : "";

    // With a reset rather than a farewell, as a crash would.
    private static void Cut(TcpClient client)
    {
        client.Client.LingerState = new LingerOption(true, 0);
        client.Close();
    }
}
