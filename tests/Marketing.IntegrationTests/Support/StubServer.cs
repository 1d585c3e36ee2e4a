using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Marketing.IntegrationTests.Support;

/// <summary>An HTTP server of a test class, where a third party's would stand.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private StubServer(WebApplication app) => this.app = app;

    /// <summary>Its address, without a slash at the end.</summary>
    public string Address => app.Urls.Single().TrimEnd('/');

    /// <summary>Starts it on a port that the system picks.</summary>
    public static async Task<StubServer> StartAsync(Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Marketing.DevHost.Servers.FreePort.Next()));
        var app = builder.Build();
        map(app);
        await app.StartAsync(CancellationToken.None);
        return new StubServer(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
