using System.Net;

namespace Marketing.Operations.Outbound;

/// <summary>Asks the name service.</summary>
public class HostLookup
{
    /// <summary>Every address of a host.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The host is not known.</exception>
    public virtual Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
