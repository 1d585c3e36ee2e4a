using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Attribution.Exports;

/// <summary><c>GET /api/attribution/exports</c>: how many bookings were told to whom, and the latest that were not taken. For callers who see every row of <c>attribution</c>.</summary>
internal static class ExportsEndpoint
{
    /// <summary>Answers.</summary>
    public static async Task RunAsync(HttpContext context)
    {
        var request = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("attribution"));
        if (request.To(TableAction.Read).Rows is not null) throw new ProblemException(Problem.Forbidden("not_granted", "A role that sees only some bookings cannot read what was told of all of them."));
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("""
            select json_build_object(
                'counts', (select coalesce(json_agg(json_build_object('destination', destination, 'kind', kind, 'state', state, 'count', count) order by destination, kind, state), '[]')
                           from (select destination, kind, state, count(*) as count from marketing_ops.conversion_exports group by 1, 2, 3) counts),
                'not_taken', (select coalesce(json_agg(json_build_object('reservation_id', reservation_id, 'destination', destination, 'kind', kind, 'state', state, 'reason', reason, 'attempts', attempts, 'due_at', case when state = 'queued' then due_at end) order by created_at desc), '[]')
                              from (select * from marketing_ops.conversion_exports where reason is not null order by created_at desc limit 50) failed))::text
            """);
        await Results.Text((string)(await command.ExecuteScalarAsync(context.RequestAborted))!, "application/json").ExecuteAsync(context);
    }
}
