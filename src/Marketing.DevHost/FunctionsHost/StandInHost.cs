using System.Globalization;
using System.Net;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Marketing.DevHost.FunctionsHost;

/// <summary>
/// Stands in for the Azure Functions host on one machine: reads the same <c>host.json</c> and <c>function.json</c> files, keeps the handler
/// alive, passes HTTP requests on, and starts functions by queue, blob and timer. For development and tests only.
/// </summary>
public sealed class StandInHost : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly HandlerProcess handler;
    private readonly InvokeHandler invoke;
    private readonly WebApplication frontend;
    private readonly HttpMessageInvoker proxy = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None });
    private Task listeners = Task.CompletedTask;

    private StandInHost(HandlerProcess handler, InvokeHandler invoke, WebApplication frontend) => (this.handler, this.invoke, this.frontend) = (handler, invoke, frontend);

    /// <summary>The function app's process.</summary>
    public HandlerProcess Handler => handler;

    /// <summary>Address of the HTTP functions, without the route prefix.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts the host; HTTP requests are held until the handler is ready.</summary>
    /// <param name="appFolder">Folder with <c>host.json</c>.</param>
    /// <param name="port">Port of the HTTP functions.</param>
    /// <param name="settings">App settings: the handler's environment. <c>AzureWebJobsStorage</c> is needed.</param>
    /// <param name="maxErrors">Crashes of the handler before the host gives up.</param>
    /// <param name="log">Receives the handler's lines and the host's own.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    public static async Task<StandInHost> StartAsync(
        string appFolder, int port, IReadOnlyDictionary<string, string> settings, int maxErrors, Action<string> log, CancellationToken cancellationToken)
    {
        var app = FunctionApp.Read(appFolder);
        var handler = new HandlerProcess(app, settings, maxErrors, log);
        var invoke = new InvokeHandler(handler, app.FunctionTimeout, log);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = 104_857_600;
        });
        builder.Services.AddHttpForwarder();
        var host = new StandInHost(handler, invoke, builder.Build());
        host.frontend.Run(context => host.ForwardAsync(context, app));
        handler.Start();
        await host.frontend.StartAsync(cancellationToken);
        host.Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        host.listeners = host.ListenAsync(app, settings["AzureWebJobsStorage"]);
        return host;
    }

    /// <summary>Stops taking work, waits for what runs, then kills the handler: the Functions host's order.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await listeners;
        await frontend.StopAsync();
        await handler.DisposeAsync();
        await frontend.DisposeAsync();
        invoke.Dispose();
        proxy.Dispose();
        stopping.Dispose();
    }

    private Task ListenAsync(FunctionApp app, string storage)
    {
        var blobs = new BlobServiceClient(storage);
        var queues = new QueueServiceClient(storage, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        var stop = stopping.Token;
        return Task.WhenAll(app.Functions.Where(function => function.Type != "httpTrigger").Select(function => function.Type switch
        {
            "queueTrigger" => new QueueTrigger(queues, function, app.MaxDequeueCount, invoke).RunAsync(stop),
            "blobTrigger" => new BlobTrigger(blobs, queues, function, app.MaxDequeueCount, invoke).RunAsync(stop),
            "timerTrigger" => new TimerTrigger(function, invoke, TimeProvider.System).RunAsync(stop),
            var other => throw new Servers.DevHostException($"{function.Name} has a trigger that this host does not know: {other}."),
        }));
    }

    // Functions are tried in the order of their names and the first that fits wins, as in the Functions host.
    private async Task ForwardAsync(HttpContext context, FunctionApp app)
    {
        var function = app.Functions.FirstOrDefault(function => function.Type == "httpTrigger" && Fits(function, app.RoutePrefix, context.Request));
        if (function is null)
        {
            context.Response.StatusCode = context.Request.Path == "/" ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            await handler.ReadyAsync(context.RequestAborted);
        }
        catch (Servers.DevHostException)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }
        context.Request.Headers["X-Azure-Functions-InvocationId"] = Guid.NewGuid().ToString();
        var forwarder = context.RequestServices.GetRequiredService<IHttpForwarder>();
        var error = await forwarder.SendAsync(context, handler.Address.ToString(), proxy, ForwarderRequestConfig.Empty, Transform.Instance, context.RequestAborted);
        if (error != ForwarderError.None && !context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status500InternalServerError;
    }

    private static bool Fits(Function function, string prefix, HttpRequest request)
    {
        if (function.Trigger.TryGetProperty("methods", out var methods) && methods.ValueKind == System.Text.Json.JsonValueKind.Array
            && !methods.EnumerateArray().Any(method => request.Method.Equals(method.GetString(), StringComparison.OrdinalIgnoreCase)))
            return false;
        var template = TemplateParser.Parse($"{prefix}/{function.Text("route") ?? function.Name}");
        return new TemplateMatcher(template, []).TryMatch(request.Path, []);
    }

    private sealed class Transform : HttpTransformer
    {
        public static readonly Transform Instance = new();

        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = null;
            proxyRequest.Headers.Remove("X-Forwarded-Host");
            proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Host", httpContext.Request.Host.Value);
            proxyRequest.Headers.Remove("X-Forwarded-Proto");
            proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Proto", httpContext.Request.Scheme);
        }
    }
}
