using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Library;

/// <summary><c>GET /api/content_library/{id}/ingest</c>: how the ingest of an asset went, why it failed, and its renditions.</summary>
internal static class IngestEndpoints
{
    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("content_library/{id}/ingest", (RequestDelegate)ReadAsync).RequireScope(Scopes.Read);

    private static async Task ReadAsync(HttpContext context)
    {
        var request = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("content_library"));
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("""
            select json_build_object('container', container, 'blob_name', blob_name, 'state', state, 'reason', reason, 'sha256', encode(sha256, 'hex'),
                'renditions', renditions, 'created_at', created_at, 'finished_at', finished_at)::text
            from   marketing_ops.ingested_blobs where asset_id = $1
            """);
        command.Parameters.AddWithValue(await request.VisibleRowAsync());
        if (await command.ExecuteScalarAsync(context.RequestAborted) is not string json) throw new ProblemException(Problem.NotFound("content_library (ingested)", request.Key.Text));
        await Results.Text(json, "application/json").ExecuteAsync(context);
    }
}
