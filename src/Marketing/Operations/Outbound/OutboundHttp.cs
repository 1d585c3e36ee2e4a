using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Marketing.Operations.Outbound;

/// <summary>
/// Fetches addresses that callers supplied. The host is resolved once and the connection goes to the address that was checked, so that a
/// second answer of the name service cannot lead elsewhere; redirects are followed by hand, and each target is checked like the first.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private const int MaxRedirects = 5;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly HostLookup hosts;
    private readonly OutboundOptions options;
    private readonly HttpClient http;

    /// <summary>Makes the client; nothing is connected.</summary>
    public OutboundHttp(HostLookup hosts, IOptions<OutboundOptions> options)
    {
        (this.hosts, this.options) = (hosts, options.Value);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false, // a proxy would resolve the name again
            ConnectTimeout = ConnectLimit,
            MaxResponseHeadersLength = 32,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        };
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("marketing-functions");
    }

    /// <summary>What is wrong with an address before anything is connected; null when it may be tried.</summary>
    public string? Problem(Uri address) => IsAllowed(address.Host, address.Port) && address.Scheme is "http" or "https" ? null : PublicAddress.Problem(address, options.AllowHttp);

    /// <summary>Starts a GET and reads the headers. The caller disposes the answer and limits what it reads of the body.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Limits the time of the whole call.</param>
    /// <exception cref="OutboundRefusedException">The address, or one that it redirects to, is not public.</exception>
    /// <exception cref="HttpRequestException">The host cannot be reached.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            if (Problem(address) is { } problem) throw new OutboundRefusedException(problem);
            HttpResponseMessage response;
            try
            {
                response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            }
            catch (HttpRequestException refused) when (refused.InnerException is OutboundRefusedException inner)
            {
                throw inner;
            }
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
                || response.Headers.Location is not { } location) return response;
            response.Dispose();
            if (redirects == MaxRedirects) throw new OutboundRefusedException($"The address redirects more than {MaxRedirects} times.");
            address = new Uri(address, location);
        }
    }

    /// <summary>Sends a request to an address that a caller supplied; a redirect is an answer like any other. The caller disposes the answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Limits the time of the whole call.</param>
    /// <exception cref="OutboundRefusedException">The address is not public.</exception>
    /// <exception cref="HttpRequestException">The host cannot be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Problem(request.RequestUri!) is { } problem) throw new OutboundRefusedException(problem);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException refused) when (refused.InnerException is OutboundRefusedException inner)
        {
            throw inner;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await hosts.FindAsync(host, cancellationToken);
        // One private address among several is enough: such a name is not an honest one.
        if (addresses.Length == 0 || addresses.Any(address => !PublicAddress.Is(address) && !IsAllowed(address.ToString(), port)))
            throw new OutboundRefusedException($"The host {host} does not lead to the public internet.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(string host, int port) => options.AllowedEndpoints.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host}:{port}"));

    /// <inheritdoc />
    public void Dispose() => http.Dispose();
}
