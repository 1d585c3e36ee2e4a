using Marketing.Identity;
using Marketing.Problems;
using Marketing.Webhooks.Meta;
using Marketing.Webhooks.SendGrid;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Webhooks;

/// <summary>
/// Where platforms call. Senders hold no API key: the signature over the raw body is their credential. A call is verified, stored and
/// acknowledged; what it means is found out afterwards.
/// </summary>
internal static class WebhookEndpoints
{
    // SendGrid sends at most 768 KB, Meta 1,000 updates.
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("webhooks/sendgrid", (RequestDelegate)SendGridAsync).AllowWithoutKey();
        api.MapGet("webhooks/meta", (RequestDelegate)MetaHandshakeAsync).AllowWithoutKey();
        api.MapPost("webhooks/meta", (RequestDelegate)MetaAsync).AllowWithoutKey();
        api.MapGet("webhooks/events", (RequestDelegate)EventsAsync).RequireScope(Scopes.Admin);
    }

    private static async Task SendGridAsync(HttpContext context)
    {
        var body = await ReadAsync(context.Request, context.RequestAborted);
        var refusal = context.RequestServices.GetRequiredService<SendGridSignature>().Refuse(
            body, context.Request.Headers[SendGridSignature.SignatureHeader].ToString(), context.Request.Headers[SendGridSignature.TimestampHeader].ToString());
        await AnswerAsync(context, "sendgrid", body, refusal);
    }

    private static async Task MetaAsync(HttpContext context)
    {
        var body = await ReadAsync(context.Request, context.RequestAborted);
        var refusal = context.RequestServices.GetRequiredService<MetaSignature>().Refuse(body, context.Request.Headers[MetaSignature.Header].ToString());
        await AnswerAsync(context, "meta", body, refusal);
    }

    private static async Task MetaHandshakeAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var isOurs = query["hub.mode"] == "subscribe" && context.RequestServices.GetRequiredService<MetaSignature>().KnowsVerifyToken(query["hub.verify_token"].ToString());
        if (isOurs) await Results.Text(query["hub.challenge"].ToString(), "text/plain").ExecuteAsync(context);
        else await Problem.Forbidden("wrong_verify_token", "hub.verify_token is not the one in Webhooks:Meta:VerifyToken.").ExecuteAsync(context);
    }

    private static async Task EventsAsync(HttpContext context)
    {
        var outcome = context.Request.Query["outcome"].ToString() is { Length: > 0 } wanted ? wanted : "set_aside";
        if (outcome is not ("set_aside" or "ignored" or "recorded")) throw new ProblemException(Problem.BadRequest("invalid_query", "outcome is one of set_aside, ignored, recorded."));
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            select coalesce(json_agg(e), '[]')::text
            from (select provider, event_id, delivery_id, outcome, reason, event, processed_at from marketing_ops.webhook_events where outcome = $1 order by processed_at desc limit 100) e
            """);
        command.Parameters.AddWithValue(outcome);
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }

    private static async Task AnswerAsync(HttpContext context, string provider, byte[] body, string? refusal)
    {
        if (refusal is not null)
        {
            await Problem.Unauthorized("invalid_signature", refusal).ExecuteAsync(context);
            return;
        }
        await context.RequestServices.GetRequiredService<WebhookInbox>().AcceptAsync(provider, body, context.RequestAborted);
        await Results.Text("{}", "application/json").ExecuteAsync(context);
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken) =>
        (await RequestBody.ReadAsync(request, MaxBytes, cancellationToken)).ToArray();
}
