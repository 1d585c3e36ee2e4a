using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// An HTTP server that stands where the platforms' servers would, for development and tests. What it has published is listed at
/// <c>/_stub/posts</c>, every request at <c>/_stub/calls</c>; <c>/_stub/next</c> arranges faults. Kept in memory.
/// </summary>
public sealed class PlatformStub : IAsyncDisposable
{
    private readonly WebApplication app;

    private PlatformStub(WebApplication app, Uri address) => (this.app, Address) = (app, address);

    /// <summary>Its address, ending in a slash.</summary>
    public Uri Address { get; }

    /// <summary>Starts it.</summary>
    public static async Task<PlatformStub> StartAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        var calls = new StubCalls();
        IPlatform[] platforms = [new InstagramStub(), new FacebookStub(), new TikTokStub(), new YouTubeStub(), new XStub(), new LinkedInStub(), new PinterestStub()];
        calls.Use(app);
        StubControl.Map(app, calls, platforms);
        foreach (var platform in platforms) platform.Map(app);
        new OAuthStub().Map(app);
        await app.StartAsync(cancellationToken);
        return new PlatformStub(app, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")));
    }

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
