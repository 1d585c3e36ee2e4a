using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Marketing.IntegrationTests.Library;

/// <summary>A daemon that speaks ClamAV's INSTREAM and calls one marker malware.</summary>
internal sealed class StubScanner : IAsyncDisposable
{
    /// <summary>Content that it finds.</summary>
    public const string Marker = "MARKETING-TEST-MALWARE";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public StubScanner()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>True while it hangs up on whoever calls.</summary>
    public bool IsSilent { get; set; }

    /// <summary>SHA-256 of what it was given.</summary>
    public HashSet<string> Seen { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
        listener.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                if (!IsSilent) await AnswerAsync(client.GetStream());
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException)
            {
                // A caller that hangs up is served no further.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var command = new byte["zINSTREAM\0".Length];
        await stream.ReadExactlyAsync(command, stop.Token);
        if (Encoding.ASCII.GetString(command) != "zINSTREAM\0")
        {
            await stream.WriteAsync("UNKNOWN COMMAND\0"u8.ToArray(), stop.Token);
            return;
        }
        using var content = new MemoryStream();
        var length = new byte[sizeof(uint)];
        while (true)
        {
            await stream.ReadExactlyAsync(length, stop.Token);
            var chunk = new byte[BinaryPrimitives.ReadUInt32BigEndian(length)];
            if (chunk.Length == 0) break;
            await stream.ReadExactlyAsync(chunk, stop.Token);
            content.Write(chunk);
        }
        lock (Seen) Seen.Add(Convert.ToHexString(SHA256.HashData(content.ToArray())));
        var found = content.ToArray().AsSpan().IndexOf(Encoding.ASCII.GetBytes(Marker)) >= 0;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(found ? "stream: Test.Marker-1 FOUND\0" : "stream: OK\0"), stop.Token);
    }
}
