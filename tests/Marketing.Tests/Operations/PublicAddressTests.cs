using System.Net;
using Marketing.Operations.Outbound;

namespace Marketing.Tests.Operations;

public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("169.254.169.254")] // cloud metadata
    [InlineData("168.63.129.16")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:a9fe:a9fe")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("::10.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")] // cloud metadata over IPv6
    [InlineData("2002:a00:1::")] // 6to4 around 10.0.0.1
    [InlineData("ff02::1")]
    public void What_is_not_on_the_public_internet_is_refused(string address) => Assert.False(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("169.253.0.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("64:ff9b::1.1.1.1")]
    public void Public_addresses_are_taken(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://example.org/a.jpg")]
    [InlineData("ftp://example.org/a.jpg")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:pass@example.org/a.jpg")]
    [InlineData("https://localhost/a.jpg")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://2130706433/a.jpg")] // 127.0.0.1 as one number
    [InlineData("https://0x7f.1/a.jpg")]
    [InlineData("https://[::1]/a.jpg")]
    [InlineData("https://intranet/a.jpg")]
    public void Addresses_that_name_no_public_host_are_refused_by_their_text(string address) => Assert.NotNull(PublicAddress.Problem(new Uri(address), allowHttp: false));
}
