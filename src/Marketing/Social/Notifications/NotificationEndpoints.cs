using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.Operations.Outbound;
using Marketing.Problems;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using UUIDNext;

namespace Marketing.Social.Notifications;

/// <summary>
/// <c>/api/operations/notifications</c>: who is told of posts that fail, are missed or go out, and of accounts that disconnect; what was told; telling again.
/// </summary>
internal static class NotificationEndpoints
{
    private const int MaxEndpoints = 50;

    /// <summary>What can be told.</summary>
    public static IReadOnlyList<string> EventTypes { get; } = ["social_post.failed", "social_post.missed", "social_post.published", "social_account.disconnected"];

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        const string path = "operations/notifications";
        api.MapGet($"{path}/endpoints", (RequestDelegate)ListAsync).RequireScope(Scopes.Admin);
        api.MapPost($"{path}/endpoints", (RequestDelegate)CreateAsync).RequireScope(Scopes.Admin);
        api.MapDelete($"{path}/endpoints/{{id:guid}}", (RequestDelegate)DeleteAsync).RequireScope(Scopes.Admin);
        api.MapGet($"{path}/deliveries", (RequestDelegate)DeliveriesAsync).RequireScope(Scopes.Admin);
        api.MapPost($"{path}/endpoints/{{id:guid}}/replay", (RequestDelegate)ReplayAsync).RequireScope(Scopes.Admin);
    }

    private static async Task ListAsync(HttpContext context)
    {
        await using var command = Database(context).CreateCommand("""
            select coalesce(json_agg(json_build_object('id', id, 'url', url, 'event_types', event_types, 'is_active', is_active, 'inactive_reason', inactive_reason, 'created_by', created_by, 'created_at', created_at) order by created_at), '[]')::text
            from   marketing_ops.notification_endpoints
            """);
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }

    private static async Task CreateAsync(HttpContext context)
    {
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var (url, types) = Read(context, body.RootElement);
        var (id, secret) = (Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql), SignNotification.NewSecret());
        await using var command = Database(context).CreateCommand("""
            insert into marketing_ops.notification_endpoints (id, url, secret, event_types, created_by)
            select $1, $2, $3, $4, $5 where (select count(*) from marketing_ops.notification_endpoints) < $6
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(url);
        command.Parameters.AddWithValue(context.RequestServices.GetRequiredService<TokenVault>().Seal(secret, "notification_endpoints", "secret", id));
        command.Parameters.AddWithValue(types);
        command.Parameters.AddWithValue(context.GetCaller().Name);
        command.Parameters.AddWithValue(MaxEndpoints);
        if (await command.ExecuteNonQueryAsync(context.RequestAborted) == 0) throw new ProblemException(Problem.Conflict("too_many", $"There are {MaxEndpoints} endpoints already. Remove one first."));
        await Results.Text(new JsonObject { ["id"] = id.ToString(), ["url"] = url, ["event_types"] = new JsonArray([.. types.Select(type => (JsonNode)type)]), ["secret"] = secret }.ToJsonString(), "application/json", statusCode: StatusCodes.Status201Created).ExecuteAsync(context);
    }

    private static async Task DeleteAsync(HttpContext context)
    {
        await using var command = Database(context).CreateCommand("delete from marketing_ops.notification_endpoints where id = $1");
        command.Parameters.AddWithValue(Id(context));
        if (await command.ExecuteNonQueryAsync(context.RequestAborted) == 0) throw new ProblemException(Problem.NotFound("notification endpoints", Id(context).ToString()));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task DeliveriesAsync(HttpContext context)
    {
        var state = context.Request.Query["state"].ToString();
        if (state is not ("" or "pending" or "delivered" or "failed")) throw new ProblemException(Problem.BadRequest("invalid_state", "state is pending, delivered or failed.", new FieldError("state", "not_allowed", "Unknown state.")));
        await using var command = Database(context).CreateCommand("""
            select coalesce(json_agg(d order by d.created_at desc), '[]')::text from (
                select event.id as event_id, event.type, event.data, event.created_at, delivery.endpoint_id, delivery.state, delivery.attempts, delivery.next_at, delivery.last_status, delivery.last_error, delivery.delivered_at
                from   marketing_ops.notification_deliveries delivery join marketing_ops.notification_events event on event.id = delivery.event_id
                where  $1 = '' or delivery.state = $1 order by event.created_at desc limit 200) d
            """);
        command.Parameters.AddWithValue(state);
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }

    // Also what was delivered: the receiver may have lost it.
    private static async Task ReplayAsync(HttpContext context)
    {
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        if (!body.RootElement.TryGetProperty("since", out var value) || value.ValueKind != JsonValueKind.String
            || !DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var since))
            throw new ProblemException(Problem.Unprocessable("invalid_value", "since is a time with its zone.", new FieldError("since", "required", "For example 2026-12-01T00:00:00Z.")));
        await using var command = Database(context).CreateCommand("""
            with endpoint as (
                update marketing_ops.notification_endpoints set is_active = true, inactive_reason = null where id = $1 returning id, event_types),
            again as (
                insert into marketing_ops.notification_deliveries (event_id, endpoint_id)
                select event.id, endpoint.id from endpoint join marketing_ops.notification_events event on event.type = any(endpoint.event_types) and event.created_at >= $2
                on conflict (event_id, endpoint_id) do update set state = 'pending', attempts = 0, next_at = now(), leased_until = null
                returning 1)
            select (select count(*) from endpoint), (select count(*) from again)
            """);
        command.Parameters.AddWithValue(Id(context));
        command.Parameters.AddWithValue(since);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        await reader.ReadAsync(context.RequestAborted);
        if (reader.GetInt64(0) == 0) throw new ProblemException(Problem.NotFound("notification endpoints", Id(context).ToString()));
        await Results.Text(new JsonObject { ["events"] = reader.GetInt64(1) }.ToJsonString(), "application/json", statusCode: StatusCodes.Status202Accepted).ExecuteAsync(context);
    }

    private static (string Url, string[] Types) Read(HttpContext context, JsonElement body)
    {
        var errors = new List<FieldError>();
        var url = body.TryGetProperty("url", out var text) ? text.ToString() : "";
        if (url.Length > 2000 || !Uri.TryCreate(url, UriKind.Absolute, out var address)) errors.Add(new FieldError("url", "invalid_value", "url is an absolute address, for example https://hooks.example.com/marketing."));
        else if (context.RequestServices.GetRequiredService<OutboundHttp>().Problem(address) is { } problem) errors.Add(new FieldError("url", "not_public", problem));
        string[] types = [.. EventTypes];
        if (body.TryGetProperty("event_types", out var wanted))
        {
            types = wanted.ValueKind == JsonValueKind.Array ? [.. wanted.EnumerateArray().Select(type => type.ToString()).Distinct()] : [];
            if (types.Length == 0 || types.Except(EventTypes).Any()) errors.Add(new FieldError("event_types", "not_allowed", $"event_types holds some of {string.Join(", ", EventTypes)}."));
        }
        return errors.Count == 0 ? (url, types) : throw new ProblemException(Problem.Unprocessable("invalid_endpoint", errors[0].Message, errors));
    }

    private static Guid Id(HttpContext context) => Guid.Parse((string)context.GetRouteValue("id")!);

    private static NpgsqlDataSource Database(HttpContext context) => context.RequestServices.GetRequiredService<NpgsqlDataSource>();
}
