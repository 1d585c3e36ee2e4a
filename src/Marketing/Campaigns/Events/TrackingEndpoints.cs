using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marketing.Problems;
using Marketing.Webhooks;
using Marketing.Webhooks.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Campaigns.Events;

/// <summary>
/// Opens and clicks of messages whose provider records none. They go through the inbox like a provider's events, one open and one click of each link a
/// message and minute, so that a reload does not count twice.
/// </summary>
internal static class TrackingEndpoints
{
    // A transparent GIF of one pixel.
    private static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    /// <summary>Records a click and leads on. HEAD leads on without recording: scanners ask so.</summary>
    public static async Task ClickAsync(HttpContext context)
    {
        var message = Message(context);
        if (message?.Url is not { } url) throw new ProblemException(Problem.NotFound("links", "this link"));
        if (!HttpMethods.IsHead(context.Request.Method)) await RecordAsync(context, message, "clicked");
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        // A header holds ASCII: letters beyond it go percent-encoded.
        context.Response.Redirect(new Uri(url).AbsoluteUri);
    }

    /// <summary>Records an open. The pixel is answered whatever the token: a reader sees no broken picture.</summary>
    public static async Task OpenAsync(HttpContext context)
    {
        if (Message(context) is { } message && !HttpMethods.IsHead(context.Request.Method)) await RecordAsync(context, message, "opened");
        context.Response.Headers.CacheControl = "no-store, private";
        await Results.Bytes(Pixel, "image/gif").ExecuteAsync(context);
    }

    private static TrackedMessage? Message(HttpContext context) => context.RequestServices.GetRequiredService<TrackingLinks>().Read((string)context.Request.RouteValues["token"]!);

    private static async Task RecordAsync(HttpContext context, TrackedMessage message, string type)
    {
        var at = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var userAgent = context.Request.Headers.UserAgent.ToString();
        var body = JsonSerializer.SerializeToUtf8Bytes(new TrackedEvent(type, message, at, UserAgent.Device(userAgent), userAgent.Length == 0));
        var minute = at.ToUnixTimeSeconds() / 60;
        await context.RequestServices.GetRequiredService<WebhookInbox>().AcceptAsync(TrackingProvider.Tracking, body, context.RequestAborted, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{type} {message.SendId} {message.Url} {minute}"))));
    }
}

/// <summary>What the inbox keeps of an open or a click; no network address.</summary>
internal sealed record TrackedEvent(string Type, TrackedMessage Message, DateTimeOffset At, string? DeviceType, bool IsMachine);
