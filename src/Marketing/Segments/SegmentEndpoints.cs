using System.Text.Json;
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

namespace Marketing.Segments;

/// <summary>What a segment has beyond its row: preview of criteria, refresh, and why a contact is a member.</summary>
internal static class SegmentEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("segments/preview", (RequestDelegate)PreviewAsync).RequireScope(Scopes.Read);
        api.MapPost("segments/{id}/refresh", (RequestDelegate)RefreshAsync).RequireScope(Scopes.Write);
        api.MapGet("segments/{id}/contacts/{contact:guid}/explain", (RequestDelegate)ExplainAsync).RequireScope(Scopes.Read);
    }

    private static async Task PreviewAsync(HttpContext context)
    {
        SeesEveryMember(context);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        if (!body.RootElement.TryGetProperty("criteria", out var criteria)) throw new ProblemException(Problem.Unprocessable("required", "Send criteria.", new FieldError("criteria", "required", "Send the tree to preview.")));
        var preview = context.RequestServices.GetRequiredService<PreviewSegment>();
        var answer = await preview.RunAsync(criteria, context.RequestAborted);
        if (body.RootElement.TryGetProperty("contact_id", out var contact))
        {
            if (contact.ValueKind != JsonValueKind.String || !contact.TryGetGuid(out var id)) throw new ProblemException(Problem.Unprocessable("wrong_type", "contact_id is a uuid.", new FieldError("contact_id", "wrong_type", "Write a uuid.")));
            answer["contact"] = await preview.ExplainAsync(criteria, id, context.RequestAborted) ?? throw new ProblemException(Problem.NotFound("contacts", id.ToString()));
        }
        await SendAsync(context, answer);
    }

    private static async Task RefreshAsync(HttpContext context)
    {
        var request = Request(context);
        var writable = request.To(TableAction.Update);
        if (writable.Rows is not null) throw new ProblemException(Problem.Forbidden("not_granted", "A role that may change only some segments cannot refresh one."));
        var id = await request.VisibleRowAsync();
        var members = await request.Service<RefreshSegment>().RunAsync(id, context.RequestAborted);
        await SendAsync(context, new JsonObject { ["member_count"] = members });
    }

    private static async Task ExplainAsync(HttpContext context)
    {
        SeesEveryMember(context);
        var request = Request(context);
        var id = await request.VisibleRowAsync();
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("select criteria::text from marketing.segments where id = $1 and criteria is not null");
        command.Parameters.AddWithValue(id);
        if (await command.ExecuteScalarAsync(context.RequestAborted) is not string criteria) throw new ProblemException(Problem.Unprocessable("no_criteria", "This segment has no criteria; its members were added one by one."));
        using var json = JsonDocument.Parse(criteria);
        var contact = Guid.Parse((string)context.GetRouteValue("contact")!);
        await SendAsync(context, await request.Service<PreviewSegment>().ExplainAsync(json.RootElement, contact, context.RequestAborted) ?? throw new ProblemException(Problem.NotFound("contacts", contact.ToString())));
    }

    // Counting over all contacts would tell a caller about members that its role hides.
    private static void SeesEveryMember(HttpContext context)
    {
        var members = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("segment_members")).To(TableAction.Read);
        if (members.Rows is not null || Request(context).To(TableAction.Read).Rows is not null) throw new ProblemException(Problem.Forbidden("not_granted", "A role that sees only some segments or members cannot evaluate criteria over all contacts."));
    }

    private static Task SendAsync(HttpContext context, JsonObject answer) => Results.Text(answer.ToJsonString(), "application/json").ExecuteAsync(context);

    private static ResourceRequest Request(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("segments"));
}
