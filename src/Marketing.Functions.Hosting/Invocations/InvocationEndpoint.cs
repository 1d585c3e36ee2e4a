using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Hosting;

/// <summary>Answers the Functions host: its probe, its invocations, and the HTTP requests that it passes on.</summary>
internal sealed partial class InvocationEndpoint
{
    private const string InvocationIdHeader = "X-Azure-Functions-InvocationId";

    // An answer without a JSON object would hang the invocation until the host kills this process.
    private static readonly byte[] Succeeded = "{\"Outputs\":{},\"Logs\":[],\"ReturnValue\":null}"u8.ToArray();
    private static readonly byte[] Failed = "{\"Outputs\":{},\"Logs\":[\"The function failed; its log line tells why.\"],\"ReturnValue\":null}"u8.ToArray();

    private static readonly Func<ILogger, string, string, IDisposable?> Scope = LoggerMessage.DefineScope<string, string>("{Function} {InvocationId}");

    private readonly FrozenDictionary<string, InvokeFunction> invoked;
    private readonly FrozenDictionary<string, InvokeFunction> requested;
    private readonly IServiceScopeFactory scopes;
    private readonly ILogger<InvocationEndpoint> log;
    private readonly CancellationToken stopping;
    private readonly string routePrefix;

    public InvocationEndpoint(
        IReadOnlyList<FunctionDescriptor> functions, string routePrefix, IServiceScopeFactory scopes, IHostApplicationLifetime lifetime, ILogger<InvocationEndpoint> log)
    {
        invoked = functions.Where(function => function.Route is null).ToFrozenDictionary(function => function.Name, function => new InvokeFunction(function), StringComparer.OrdinalIgnoreCase);
        requested = functions.Where(function => function.Route is not null)
            .ToFrozenDictionary(function => function.Route!.Split('/')[0], function => new InvokeFunction(function), StringComparer.OrdinalIgnoreCase);
        this.scopes = scopes;
        this.routePrefix = routePrefix;
        this.log = log;
        stopping = lifetime.ApplicationStopping;
    }

    public Task RunAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/") return Task.CompletedTask;
        var segments = path.Split('/', 4);
        if (segments.Length > 2 && segments[1].Equals(routePrefix, StringComparison.OrdinalIgnoreCase))
            return requested.TryGetValue(segments[2], out var http) ? RequestAsync(http, context) : NotFound(context);
        return HttpMethods.IsPost(context.Request.Method) && segments.Length == 2 && invoked.TryGetValue(segments[1], out var function)
            ? InvokeAsync(function, context)
            : NotFound(context);
    }

    private async Task RequestAsync(InvokeFunction function, HttpContext context)
    {
        using var logScope = BeginScope(function, context);
        await function.RunAsync(context);
    }

    private async Task InvokeAsync(InvokeFunction function, HttpContext context)
    {
        using var logScope = BeginScope(function, context);
        // The host sends no cancellation: a closed connection means that it is gone, and stopping means that we are asked to go.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var answer = Succeeded;
        try
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: ending.Token);
            await using var scope = scopes.CreateAsyncScope();
            await function.RunAsync(new InvocationPayload(document.RootElement), scope.ServiceProvider, ending.Token);
        }
        catch (Exception exception)
        {
            LogFailed(exception, function.Function.Name, context.Request.Headers[InvocationIdHeader].ToString());
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            answer = Failed;
        }
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, CancellationToken.None);
    }

    private IDisposable? BeginScope(InvokeFunction function, HttpContext context) => Scope(log, function.Function.Name, context.Request.Headers[InvocationIdHeader].ToString());

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    [LoggerMessage(100, LogLevel.Error, "Function {Function} failed, invocation {InvocationId}")]
    private partial void LogFailed(Exception exception, string function, string invocationId);
}
