using Marketing.Problems;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Library.Uploads;

/// <summary>
/// Finds whether the library holds a content already. The key of <c>marketing_ops.asset_contents</c>, the SHA-256, makes two uploads of one
/// content at the same time one asset.
/// </summary>
internal sealed class IdenticalContent(NpgsqlDataSource database, IOptions<LibraryOptions> library)
{
    /// <summary>Takes the content for an upload.</summary>
    /// <returns>Null when it is new; else the blob that has it.</returns>
    /// <exception cref="ProblemException">409: another upload of the same content is being completed at this moment.</exception>
    public async Task<string?> ClaimAsync(Upload upload, byte[] sha256, CancellationToken cancellationToken)
    {
        if (upload.AllowDuplicate) return null;
        await using var command = database.CreateCommand("""
            with present as (
                select blob.blob_name from marketing_ops.ingested_blobs blob join marketing.content_library asset on asset.id = blob.asset_id
                where  blob.sha256 = $1 and blob.container = $4 and blob.state = 'active' and asset.status = 'active' and blob.blob_name <> $2
                order  by blob.created_at limit 1),
            claimed as (
                insert into marketing_ops.asset_contents as content (sha256, blob_name, upload_id) select $1, $2, $3 where not exists (select from present)
                on conflict (sha256) do update set blob_name = excluded.blob_name, upload_id = excluded.upload_id, created_at = now()
                where  content.upload_id = excluded.upload_id
                or     not exists (select from marketing_ops.asset_uploads holder where holder.id = content.upload_id and (
                           (holder.state = 'open' and holder.expires_at >= now())
                        or (holder.state = 'completed' and case when exists (select from marketing_ops.ingested_blobs blob where blob.container = $4 and blob.blob_name = content.blob_name)
                                then exists (select from marketing_ops.ingested_blobs blob join marketing.content_library asset on asset.id = blob.asset_id
                                             where blob.container = $4 and blob.blob_name = content.blob_name and asset.status in ('active', 'processing'))
                                else holder.finished_at > now() - interval '1 day' end)))
                returning blob_name)
            select blob_name, true, false from present
            union all select blob_name, false, false from claimed
            """);
        command.Parameters.AddWithValue(sha256);
        command.Parameters.AddWithValue(upload.FinalName);
        command.Parameters.AddWithValue(upload.Id);
        command.Parameters.AddWithValue(library.Value.UploadsContainer);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken)) return reader.GetBoolean(1) ? reader.GetString(0) : null;
        }
        await using var holder = database.CreateCommand("select content.blob_name from marketing_ops.asset_contents content join marketing_ops.asset_uploads holder on holder.id = content.upload_id and holder.state = 'completed' where content.sha256 = $1");
        holder.Parameters.AddWithValue(sha256);
        return await holder.ExecuteScalarAsync(cancellationToken) as string
            ?? throw new ProblemException(Problem.Conflict("identical_upload_under_way", "The same content is being uploaded at this moment. Complete this upload again in a few seconds.") with { RetryAfterSeconds = 3 });
    }
}
