using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Webhooks;
using Marketing.Webhooks.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Social.Accounts.Revocation;

/// <summary>Where Meta and TikTok tell that a person took their consent back. The signature is the caller's credential.</summary>
internal static class RevocationEndpoints
{
    private const int MaxFormBytes = 16 * 1024;
    private const int MaxEventBytes = 256 * 1024;

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("webhooks/meta/deauthorize", (RequestDelegate)DeauthorizeAsync).AllowWithoutKey();
        api.MapPost("webhooks/meta/data_deletion", (RequestDelegate)DeleteAsync).AllowWithoutKey();
        api.MapGet("webhooks/meta/data_deletion/{code}", (RequestDelegate)DeletionAsync).AllowWithoutKey();
        api.MapPost("webhooks/tiktok", (RequestDelegate)TikTokAsync).AllowWithoutKey();
    }

    private static async Task DeauthorizeAsync(HttpContext context)
    {
        await context.RequestServices.GetRequiredService<RevokedConsents>().MetaAsync(await RequestAsync(context), context.RequestAborted);
        await Results.Text("{}", "application/json").ExecuteAsync(context);
    }

    private static async Task DeleteAsync(HttpContext context)
    {
        var request = await RequestAsync(context);
        if (context.RequestServices.GetRequiredService<IOptions<AccountsOptions>>().Value.PublicUrl is not { } root)
            throw new ProblemException(new Problem(503, "not_configured", "Set Social:Accounts:PublicUrl: the answer must hold an address that shows the state of the request."));
        var code = await context.RequestServices.GetRequiredService<RevokedConsents>().DeleteMetaAsync(request, context.RequestAborted);
        var answer = new JsonObject { ["url"] = $"{root.TrimEnd('/')}/webhooks/meta/data_deletion/{code}", ["confirmation_code"] = code };
        await Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static async Task DeletionAsync(HttpContext context)
    {
        var code = (string)context.GetRouteValue("code")!;
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("select requested_at, completed_at from marketing_ops.data_deletions where code = $1");
        command.Parameters.AddWithValue(code);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        if (!await reader.ReadAsync(context.RequestAborted)) throw new ProblemException(Problem.NotFound("data_deletions", code.Length > 40 ? code[..40] : code));
        var (asked, done) = (reader.GetFieldValue<DateTimeOffset>(0), reader.IsDBNull(1) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(1));
        var words = string.Create(CultureInfo.InvariantCulture, $"Request {code} of {asked:yyyy-MM-dd HH:mm} UTC: ")
            + (done is { } at ? string.Create(CultureInfo.InvariantCulture, $"done at {at:yyyy-MM-dd HH:mm} UTC. The access that you gave and your id are deleted.") : "in progress.");
        await Results.Text(words, "text/plain").ExecuteAsync(context);
    }

    // Every genuine event is kept in the inbox; the end of a consent takes effect before it is acknowledged, so a failure makes TikTok repeat it.
    private static async Task TikTokAsync(HttpContext context)
    {
        var body = (await RequestBody.ReadAsync(context.Request, MaxEventBytes, context.RequestAborted)).ToArray();
        var app = context.RequestServices.GetRequiredService<IOptions<AccountsOptions>>().Value.Apps.GetValueOrDefault("tiktok");
        var secrets = new[] { app?.ClientSecret, app?.PreviousClientSecret }.Where(secret => !string.IsNullOrEmpty(secret)).ToArray();
        if (TikTokSignature.Refuse(body, context.Request.Headers[TikTokSignature.Header].ToString(), secrets!, context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()) is { } refusal)
        {
            await Problem.Unauthorized("invalid_signature", refusal).ExecuteAsync(context);
            return;
        }
        if (Removal(body) is var (openId, reason, at)) await context.RequestServices.GetRequiredService<RevokedConsents>().TikTokAsync(openId, reason, at, context.RequestAborted);
        await context.RequestServices.GetRequiredService<WebhookInbox>().AcceptAsync("tiktok", body, context.RequestAborted);
        await Results.Text("{}", "application/json").ExecuteAsync(context);
    }

    // The content is a text that holds JSON.
    private static (string OpenId, string Reason, DateTimeOffset At)? Removal(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.Text("event") != "authorization.removed" || root.Text("user_openid") is not { } openId) return null;
            using var content = JsonDocument.Parse(root.Text("content") ?? "{}");
            var code = content.RootElement.Member("reason") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : 0;
            return (openId, $"{Reason(code)} Connect the account again.", root.Member("create_time").UnixTime()?.AddSeconds(1) ?? DateTimeOffset.MaxValue);
        }
        catch (JsonException)
        {
            return null; // Genuine and unreadable: the inbox keeps it.
        }
    }

    /// <summary>Source: TikTok, "Webhooks: Events", authorization.removed.</summary>
    private static string Reason(int code) => code switch
    {
        1 => "The user removed our app in TikTok.",
        2 => "The TikTok account was deleted.",
        3 => "TikTok ended the consent because the user's age changed.",
        4 => "The TikTok account was banned.",
        5 => "The consent was revoked by us.",
        _ => "TikTok ended the consent without a reason.",
    };

    private static async Task<SignedRequest> RequestAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxFormBytes || !context.Request.HasFormContentType) throw new ProblemException(Problem.BadRequest("malformed_form", "Send signed_request as a form."));
        var body = await RequestBody.ReadAsync(context.Request, MaxFormBytes, context.RequestAborted);
        using var copy = new MemoryStream(body.ToArray());
        var form = await new Microsoft.AspNetCore.WebUtilities.FormReader(copy).ReadFormAsync(context.RequestAborted);
        var secrets = context.RequestServices.GetRequiredService<IOptions<WebhookOptions>>().Value.Meta.AppSecrets;
        return SignedRequest.Read(form.GetValueOrDefault("signed_request").ToString(), secrets)
            ?? throw new ProblemException(Problem.Unauthorized("invalid_signature", "signed_request is not signed with one of Webhooks:Meta:AppSecrets."));
    }
}
