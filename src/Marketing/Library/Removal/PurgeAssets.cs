using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Library.Removal;

/// <summary>Removes the files of assets that were deleted 30 days ago, then what is remembered of them. May be ended at any line and run twice at once.</summary>
public sealed class PurgeAssets(NpgsqlDataSource database, BlobServiceClient storage, IOptions<LibraryOptions> options)
{
    private const int Batch = 100;

    /// <summary>Purges what is due, some hundred at a time.</summary>
    /// <exception cref="RequestFailedException">The storage failed; the next run goes on.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (asset, container, name) in await DueAsync(cancellationToken))
        {
            if (container is not null && name is not null) await IgnoreAbsentAsync(() => storage.GetBlobContainerClient(container).DeleteBlobIfExistsAsync(name, DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken));
            var renditions = storage.GetBlobContainerClient(options.Value.RenditionsContainer);
            await IgnoreAbsentAsync(async () =>
            {
                await foreach (var blob in renditions.GetBlobsAsync(new GetBlobsOptions { Prefix = $"{asset}/" }, cancellationToken)) await renditions.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
            });
            // Files first: a worker that dies between leaves a row that says what is still to do.
            await using var forget = database.CreateCommand("""
                with gone as (delete from marketing_ops.removed_assets where asset_id = $1 and purge_at <= now() returning asset_id),
                     blobs as (delete from marketing_ops.ingested_blobs blob using gone where blob.asset_id = gone.asset_id returning blob.blob_name)
                delete from marketing_ops.asset_contents content using blobs where content.blob_name = blobs.blob_name
                """);
            forget.Parameters.AddWithValue(asset);
            await forget.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task<List<(Guid Asset, string? Container, string? Name)>> DueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select removed.asset_id, blob.container, blob.blob_name from marketing_ops.removed_assets removed left join marketing_ops.ingested_blobs blob on blob.asset_id = removed.asset_id
            where  removed.purge_at <= now() and not exists (select from marketing.content_library asset where asset.id = removed.asset_id) order by removed.purge_at limit $1
            """);
        command.Parameters.AddWithValue(Batch);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<(Guid, string?, string?)>();
        while (await reader.ReadAsync(cancellationToken)) due.Add((reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2)));
        return due;
    }

    private static async Task IgnoreAbsentAsync(Func<Task> delete)
    {
        try
        {
            await delete();
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            // The container was never made, so nothing is in it.
        }
    }
}
