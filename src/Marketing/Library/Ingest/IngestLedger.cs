using Marketing.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>Which version of which blob is or was ingested, and by which worker.</summary>
internal sealed class IngestLedger(MarketingDbContext database, IOptions<LibraryOptions> options)
{
    /// <summary>Takes a version of a blob, unless it was ingested before or another worker is at it.</summary>
    public async Task<IngestedBlob?> ClaimAsync(string container, string name, string etag, CancellationToken cancellationToken)
    {
        var taken = await database.IngestedBlobs.FromSql($"""
            insert into marketing_ops.ingested_blobs as blob (container, blob_name, asset_id, e_tag, state, leased_until, lease_token)
            values ({container}, {name}, {UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql)}, {etag}, 'processing', now() + {options.Value.LeaseTime}, gen_random_uuid())
            on conflict (container, blob_name) do update
            set    e_tag = excluded.e_tag, state = 'processing', reason = null, leased_until = excluded.leased_until, lease_token = excluded.lease_token
            where  (blob.e_tag <> excluded.e_tag or blob.state = 'processing') and (blob.leased_until is null or blob.leased_until < now())
            returning *
            """).AsNoTracking().ToListAsync(cancellationToken);
        return taken is [var claimed] ? claimed : null;
    }

    /// <summary>Ends the claim within the open transaction.</summary>
    /// <returns>False when another worker has taken over; nothing may be stored then.</returns>
    public async Task<bool> FinishAsync(IngestedBlob claim, CancellationToken cancellationToken) => await database.Database.ExecuteSqlAsync($"""
        update marketing_ops.ingested_blobs
        set    state = {claim.State}, reason = {claim.Reason}, sha256 = {claim.Sha256}, renditions = {claim.Renditions}::jsonb, finished_at = now(), leased_until = null, lease_token = null
        where  container = {claim.Container} and blob_name = {claim.BlobName} and lease_token = {claim.LeaseToken}
        """, cancellationToken) == 1;

    /// <summary>Gives the claim back, for a worker that must leave.</summary>
    public Task<int> ReleaseAsync(IngestedBlob claim, CancellationToken cancellationToken) => database.Database.ExecuteSqlAsync($"""
        update marketing_ops.ingested_blobs set leased_until = null, lease_token = null
        where  container = {claim.Container} and blob_name = {claim.BlobName} and lease_token = {claim.LeaseToken}
        """, cancellationToken);

    /// <summary>Marks an asset whose blob was deleted before it was ingested.</summary>
    public Task<int> FailDeletedAsync(string container, string name, CancellationToken cancellationToken) => database.Database.ExecuteSqlAsync($"""
        with failed as (
            update marketing_ops.ingested_blobs
            set    state = 'error', reason = 'The file was deleted before it was ingested. Upload it again.', finished_at = now(), leased_until = null, lease_token = null
            where  container = {container} and blob_name = {name} and state = 'processing' and (leased_until is null or leased_until < now())
            returning asset_id
        )
        update marketing.content_library set status = 'error' from failed where id = failed.asset_id
        """, cancellationToken);

    /// <summary>Blobs whose worker died.</summary>
    public Task<List<string>> AbandonedAsync(string container, CancellationToken cancellationToken) => database.IngestedBlobs.FromSql($"""
        select * from marketing_ops.ingested_blobs
        where  container = {container} and state = 'processing' and coalesce(leased_until, created_at + interval '1 minute') < now()
        """).AsNoTracking().Select(blob => blob.BlobName).Take(50).ToListAsync(cancellationToken);
}
