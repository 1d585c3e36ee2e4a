using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Library.Ingest.Reconcile;

/// <summary>
/// Compares the uploads with the rows: a blob without a row is put up for ingest, so that an event that never came costs minutes and not
/// the file; an active asset whose original is gone says so.
/// </summary>
internal sealed class ReconcileUploads(BlobServiceClient storage, NpgsqlDataSource database, IOptions<LibraryOptions> options, TimeProvider clock)
{
    // The trigger polls or gets its event within this time; before it has passed a blob is not late.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);
    private const int PageSize = 1000;

    /// <summary>Runs through the container once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var container = storage.GetBlobContainerClient(options.Value.UploadsContainer);
        if (!await container.ExistsAsync(cancellationToken)) return;
        var from = "";
        await foreach (var page in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellationToken).AsPages(null, PageSize))
        {
            await RegisterAsync(container.Name, page.Values.Where(blob => blob.Properties.LastModified < clock.GetUtcNow() - Grace).ToList(), cancellationToken);
            var isLast = string.IsNullOrEmpty(page.ContinuationToken);
            if (page.Values.Count == 0 && !isLast) continue;
            var upTo = isLast ? null : page.Values[^1].Name;
            foreach (var name in await MissingAsync(container.Name, from, upTo, page.Values.Select(blob => blob.Name).ToArray(), cancellationToken))
            {
                // The list may be older than the row, or sorted otherwise than the rows: the blob itself decides.
                if (!await container.GetBlobClient(name).ExistsAsync(cancellationToken)) await MarkMissingAsync(container.Name, name, cancellationToken);
            }
            from = upTo ?? from;
        }
    }

    // Also a version newer than the ingested one, whose event was lost. A version under way has its worker or the sweep.
    private async Task RegisterAsync(string container, List<BlobItem> blobs, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            insert into marketing_ops.ingested_blobs as blob (container, blob_name, asset_id, e_tag, state, attempts)
            select $1, name, generate_uuid_v7(), e_tag, 'processing', 0 from unnest($2::text[], $3::text[]) as listed (name, e_tag)
            on conflict (container, blob_name) do update
            set    state = 'processing', reason = null, e_tag = excluded.e_tag, attempts = 0
            where  blob.state <> 'processing' and blob.e_tag <> excluded.e_tag
            """);
        command.Parameters.AddWithValue(container);
        command.Parameters.AddWithValue(blobs.Select(blob => blob.Name).ToArray());
        command.Parameters.AddWithValue(blobs.Select(blob => blob.Properties.ETag!.Value.ToString("H")).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<string>> MissingAsync(string container, string from, string? upTo, string[] listed, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select blob_name from marketing_ops.ingested_blobs as blob
            where  container = $1 and blob_name collate "C" > $2 and ($3::text is null or blob_name collate "C" <= $3) and blob_name <> all($4) and state = 'active'
              and  exists (select from marketing.content_library where id = blob.asset_id and status = 'active')
            limit  $5
            """);
        command.Parameters.AddWithValue(container);
        command.Parameters.AddWithValue(from);
        command.Parameters.Add(new() { Value = (object?)upTo ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.AddWithValue(listed);
        command.Parameters.AddWithValue(PageSize);
        var names = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) names.Add(reader.GetString(0));
        return names;
    }

    private async Task MarkMissingAsync(string container, string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with missing as (
                update marketing_ops.ingested_blobs
                set    state = 'error', reason = 'The original file is no longer in storage; its renditions still are. Upload it again under the same name, or archive the asset.', finished_at = now()
                where  container = $1 and blob_name = $2 and state = 'active'
                returning asset_id
            )
            update marketing.content_library set status = 'error' from missing where id = missing.asset_id and status = 'active'
            """);
        command.Parameters.AddWithValue(container);
        command.Parameters.AddWithValue(name);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
