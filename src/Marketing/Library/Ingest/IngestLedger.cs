using Marketing.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>Which version of which blob is or was ingested, and by which worker.</summary>
internal sealed class IngestLedger(MarketingDbContext database, IOptions<LibraryOptions> options)
{
    /// <summary>Times that one version of a blob is begun before it is given up: a file that kills its worker must not do so for ever.</summary>
    public const int MaxAttempts = 5;

    /// <summary>Takes a version of a blob, unless it was ingested before, another worker is at it or it was begun too often.</summary>
    public async Task<IngestedBlob?> ClaimAsync(string container, string name, string etag, CancellationToken cancellationToken)
    {
        var taken = await database.IngestedBlobs.FromSql($"""
            insert into marketing_ops.ingested_blobs as blob (container, blob_name, asset_id, e_tag, state, leased_until, lease_token, attempts)
            values ({container}, {name}, {UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql)}, {etag}, 'processing', now() + {options.Value.LeaseTime}, gen_random_uuid(), 1)
            on conflict (container, blob_name) do update
            set    e_tag = excluded.e_tag, state = 'processing', reason = null, leased_until = excluded.leased_until, lease_token = excluded.lease_token,
                   attempts = case when blob.e_tag = excluded.e_tag then blob.attempts + 1 else 1 end
            where  (blob.e_tag <> excluded.e_tag or (blob.state = 'processing' and blob.attempts < {MaxAttempts})) and (blob.leased_until is null or blob.leased_until < now())
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
    /// <param name="claim">The claim.</param>
    /// <param name="isAttempt">Whether this counts towards <see cref="MaxAttempts"/>.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Task<int> ReleaseAsync(IngestedBlob claim, bool isAttempt, CancellationToken cancellationToken) => database.Database.ExecuteSqlAsync($"""
        update marketing_ops.ingested_blobs set leased_until = null, lease_token = null, attempts = attempts - {(isAttempt ? 0 : 1)}
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

    /// <summary>Gives up blobs whose workers died again and again.</summary>
    public Task<int> FailExhaustedAsync(CancellationToken cancellationToken) => database.Database.ExecuteSqlAsync($"""
        with failed as (
            update marketing_ops.ingested_blobs
            set    state = 'error', finished_at = now(), leased_until = null, lease_token = null,
                   reason = 'Every worker that took the file stopped before it was done, so the file is probably damaged or too demanding. Upload another version of it, or try it again.'
            where  state = 'processing' and attempts >= {MaxAttempts} and (leased_until is null or leased_until < now())
            returning asset_id
        )
        update marketing.content_library set status = 'error' from failed where id = failed.asset_id
        """, cancellationToken);

    /// <summary>Blobs that wait without a worker: its worker died, its event never came, or a person asked to try again.</summary>
    public Task<List<string>> AbandonedAsync(string container, int most, CancellationToken cancellationToken) => database.Database.SqlQuery<string>($"""
        select blob_name as "Value" from marketing_ops.ingested_blobs
        where  container = {container} and state = 'processing' and coalesce(leased_until, created_at + case when attempts = 0 then interval '0' else interval '1 minute' end) < now()
        order  by case when {options.Value.NewestFirst} then created_at end desc nulls last, created_at
        limit  {most}
        """).ToListAsync(cancellationToken);
}
