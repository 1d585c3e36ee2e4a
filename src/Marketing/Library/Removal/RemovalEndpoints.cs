using System.Text.Json;
using Marketing.Identity;
using Marketing.Library.Usage;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources;
using Marketing.Resources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Library.Removal;

/// <summary>
/// Removal by force of an asset that is in use, the list of removed assets, and their restoration. All of it is for roles that may delete
/// every asset: what is removed has no row that a filter could be asked of.
/// </summary>
internal static class RemovalEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("content_library/{id}/removal", (RequestDelegate)RemoveAsync).RequireScope(Scopes.Write);
        api.MapGet("content_library/removed", (RequestDelegate)ListAsync).RequireScope(Scopes.Read);
        api.MapPost("content_library/removed/{id}/restoration", (RequestDelegate)RestoreAsync).RequireScope(Scopes.Write);
    }

    private static async Task RemoveAsync(HttpContext context)
    {
        var request = MayDeleteAll(context);
        using var body = await RequestJson.ReadObjectAsync(context.Request, context.RequestAborted);
        var force = body.RootElement.TryGetProperty("force", out var forced) && forced.ValueKind == JsonValueKind.True;
        var archive = body.RootElement.TryGetProperty("archive", out var archived) && archived.ValueKind == JsonValueKind.True;
        if (archive) request.To(TableAction.Update);
        var id = await request.VisibleRowAsync();
        await using var connection = await request.Service<NpgsqlDataSource>().OpenConnectionAsync(request.Aborted);
        await using var transaction = await connection.BeginTransactionAsync(request.Aborted);
        await using (var hold = new NpgsqlCommand("select from marketing.content_library where id = $1 for update", connection))
        {
            hold.Parameters.AddWithValue(id);
            await hold.ExecuteNonQueryAsync(request.Aborted);
        }
        var uses = await AssetUses.LiveAsync(connection, id, request.Aborted);
        if (uses.Count > 0 && !force) throw new ProblemException(AssetInUse.Problem(request.Caller, uses));
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            var remove = new NpgsqlBatchCommand(archive ? "update marketing.content_library set status = 'archived' where id = $1" : "delete from marketing.content_library where id = $1");
            remove.Parameters.AddWithValue(id);
            batch.BatchCommands.Add(remove);
            var changes = JsonSerializer.Serialize(new Dictionary<string, object?> { ["forced"] = uses.Count > 0, ["uses"] = uses.Select(use => $"{use.UsageType} {use.UsageId}") });
            batch.BatchCommands.Add(AuditLog.Command(request.Caller, null, "content_library", [new AuditLine(archive ? "archive" : "delete", id, changes)]));
            await batch.ExecuteNonQueryAsync(request.Aborted);
        }
        await transaction.CommitAsync(request.Aborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task ListAsync(HttpContext context)
    {
        var request = MayDeleteAll(context);
        await using var command = request.Service<NpgsqlDataSource>().CreateCommand("""
            select (select coalesce(json_agg(r order by r.removed_at desc), '[]') from (
                select asset_id as id, business_id as asset_id, "row" ->> 'filename' as filename, removed_at, purge_at from marketing_ops.removed_assets where purge_at > now() order by removed_at desc limit 1000) r)::text
            """);
        await Results.Text((string)(await command.ExecuteScalarAsync(request.Aborted))!, "application/json").ExecuteAsync(context);
    }

    private static async Task RestoreAsync(HttpContext context)
    {
        var request = MayDeleteAll(context);
        request.To(TableAction.Create);
        var text = request.Key.Text;
        await using var connection = await request.Service<NpgsqlDataSource>().OpenConnectionAsync(request.Aborted);
        await using var transaction = await connection.BeginTransactionAsync(request.Aborted);
        Guid id;
        await using (var restore = new NpgsqlCommand("select asset_id from marketing_ops.removed_assets where (asset_id::text = $1 or business_id = $1) and marketing_ops.restore_asset(asset_id)", connection))
        {
            restore.Parameters.AddWithValue(text);
            id = await restore.ExecuteScalarAsync(request.Aborted) as Guid? ?? throw new ProblemException(new Problem(404, "not_found", $"No asset '{text}' was removed in the last 30 days."));
        }
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(AuditLog.Command(request.Caller, null, "content_library", [new AuditLine("restore", id, null)]));
            await batch.ExecuteNonQueryAsync(request.Aborted);
        }
        await transaction.CommitAsync(request.Aborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static ResourceRequest MayDeleteAll(HttpContext context)
    {
        var request = ResourceRequest.Of(context, context.RequestServices.GetRequiredService<ResourceCatalog>().Of("content_library"));
        return request.To(TableAction.Delete).Rows is null && request.To(TableAction.Read).Rows is null
            ? request
            : throw new ProblemException(Problem.Forbidden("not_granted", "This is for roles that may delete every asset."));
    }
}
