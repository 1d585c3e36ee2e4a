using System.Globalization;
using System.Text.Json;
using Marketing.Identity;
using Marketing.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Webhooks;

/// <summary>What came in, what became of it, and processing it again. For operators: scope admin.</summary>
internal static class InboxEndpoints
{
    private static readonly string[] States = ["received", "processed", "failed"];
    private static readonly string[] Parameters = ["state", "provider", "outcome", "before", "limit"];

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("webhooks/inbox", (RequestDelegate)ListAsync).RequireScope(Scopes.Admin);
        api.MapGet("webhooks/inbox/{id:guid}", (RequestDelegate)ReadAsync).RequireScope(Scopes.Admin);
        api.MapPost("webhooks/inbox/{id:guid}/replay", (RequestDelegate)ReplayOneAsync).RequireScope(Scopes.Admin);
        api.MapPost("webhooks/inbox/replay", (RequestDelegate)ReplayManyAsync).RequireScope(Scopes.Admin);
    }

    private static async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query.Keys.FirstOrDefault(key => !Parameters.Contains(key)) is { } unknown)
            throw new ProblemException(Problem.BadRequest("invalid_query", $"'{unknown}' is none of {string.Join(", ", Parameters)}."));
        var limit = query["limit"].ToString() is { Length: > 0 } text ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 500 ? number : throw new ProblemException(Problem.BadRequest("invalid_query", "limit is a whole number from 1 to 500.")) : 50;
        var before = query["before"].ToString() is { Length: > 0 } cursor ? Guid.TryParse(cursor, out var id) ? id : throw new ProblemException(Problem.BadRequest("invalid_query", "before is the id of the last delivery that you have.")) : (Guid?)null;
        await using var command = Database(context).CreateCommand("""
            select coalesce(json_agg(d), '[]')::text, (array_agg(id order by id))[1]::text, count(*)
            from (select i.id, i.provider, i.received_at, i.state, i.reason, i.attempts, i.processed_at, length(i.body) as bytes,
                         (select coalesce(json_object_agg(outcome, n), '{}') from (select outcome, count(*) as n from marketing_ops.webhook_events e where e.delivery_id = i.id and e.outcome <> 'recorded' group by outcome) c) as events_not_recorded
                  from   marketing_ops.webhook_inbox i
                  where  ($1::text is null or i.state = $1) and ($2::text is null or i.provider = $2) and ($3::uuid is null or i.id < $3)
                    and  ($4::text is null or exists (select from marketing_ops.webhook_events e where e.delivery_id = i.id and e.outcome <> 'recorded' and e.outcome = $4))
                  order by i.id desc limit $5) d
            """);
        command.Parameters.Add(Nullable(Choice(query["state"].ToString(), "state", States)));
        command.Parameters.Add(Nullable(query["provider"].ToString() is { Length: > 0 } provider ? provider : null));
        command.Parameters.Add(new() { Value = (object?)before ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        command.Parameters.Add(Nullable(Choice(query["outcome"].ToString(), "outcome", ["set_aside", "ignored"])));
        command.Parameters.AddWithValue(limit);
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        await reader.ReadAsync(context.RequestAborted);
        if (reader.GetInt64(2) == limit)
        {
            var kept = query.Where(pair => pair.Key is not "before").SelectMany(pair => pair.Value.Select(value => $"{pair.Key}={Uri.EscapeDataString(value ?? "")}"));
            context.Response.Headers.Link = $"</api/webhooks/inbox?{string.Join('&', kept.Append($"before={reader.GetString(1)}"))}>; rel=\"next\"";
        }
        await Results.Text(reader.GetString(0), "application/json").ExecuteAsync(context);
    }

    private static async Task ReadAsync(HttpContext context)
    {
        await using var command = Database(context).CreateCommand("""
            select json_build_object('id', i.id, 'provider', i.provider, 'received_at', i.received_at, 'state', i.state, 'reason', i.reason, 'attempts', i.attempts, 'processed_at', i.processed_at,
                'body_base64', replace(encode(i.body, 'base64'), E'\n', ''),
                'events', (select coalesce(json_agg(json_build_object('event_id', e.event_id, 'outcome', e.outcome, 'reason', e.reason, 'event', e.event)), '[]')
                           from (select * from marketing_ops.webhook_events where delivery_id = i.id and outcome <> 'recorded' order by event_id limit 1000) e))::text
            from marketing_ops.webhook_inbox i where i.id = $1
            """);
        command.Parameters.AddWithValue(Id(context));
        await Results.Text((string?)await command.ExecuteScalarAsync(context.RequestAborted) ?? throw new ProblemException(Problem.NotFound("webhook_inbox", Id(context).ToString())), "application/json").ExecuteAsync(context);
    }

    private static async Task ReplayOneAsync(HttpContext context)
    {
        var replayed = await context.RequestServices.GetRequiredService<ReplayDeliveries>().RunAsync("i.id = $2", [Id(context)], context.RequestAborted);
        if (replayed.Count == 0) await EnsureExistsAsync(context);
        await AnswerAsync(context, replayed);
    }

    private static async Task ReplayManyAsync(HttpContext context)
    {
        using var body = await Resources.Http.RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var (conditions, values) = (new List<string>(), new List<object>());
        foreach (var member in body.RootElement.EnumerateObject())
        {
            var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : throw Wrong(member.Name);
            switch (member.Name)
            {
                case "state": Add("i.state = ", Choice(text, "state", ["processed", "failed"])!); break;
                case "provider": Add("i.provider = ", text); break;
                case "received_from": Add("i.received_at >= ", Time(text, member.Name)); break;
                case "received_until": Add("i.received_at < ", Time(text, member.Name)); break;
                case "outcome": conditions.Add($"i.id in (select delivery_id from marketing_ops.webhook_events where outcome <> 'recorded' and outcome = ${values.Count + 2})"); values.Add(Choice(text, "outcome", ["set_aside", "ignored"])!); break;
                default: throw Wrong(member.Name);
            }
        }
        if (conditions.Count == 0) throw new ProblemException(Problem.BadRequest("invalid_query", "Name at least one of state, provider, outcome, received_from, received_until. Example: {\"state\":\"failed\"}"));
        await AnswerAsync(context, await context.RequestServices.GetRequiredService<ReplayDeliveries>().RunAsync(string.Join(" and ", conditions), values, context.RequestAborted));

        void Add(string condition, object value)
        {
            conditions.Add($"{condition}${values.Count + 2}");
            values.Add(value);
        }
    }

    private static async Task EnsureExistsAsync(HttpContext context)
    {
        await using var command = Database(context).CreateCommand("select exists (select from marketing_ops.webhook_inbox where id = $1)");
        command.Parameters.AddWithValue(Id(context));
        if (await command.ExecuteScalarAsync(context.RequestAborted) is not true) throw new ProblemException(Problem.NotFound("webhook_inbox", Id(context).ToString()));
    }

    private static Task AnswerAsync(HttpContext context, IReadOnlyList<Guid> ids) =>
        Results.Json(new Dictionary<string, object> { ["replayed"] = ids.Count, ["deliveries"] = ids }, statusCode: StatusCodes.Status202Accepted).ExecuteAsync(context);

    private static NpgsqlDataSource Database(HttpContext context) => context.RequestServices.GetRequiredService<NpgsqlDataSource>();

    private static Guid Id(HttpContext context) => Guid.Parse((string)context.GetRouteValue("id")!, CultureInfo.InvariantCulture);

    private static NpgsqlParameter Nullable(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };

    private static string? Choice(string value, string name, string[] allowed) =>
        value.Length == 0 ? null : allowed.Contains(value) ? value : throw new ProblemException(Problem.BadRequest("invalid_query", $"{name} is one of {string.Join(", ", allowed)}."));

    private static DateTimeOffset Time(string text, string name) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
        ? at : throw new ProblemException(Problem.BadRequest("invalid_query", $"{name} is a time such as 2026-11-24T00:00:00Z."));

    private static ProblemException Wrong(string name) => new(Problem.BadRequest("invalid_query", $"'{name}' is no text, or none of state, provider, outcome, received_from, received_until."));
}
