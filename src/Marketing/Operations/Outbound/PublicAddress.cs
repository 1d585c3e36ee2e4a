using System.Net;
using System.Net.Sockets;

namespace Marketing.Operations.Outbound;

/// <summary>Which addresses are on the public internet. Source: IANA special-purpose address registries for IPv4 and IPv6.</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32", // Azure's own platform address
            "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>True when the address is neither private, link-local, of this machine nor otherwise special, also not inside an IPv6 wrapping.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && Embedded(address) is { } inner && !Is(inner)) return false;
        return !Special.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));
    }

    /// <summary>What is wrong with an address by its text alone; null when a connection may be tried.</summary>
    /// <param name="address">An absolute address.</param>
    /// <param name="allowHttp">Plain http is taken too.</param>
    public static string? Problem(Uri address, bool allowHttp)
    {
        var isScheme = address.Scheme == Uri.UriSchemeHttps || (allowHttp && address.Scheme == Uri.UriSchemeHttp);
        if (!isScheme || address.UserInfo.Length > 0) return $"'{Shown(address)}' must be an https address without a user name.";
        return address.HostNameType == UriHostNameType.Dns && !address.IsLoopback && address.Host.Contains('.', StringComparison.Ordinal) ? null : $"'{Shown(address)}' must name a public host.";
    }

    // Without user name, password and query, which may be secrets.
    private static string Shown(Uri address) => $"{address.Scheme}://{address.Authority}{address.AbsolutePath}";

    // NAT64 (RFC 6052) carries an IPv4 address in its last 32 bits, and so does the deprecated IPv4-compatible form.
    private static IPAddress? Embedded(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        ReadOnlySpan<byte> nat64 = [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0];
        return nat64.SequenceEqual(bytes.AsSpan(0, 12)) || bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0
            ? new IPAddress(bytes.AsSpan(12))
            : null;
    }
}
