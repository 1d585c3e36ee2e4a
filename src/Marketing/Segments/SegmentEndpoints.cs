using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Marketing.Segments.Criteria;
using Marketing.Segments.Refresh;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Segments;

/// <summary>What a segment has beyond its row: the schema and preview of criteria, refresh, and why a contact is a member.</summary>
internal static class SegmentEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("segments/criteria_schema", (RequestDelegate)SchemaAsync).RequireScope(Scopes.Read);
        api.MapPost("segments/preview", (RequestDelegate)PreviewAsync).RequireScope(Scopes.Read);
        api.MapPost("segments/{id}/refresh", (RequestDelegate)RefreshAsync).RequireScope(Scopes.Write);
        api.MapGet("segments/{id}/refresh", (RequestDelegate)ReadRefreshAsync).RequireScope(Scopes.Read);
        api.MapGet("segments/{id}/contacts/{contact:guid}/explain", (RequestDelegate)ExplainAsync).RequireScope(Scopes.Read);
    }

    private static async Task SchemaAsync(HttpContext context)
    {
        SegmentRequest.Of(context).To(TableAction.Read);
        await using var connection = await context.RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(context.RequestAborted);
        var schema = DescribeCriteria.Run(await ReadCriteria.FieldsAsync(connection, context.RequestAborted));
        await Results.Text(schema.ToJsonString(), "application/schema+json").ExecuteAsync(context);
    }

    private static async Task PreviewAsync(HttpContext context)
    {
        SegmentRequest.SeesEveryMember(context);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        if (!body.RootElement.TryGetProperty("criteria", out var criteria)) throw new ProblemException(Problem.Unprocessable("required", "Send criteria.", new FieldError("criteria", "required", "Send the tree to preview.")));
        var preview = context.RequestServices.GetRequiredService<PreviewSegment>();
        var answer = await preview.RunAsync(criteria, context.RequestAborted);
        if (body.RootElement.TryGetProperty("contact_id", out var contact))
        {
            if (contact.ValueKind != JsonValueKind.String || !contact.TryGetGuid(out var id)) throw new ProblemException(Problem.Unprocessable("wrong_type", "contact_id is a uuid.", new FieldError("contact_id", "wrong_type", "Write a uuid.")));
            answer["contact"] = await preview.ExplainAsync(criteria, id, context.RequestAborted) ?? throw new ProblemException(Problem.NotFound("contacts", id.ToString()));
        }
        await SegmentRequest.SendAsync(context, answer);
    }

    private static async Task RefreshAsync(HttpContext context)
    {
        var request = SegmentRequest.Of(context);
        var writable = request.To(TableAction.Update);
        if (writable.Rows is not null) throw new ProblemException(Problem.Forbidden("not_granted", "A role that may change only some segments cannot refresh one."));
        var kind = context.Request.Query["kind"].ToString();
        if (kind is not ("" or "full")) throw QueryProblems.Refuse("kind", "not_allowed", "kind is full, or left out: then the contacts that changed are looked at where that is enough.");
        var id = await request.VisibleRowAsync();
        var outcome = await request.Service<RefreshSegment>().RunAsync(id, isFull: kind == "full", context.RequestAborted);
        await SegmentRequest.SendAsync(context, new JsonObject { ["member_count"] = outcome.MemberCount, ["added"] = outcome.Added, ["removed"] = outcome.Removed, ["kind"] = outcome.Kind });
    }

    private static async Task ReadRefreshAsync(HttpContext context)
    {
        SegmentRequest.SeesEveryMember(context);
        var request = SegmentRequest.Of(context);
        var id = await request.VisibleRowAsync();
        await SegmentRequest.SendAsync(context, await RefreshState.ReadAsync(request.Service<NpgsqlDataSource>(), id, context.RequestAborted) ?? throw new ProblemException(Problem.NotFound("segments (refreshed)", request.Key.Text)));
    }

    private static async Task ExplainAsync(HttpContext context)
    {
        SegmentRequest.SeesEveryMember(context);
        var request = SegmentRequest.Of(context);
        var id = await request.VisibleRowAsync();
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("select criteria::text from marketing.segments where id = $1 and criteria is not null");
        command.Parameters.AddWithValue(id);
        if (await command.ExecuteScalarAsync(context.RequestAborted) is not string criteria) throw new ProblemException(Problem.Unprocessable("no_criteria", "This segment has no criteria; its members were added one by one."));
        using var json = JsonDocument.Parse(criteria);
        var contact = Guid.Parse((string)context.GetRouteValue("contact")!);
        await SegmentRequest.SendAsync(context, await request.Service<PreviewSegment>().ExplainAsync(json.RootElement, contact, context.RequestAborted) ?? throw new ProblemException(Problem.NotFound("contacts", contact.ToString())));
    }
}
