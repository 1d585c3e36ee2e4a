using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Campaigns.Events;

/// <summary><c>GET /api/campaigns/{id}/event_sums?by=day</c>: the campaign's events by day, variant, device or domain, as of the last rollup. For callers who may see the campaign.</summary>
internal static class EventSumsEndpoint
{
    private static readonly string[] Dimensions = ["day", "variant", "device", "domain"];

    /// <summary>Answers.</summary>
    public static async Task RunAsync(HttpContext context)
    {
        var dimension = context.Request.Query["by"].ToString() is { Length: > 0 } by ? by : "day";
        if (!Dimensions.Contains(dimension)) throw new ProblemException(Problem.BadRequest("invalid_query", $"by is one of {string.Join(", ", Dimensions)}."));
        var id = await ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("campaigns")).VisibleRowAsync();
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            select coalesce(json_agg(json_build_object('value', nullif(value, ''), 'events', events, 'machine_events', machine_events) order by value), '[]')::text
            from (select value, json_object_agg(event_type, events order by event_type) as events, coalesce(json_object_agg(event_type, machine_events order by event_type) filter (where machine_events <> 0), '{}') as machine_events
                  from   marketing_ops.campaign_event_parts where campaign_id = $1 and dimension = $2 and events <> 0 group by value order by value limit 5000) parts
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(dimension);
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }
}
