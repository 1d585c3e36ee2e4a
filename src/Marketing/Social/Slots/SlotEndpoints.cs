using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Marketing.Resources.Writing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Social.Slots;

/// <summary>
/// <c>GET</c> and <c>PUT /api/social_accounts/{id}/publishing</c>: zone, posting times, blackouts, lateness and own limit of an account.
/// <c>POST …/next-slot</c>: its free slots, and a post put into the first. <c>PUT</c> and <c>DELETE …/pause</c>, and <c>/api/operations/publishing/pause</c> for all.
/// </summary>
internal static class SlotEndpoints
{
    private const int MaxCount = 50;

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("social_accounts/{id}/publishing", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);
        api.MapPut("social_accounts/{id}/publishing", (RequestDelegate)WriteAsync).RequireScope(Scopes.Publish);
        api.MapPut("social_accounts/{id}/pause", (RequestDelegate)PauseAsync).RequireScope(Scopes.Publish);
        api.MapDelete("social_accounts/{id}/pause", (RequestDelegate)ResumeAsync).RequireScope(Scopes.Publish);
        api.MapPost("social_accounts/{id}/next-slot", (RequestDelegate)NextAsync).RequireScope(Scopes.Read);
        api.MapPut("operations/publishing/pause", (RequestDelegate)PauseAllAsync).RequireScope(Scopes.Admin);
        api.MapDelete("operations/publishing/pause", (RequestDelegate)ResumeAllAsync).RequireScope(Scopes.Admin);
    }

    private static async Task ReadAsync(HttpContext context)
    {
        var request = Accounts(context);
        var id = await request.VisibleRowAsync();
        await using var connection = await request.Service<NpgsqlDataSource>().OpenConnectionAsync(request.Aborted);
        await Results.Text(await PublishingPlans.ReadAsync(connection, id, request.Aborted), "application/json").ExecuteAsync(context);
    }

    private static Task WriteAsync(HttpContext context) => ChangeAsync(context, "update_publishing", (session, id, body, stop) =>
        PublishingPlans.WriteAsync(session.Connection, id, AccountPublishing.Read(body), stop));

    private static Task PauseAsync(HttpContext context) => ChangeAsync(context, "pause", (session, id, body, stop) =>
        PublishingPlans.PauseAsync(session.Connection, id, session.Caller.Name, Reason(body), stop));

    private static Task ResumeAsync(HttpContext context) => ChangeAsync(context, "resume", (session, id, _, stop) =>
        PublishingPlans.PauseAsync(session.Connection, id, by: null, reason: null, stop));

    private static async Task ChangeAsync(HttpContext context, string action, Func<WriteSession, Guid, JsonElement, CancellationToken, Task> change)
    {
        var request = Accounts(context);
        var id = await request.VisibleRowAsync();
        var body = await RequestBody.ReadAsync(context.Request, RequestJson.MaxBytes, request.Aborted);
        using var json = RequestJson.ToObject(RequestJson.Parse(body.Length == 0 ? "{}"u8.ToArray() : body));
        await WriteAnswer.RunAsync(request, body, async session =>
        {
            await change(session, id, json.RootElement, request.Aborted);
            await using (var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { AuditLog.Command(session.Caller, session.OnBehalfOf, "social_accounts", [new AuditLine(action, id, null)]) } })
                await batch.ExecuteNonQueryAsync(request.Aborted);
            return Json(await PublishingPlans.ReadAsync(session.Connection, id, request.Aborted));
        });
    }

    private static async Task NextAsync(HttpContext context)
    {
        var request = Accounts(context);
        var account = await request.VisibleRowAsync();
        var body = await RequestBody.ReadAsync(context.Request, RequestJson.MaxBytes, request.Aborted);
        using var json = RequestJson.ToObject(RequestJson.Parse(body.Length == 0 ? "{}"u8.ToArray() : body));
        var wanted = Read(json.RootElement, request.Service<TimeProvider>().GetUtcNow());
        var posts = ResourceRequest.Of(context, request.Service<ResourceCatalog>().Of("social_posts"));
        if (wanted.Post is not null && !request.Caller.Has(Scopes.Publish)) throw new ProblemException(Problem.Forbidden("missing_scope", "To put a post into a slot the key needs the scope publish."));
        await WriteAnswer.RunAsync(request, body, async session =>
        {
            var post = wanted.Post is null ? null : await PostAsync(posts, session, wanted.Post, account);
            var campaign = wanted.Campaign ?? post?.Campaign;
            var days = campaign is null ? (null, null) : await CampaignAsync(posts, session, campaign);
            var (plan, taken) = await PublishingPlans.HoldAsync(session.Connection, account, wanted.After, request.Aborted);
            if (post?.ScheduledAt is { } own) taken.Remove(own);
            var free = plan.Free(wanted.After, days, taken).Take(post is null ? wanted.Count : 1).ToList();
            if (free.Count == 0)
                throw new ProblemException(Problem.Conflict("no_free_slot", plan.Slots.Count == 0
                    ? "The account has no posting times. PUT …/publishing with slots, for example {\"time_zone\":\"Europe/Lisbon\",\"slots\":[{\"weekdays\":[1,3,5],\"time\":\"09:30\"}]}."
                    : $"No posting time is free within {PostingPlan.HorizonDays} days{(campaign is null ? "" : " and the campaign's dates")}."));
            if (post is not null) await ScheduleAsync(posts, session, post.Id, free[0]);
            return Json(new JsonObject
            {
                ["time_zone"] = plan.Zone.Id,
                ["post_id"] = post?.Id.ToString(),
                ["slots"] = new JsonArray([.. free.Select(at => (JsonNode)new JsonObject { ["at"] = at.UtcDateTime.ToString("O"), ["local"] = TimeZoneInfo.ConvertTime(at, plan.Zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) })]),
            }.ToJsonString());
        });
    }

    private static async Task PauseAllAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request, RequestJson.MaxBytes, context.RequestAborted);
        using var json = RequestJson.ToObject(RequestJson.Parse(body.Length == 0 ? "{}"u8.ToArray() : body));
        await PauseAllAsync(context, "insert into marketing_ops.publishing_pause (paused_by, reason) values ($1, $4) on conflict (is_only) do update set paused_by = excluded.paused_by, reason = excluded.reason, paused_at = now()", "pause", Reason(json.RootElement));
    }

    private static Task ResumeAllAsync(HttpContext context) => PauseAllAsync(context, "delete from marketing_ops.publishing_pause where $1 <> '' and $4 is null", "resume", null);

    private static async Task PauseAllAsync(HttpContext context, string change, string action, string? reason)
    {
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand($"""
            with changed as ({change})
            insert into marketing_ops.audit_log (actor, client_id, action, table_name, row_id) values ($1, $2, $3, 'publishing', '00000000-0000-0000-0000-000000000000')
            """);
        var caller = context.GetCaller();
        command.Parameters.AddWithValue(caller.Name);
        command.Parameters.Add(new() { Value = (object?)caller.ClientId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        command.Parameters.AddWithValue(action);
        command.Parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(context.RequestAborted);
        await Results.Text(new JsonObject { ["is_paused"] = action == "pause", ["reason"] = reason }.ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static Wanted Read(JsonElement body, DateTimeOffset now)
    {
        var after = now;
        if (body.TryGetProperty("after", out var from) && (from.ValueKind != JsonValueKind.String || !DateTimeOffset.TryParse(from.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out after)))
            throw Refuse("after", "after is a time with its zone, for example 2026-12-01T00:00:00+01:00.");
        var count = 1;
        if (body.TryGetProperty("count", out var many) && !(many.ValueKind == JsonValueKind.Number && many.TryGetInt32(out count) && count is >= 1 and <= MaxCount)) throw Refuse("count", $"count is a whole number from 1 to {MaxCount}.");
        return new Wanted(after < now ? now : after, count, Text("post_id"), Text("campaign_id"));

        string? Text(string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    private static async Task<SlottedPost> PostAsync(ResourceRequest posts, WriteSession session, string text, Guid account)
    {
        var writer = posts.Service<WriteRows>();
        var key = RowKey.Read(posts.Resource, text);
        var hold = new RowOperation(OperationKind.Update) { Key = key, Values = writer.Store(posts.Resource).NewRow() };
        var id = (await writer.AllAsync(session, posts.Access, posts.Resource, [hold], null, posts.Aborted))[0].Id;
        await using var command = new NpgsqlCommand("select account_id, campaign_id, scheduled_at, coalesce(status, 'draft') from marketing.social_posts where id = $1", session.Connection);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(posts.Aborted);
        await reader.ReadAsync(posts.Aborted);
        if (reader.GetGuid(0) != account) throw Refuse("post_id", "The post belongs to another account.");
        if (!new PostState(reader.GetString(3), null).IsOpen) throw new ProblemException(Problem.Conflict("post_closed", $"The post is {reader.GetString(3)}."));
        return new SlottedPost(id, reader.IsDBNull(1) ? null : reader.GetGuid(1).ToString(), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2));
    }

    private static async Task<(DateOnly? First, DateOnly? Last)> CampaignAsync(ResourceRequest request, WriteSession session, string text)
    {
        var campaigns = ResourceRequest.Of(request.Context, request.Service<ResourceCatalog>().Of("campaigns"));
        var key = RowKey.Read(campaigns.Resource, text);
        var item = await ReadItem.RunAsync(session.Connection, new ReadPlan(campaigns.Everything("start_date,end_date")), key, request.Aborted) ?? throw Refuse("campaign_id", $"There is no campaign {text} that you may see.");
        using var json = JsonDocument.Parse(item.Json);
        return (Day("start_date"), Day("end_date"));

        DateOnly? Day(string name) => json.RootElement.GetProperty(name) is { ValueKind: JsonValueKind.String } day ? DateOnly.ParseExact(day.GetString()!.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;
    }

    private static async Task ScheduleAsync(ResourceRequest posts, WriteSession session, Guid id, DateTimeOffset at)
    {
        var writer = posts.Service<WriteRows>();
        var set = TableStore.Bit(posts.Resource.Find("status")!) | TableStore.Bit(posts.Resource.Find("scheduled_at")!);
        var operation = new RowOperation(OperationKind.Update) { Key = RowKey.Of(posts.Resource, id), Values = new SocialPost { Status = PostStatus.Scheduled, ScheduledAt = at.ToUniversalTime() }, Set = set };
        await writer.AllAsync(session, posts.Access, posts.Resource, [operation], null, posts.Aborted);
    }

    private static string? Reason(JsonElement body) => body.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String
        ? reason.GetString()!.Length <= 500 ? reason.GetString() : throw Refuse("reason", "reason has at most 500 characters.")
        : null;

    private static StoredAnswer Json(string json) => new(StatusCodes.Status200OK, new() { ["Content-Type"] = "application/json; charset=utf-8" }, Encoding.UTF8.GetBytes(json));

    private static ProblemException Refuse(string field, string message) => new(Problem.Unprocessable("invalid_value", message, new FieldError(field, "invalid_value", message)));

    private static ResourceRequest Accounts(HttpContext context) => ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("social_accounts"));

    private sealed record Wanted(DateTimeOffset After, int Count, string? Post, string? Campaign);

    private sealed record SlottedPost(Guid Id, string? Campaign, DateTimeOffset? ScheduledAt);
}
