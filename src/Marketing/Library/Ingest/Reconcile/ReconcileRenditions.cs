using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Marketing.Library.Renditions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Library.Ingest.Reconcile;

/// <summary>
/// Removes rendition files that belong to nothing: of an earlier content whose worker was killed between its commit and the removal, of an
/// ingest that never ended, of an asset that is gone.
/// </summary>
internal sealed class ReconcileRenditions(BlobServiceClient storage, NpgsqlDataSource database, IOptions<LibraryOptions> options, TimeProvider clock)
{
    private const int PageSize = 1000;

    /// <summary>Runs through the container once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var container = storage.GetBlobContainerClient(options.Value.RenditionsContainer);
        if (!await container.ExistsAsync(cancellationToken)) return;
        // A worker that lost its lease may still write for as long as a function may run (host.json).
        var before = clock.GetUtcNow() - 2 * options.Value.LeaseTime;
        await foreach (var page in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellationToken).AsPages(null, PageSize))
        {
            var old = page.Values.Where(blob => blob.Properties.LastModified < before).Select(blob => (Blob: blob, Owner: RenditionName.Read(blob.Name))).Where(entry => entry.Owner is not null).ToList();
            if (old.Count == 0) continue;
            var wanted = await WantedAsync(old.Select(entry => entry.Owner!.AssetId).Distinct().ToArray(), cancellationToken);
            foreach (var (blob, owner) in old.Where(entry => !wanted.Contains((entry.Owner!.AssetId, entry.Owner.ContentHash)) && !wanted.Contains((entry.Owner.AssetId, "*"))))
                await RemoveAsync(container.GetBlobClient(blob.Name), blob.Properties.ETag!.Value, cancellationToken);
        }
    }

    // "*" speaks for everything of an asset that is under way. A deleted asset keeps its files for as long as it can be restored.
    private async Task<HashSet<(Guid, string)>> WantedAsync(Guid[] assets, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select asset_id, case when state = 'processing' then '*' else coalesce(left(encode(sha256, 'hex'), $2), '') end
            from   marketing_ops.ingested_blobs as blob
            where  asset_id = any($1) and (exists (select from marketing.content_library where id = blob.asset_id) or exists (select from marketing_ops.removed_assets where asset_id = blob.asset_id))
            """);
        command.Parameters.AddWithValue(assets);
        command.Parameters.AddWithValue(RenditionName.HashLength);
        var wanted = new HashSet<(Guid, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) wanted.Add((reader.GetGuid(0), reader.GetString(1)));
        return wanted;
    }

    private static async Task RemoveAsync(BlobClient blob, ETag version, CancellationToken cancellationToken)
    {
        try
        {
            await blob.DeleteIfExistsAsync(conditions: new BlobRequestConditions { IfMatch = version }, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException rewritten) when (rewritten.Status == 412)
        {
            // It was written again since it was listed, so it is wanted again.
        }
    }
}
