using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketing.DevHost.Stubs;

/// <summary>
/// An HTTP server that stands where SendGrid's Mail Send and Azure Communication Services Email would, for development and tests. What it took is listed at
/// <c>/_stub/emails</c>, every request at <c>/_stub/calls</c>; <c>/_stub/next</c> arranges faults. Kept in memory.
/// </summary>
public sealed class EmailProviderStub : IAsyncDisposable
{
    private const long MaxBody = 40 * 1024 * 1024;
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly WebApplication app;
    private readonly StubCalls calls;

    private EmailProviderStub(WebApplication app, Uri address, StubCalls calls, EmailSendGridStub sendGrid, EmailAzureStub azure, EmailDeliveries taken) =>
        (this.app, Address, this.calls, SendGrid, Azure, Taken) = (app, address, calls, sendGrid, azure, taken);

    /// <summary>Its address, ending in a slash.</summary>
    public Uri Address { get; }

    /// <summary>What was taken.</summary>
    public EmailDeliveries Taken { get; }

    /// <summary>SendGrid's part.</summary>
    public EmailSendGridStub SendGrid { get; }

    /// <summary>Azure's part.</summary>
    public EmailAzureStub Azure { get; }

    /// <summary>Requests received so far.</summary>
    public int Calls => calls.All.Count;

    /// <summary>Starts it.</summary>
    public static async Task<EmailProviderStub> StartAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = MaxBody;
        });
        var app = builder.Build();
        var (calls, taken) = (new StubCalls(), new EmailDeliveries());
        var (sendGrid, azure) = (new EmailSendGridStub(taken), new EmailAzureStub(taken));
        calls.Use(app);
        app.MapGet("/_stub/emails", context => WriteAsync(context, JsonSerializer.Serialize(taken.All, SnakeCase)));
        app.MapGet("/_stub/calls", context => WriteAsync(context, calls.All.ToJsonString()));
        app.MapPost("/_stub/next", async context =>
        {
            calls.Arrange((await JsonSerializer.DeserializeAsync<ArrangedAnswer>(context.Request.Body, SnakeCase, context.RequestAborted))!);
            await WriteAsync(context, "{}");
        });
        app.MapPost("/_stub/reset", context =>
        {
            calls.Reset();
            taken.Clear();
            return WriteAsync(context, "{}");
        });
        sendGrid.Map(app);
        azure.Map(app);
        await app.StartAsync(cancellationToken);
        return new EmailProviderStub(app, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")), calls, sendGrid, azure, taken);
    }

    /// <summary>Arranges what happens with next requests.</summary>
    /// <param name="path">Part of the path.</param>
    /// <param name="status">Status to answer with instead of acting; 0 to act.</param>
    /// <param name="body">Body of that answer.</param>
    /// <param name="headers">Headers of that answer.</param>
    /// <param name="fault">Break the connection: <c>drop</c> instead of acting, <c>act_then_drop</c> after it; null for none.</param>
    /// <param name="delay">Wait first.</param>
    /// <param name="times">How many requests.</param>
    public void Arrange(string path, int status = 0, string body = "", Dictionary<string, string>? headers = null, string? fault = null, TimeSpan delay = default, int times = 1) =>
        calls.Arrange(new ArrangedAnswer { Path = path, Status = status, Body = body, Headers = headers ?? [], Drop = fault == "drop", ActThenDrop = fault == "act_then_drop", DelayMs = (int)delay.TotalMilliseconds, Times = times });

    /// <summary>Forgets arrangements and what was taken.</summary>
    public void Reset()
    {
        calls.Reset();
        Taken.Clear();
    }

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static Task WriteAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }
}
