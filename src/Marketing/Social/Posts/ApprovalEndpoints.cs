using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketing.Social.Posts;

/// <summary><c>POST /api/social_posts/{id}/approval</c>, <c>…/submission</c>, and <c>/api/social_posts/approvals</c> for many at once.</summary>
internal static class ApprovalEndpoints
{
    private const int MaxPosts = 200;

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("social_posts/{id}/approval", (RequestDelegate)DecideAsync).RequireScope(Scopes.Approve);
        api.MapPost("social_posts/{id}/submission", (RequestDelegate)SubmitAsync).RequireScope(Scopes.Write);
        api.MapPost("social_posts/approvals", (RequestDelegate)DecideOnManyAsync).RequireScope(Scopes.Approve);
    }

    private static async Task DecideAsync(HttpContext context)
    {
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        await RunAsync(context, ApprovalStatus.Action(Decision(body.RootElement)), Window(body.RootElement));
    }

    private static Task SubmitAsync(HttpContext context) => RunAsync(context, PostAction.Submit, window: null);

    private static async Task RunAsync(HttpContext context, PostAction action, ApprovalWindow? window)
    {
        var request = SocialPostEndpoints.Request(context);
        await request.VisibleRowAsync();
        if (action == PostAction.Submit) request.To(TableAction.Update);
        var id = await request.Service<DecideOnPost>().RunAsync(request.Key, action, window, request.Caller, request.Aborted);
        var item = await request.Service<ReadItem>().RunAsync(new ReadPlan(request.Everything()), RowKey.Of(request.Resource, id), request.Aborted);
        context.Response.Headers.ETag = item!.ETag;
        await ListEndpoint.SendAsync(context, StatusCodes.Status200OK, item.Json, AnswerFormat.Json);
    }

    // Each post by itself: one that is refused keeps no other from being decided.
    private static async Task DecideOnManyAsync(HttpContext context)
    {
        var request = SocialPostEndpoints.Request(context);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var (action, window) = (ApprovalStatus.Action(Decision(body.RootElement)), Window(body.RootElement));
        if (!body.RootElement.TryGetProperty("ids", out var ids) || ids.ValueKind != JsonValueKind.Array || ids.GetArrayLength() is 0 or > MaxPosts)
            throw new ProblemException(Problem.Unprocessable("invalid_ids", $"Send {{\"ids\":[\"SP-010001\"]}} with 1 to {MaxPosts} posts.", new FieldError("ids", "required", $"A list of 1 to {MaxPosts} uuids or business ids.")));

        var results = new JsonArray();
        var failed = 0;
        foreach (var id in ids.EnumerateArray())
        {
            var result = new JsonObject { ["id"] = id.ToString(), ["status"] = 200 };
            try
            {
                var key = RowKey.Read(request.Resource, id.ToString());
                if (await request.Service<ReadItem>().RunAsync(new ReadPlan(request.Everything("id")), key, request.Aborted) is null) throw new ProblemException(Problem.NotFound("social_posts", key.Text));
                await request.Service<DecideOnPost>().RunAsync(key, action, window, request.Caller, request.Aborted);
            }
            catch (ProblemException refused)
            {
                failed++;
                result["status"] = refused.Problem.Status;
                result["code"] = refused.Problem.Code;
                result["detail"] = refused.Problem.Detail;
                result["errors"] = new JsonArray([.. refused.Problem.Errors.Select(error => (JsonNode)new JsonObject { ["field"] = error.Field, ["code"] = error.Code, ["message"] = error.Message })]);
            }
            results.Add(result);
        }
        await Results.Text(new JsonObject { ["succeeded"] = results.Count - failed, ["failed"] = failed, ["results"] = results }.ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static string Decision(JsonElement body)
    {
        var decision = body.TryGetProperty("decision", out var wanted) ? wanted.ToString() : ApprovalStatus.Approved;
        return ApprovalStatus.Decisions.Contains(decision) ? decision
            : throw new ProblemException(Problem.Unprocessable("not_allowed", $"decision is one of {string.Join(", ", ApprovalStatus.Decisions)}.", new FieldError("decision", "not_allowed", "Unknown decision.")));
    }

    private static ApprovalWindow? Window(JsonElement body)
    {
        var (from, until) = (At(body, "not_before"), At(body, "not_after"));
        if (until <= from) throw new ProblemException(Problem.Unprocessable("invalid_window", "not_after lies after not_before.", new FieldError("not_after", "ends_before_start", "Send a later time.")));
        return from is null && until is null ? null : new ApprovalWindow(from, until);
    }

    private static DateTimeOffset? At(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at
            : throw new ProblemException(Problem.Unprocessable("invalid_window", $"{name} is a time with its zone.", new FieldError(name, "invalid_value", "For example 2026-12-01T09:00:00+01:00.")));
    }
}
