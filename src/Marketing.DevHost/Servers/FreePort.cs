using System.Net;
using System.Net.Sockets;

namespace Marketing.DevHost.Servers;

/// <summary>Ports of this machine.</summary>
public static class FreePort
{
    /// <summary>A port of the loopback address that nobody listens on right now.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The wanted port, or a free one for 0.</summary>
    /// <exception cref="DevHostException">The wanted port is taken.</exception>
    public static int Claim(int wanted)
    {
        if (wanted == 0) return Next();
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, wanted);
            listener.Start();
            return wanted;
        }
        catch (SocketException taken)
        {
            throw new DevHostException($"Port {wanted} is taken on 127.0.0.1. Stop what listens there, or name another with --port (0 picks a free one).", taken);
        }
    }
}
