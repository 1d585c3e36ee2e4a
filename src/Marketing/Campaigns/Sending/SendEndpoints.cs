using System.Globalization;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>The send ledger of a campaign, and the decision about a message whose answer is not known. For callers who may see the campaign.</summary>
internal static class SendEndpoints
{
    private const int UsualLimit = 100;
    private const int MostLimit = 1000;

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("campaigns/{id}/sends", (RequestDelegate)ListAsync).RequireScope(Scopes.Read).WithSummary("The send ledger: a page of recipients, counts by state, and why the campaign is paused");
        api.MapPost("campaigns/{id}/sends/{send:guid}/resolve", (RequestDelegate)ResolveAsync).RequireScope(Scopes.Publish).WithSummary("Decide about an unconfirmed message: sent, not_sent, or resend");
    }

    private static async Task ListAsync(HttpContext context)
    {
        var request = Request(context);
        var id = await request.VisibleRowAsync();
        var query = context.Request.Query;
        var state = query["state"].ToString();
        if (state.Length > 0 && !SendState.All.Contains(state)) throw Invalid($"state is one of {string.Join(", ", SendState.All)}.");
        var after = Guid.Empty;
        if (query["after"].ToString() is { Length: > 0 } cursor && !Guid.TryParse(cursor, out after)) throw Invalid("after is the send_id that next_after gave.");
        var limit = UsualLimit;
        if (query["limit"].ToString() is { Length: > 0 } wanted && (!int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostLimit)) throw Invalid($"limit lies between 1 and {MostLimit}.");

        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            with page as (
                select send_id, contact_id, variant, state, reason, provider, message_id, attempts, due_at, submitted_at, finished_at
                from   marketing_ops.campaign_sends
                where  campaign_id = $1 and send_id > $2 and ($3 = '' or state = $3)
                order  by send_id limit $4)
            select json_build_object(
                'counts', (select coalesce(json_object_agg(state, rows), '{}') from (select state, count(*) as rows from marketing_ops.campaign_sends where campaign_id = $1 group by state order by state) counted),
                'sending', (select json_build_object('frozen_at', frozen_at, 'recipients', recipients, 'held_out', held_out, 'late_after', late_after, 'stopped_at', stopped_at, 'stopped_reason', stopped_reason, 'completed_at', completed_at)
                            from marketing_ops.campaign_sendings where campaign_id = $1),
                'sends', (select coalesce(json_agg(page order by send_id), '[]') from page),
                'next_after', (select (array_agg(send_id order by send_id desc))[1] from page having count(*) = $4))::text
            """);
        foreach (var value in new object[] { id, after, state, limit }) command.Parameters.AddWithValue(value);
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }

    private static async Task ResolveAsync(HttpContext context)
    {
        var request = Request(context);
        if (request.To(TableAction.Update).Rows is not null) throw new ProblemException(Problem.Forbidden("not_granted", "A role that may change only some campaigns cannot decide about their messages."));
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var decision = body.RootElement.TryGetProperty("decision", out var given) && given.ValueKind == System.Text.Json.JsonValueKind.String ? given.GetString()! : "";
        if (!ResolveSend.Decisions.Contains(decision))
            throw new ProblemException(Problem.Unprocessable("not_allowed", $"decision is one of {string.Join(", ", ResolveSend.Decisions)}.", new FieldError("decision", "not_allowed", "Say whether the message was sent: sent; not_sent; resend when it was not and shall go now.")));
        var id = await request.VisibleRowAsync();
        var send = Guid.Parse((string)context.GetRouteValue("send")!);
        await request.Service<ResolveSend>().RunAsync(id, send, decision, context.GetCaller(), context.RequestAborted);
        await Results.Text(new JsonObject { ["send_id"] = send, ["decision"] = decision }.ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static ProblemException Invalid(string sentence) => new(Problem.BadRequest("invalid_query", sentence));

    private static ResourceRequest Request(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("campaigns"));
}
