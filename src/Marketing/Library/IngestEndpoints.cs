using Marketing.Identity;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Reading;
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
        var library = context.RequestServices.GetRequiredService<ResourceCatalog>().Of("content_library");
        var key = RowKey.Read(library, (string)context.GetRouteValue("id")!);
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            select json_build_object('container', container, 'blob_name', blob_name, 'state', state, 'reason', reason, 'sha256', encode(sha256, 'hex'),
                'renditions', renditions, 'created_at', blob.created_at, 'finished_at', finished_at)::text
            from   marketing_ops.ingested_blobs blob join marketing.content_library asset on asset.id = blob.asset_id
            where  asset.id::text = lower($1) or asset.asset_id = $1
            """);
        command.Parameters.AddWithValue(key.Text);
        if (await command.ExecuteScalarAsync(context.RequestAborted) is not string json) throw new ProblemException(Problem.NotFound("content_library (ingested)", key.Text));
        await Results.Text(json, "application/json").ExecuteAsync(context);
    }
}
