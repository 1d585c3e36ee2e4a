using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Marketing.DevHost.Servers;

/// <summary>Ports of this machine.</summary>
public static class FreePort
{
    // Below the range from which systems give ports to outgoing connections (Linux from 32768, others from 49152): a server that is started
    // again would else find its port taken by somebody's connection, or by its own probe's.
    private const int First = 20_000;
    private const int Beyond = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A port of the loopback address that nobody listens on right now, and that this process was not given before.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Beyond);
            if (IsFree(port) && Given.TryAdd(port, true)) return port;
        }
    }

    /// <summary>The wanted port, or a free one for 0.</summary>
    /// <exception cref="DevHostException">The wanted port is taken.</exception>
    public static int Claim(int wanted)
    {
        if (wanted == 0) return Next();
        return IsFree(wanted) ? wanted : throw new DevHostException($"Port {wanted} is taken on 127.0.0.1. Stop what listens there, or name another with --port (0 picks a free one).");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
