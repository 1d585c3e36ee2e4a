using System.Text.Json;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Webhooks.EventGrid;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Webhooks;

/// <summary>Where email providers beside SendGrid call. A call is verified over its raw bytes, stored and acknowledged with 200.</summary>
internal static class EmailWebhookEndpoints
{
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        foreach (var name in new[] { "azure", "standard", "mailgun", "postmark" })
            api.MapPost($"webhooks/{name}", (RequestDelegate)(context => AcceptAsync(context, name))).AllowWithoutKey();
        api.MapMethods("webhooks/azure", [HttpMethods.Options], (RequestDelegate)AzureHandshakeAsync).AllowWithoutKey();
    }

    /// <summary>503: a setting of ours is missing; senders try again, where a refusal would lose events.</summary>
    public static Problem NotConfigured(string setting) => new(StatusCodes.Status503ServiceUnavailable, "not_configured", $"This webhook has no secret yet. Set {setting}.");

    private static async Task AcceptAsync(HttpContext context, string name)
    {
        var body = (await RequestBody.ReadAsync(context.Request, MaxBytes, context.RequestAborted)).ToArray();
        var provider = Provider(context, name);
        if (provider.Refuse(context.Request, body) is { } refusal) throw new ProblemException(refusal);
        if (provider is AzureEmailProvider azure && Handshake(azure, body) is { } code)
        {
            await Results.Json(new Dictionary<string, string> { ["validationResponse"] = code }).ExecuteAsync(context);
            return;
        }
        await context.RequestServices.GetRequiredService<WebhookInbox>().AcceptAsync(name, body, context.RequestAborted, provider.MessageId(context.Request, body));
        await Results.Text("{}", "application/json").ExecuteAsync(context);
    }

    // CloudEvents: the receiver allows the origin that asks. Source: CloudEvents, "HTTP 1.1 Web Hooks for Event Delivery", 4.
    private static async Task AzureHandshakeAsync(HttpContext context)
    {
        if (Provider(context, "azure").Refuse(context.Request, []) is { } refusal) throw new ProblemException(refusal);
        var origin = context.Request.Headers["WebHook-Request-Origin"].ToString();
        if (origin.Length is 0 or > 253) throw new ProblemException(Problem.BadRequest("invalid_header", "Send the header WebHook-Request-Origin."));
        context.Response.Headers["WebHook-Allowed-Origin"] = origin;
        context.Response.Headers["WebHook-Allowed-Rate"] = "*";
        await Results.Ok().ExecuteAsync(context);
    }

    private static string? Handshake(AzureEmailProvider azure, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return azure.HandshakeCode(document.RootElement);
        }
        catch (JsonException)
        {
            throw new ProblemException(Problem.BadRequest("malformed_json", "The body is no JSON."));
        }
    }

    private static IEmailProvider Provider(HttpContext context, string name) => context.RequestServices.GetServices<IEmailProvider>().Single(provider => provider.Name == name);
}
