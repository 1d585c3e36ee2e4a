using Marketing.Data;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Microsoft.EntityFrameworkCore;

namespace Marketing.Library.Ingest;

/// <summary>Puts a failed asset up for ingest again; the next sweep, within a minute, takes it.</summary>
internal sealed class RetryIngest(MarketingDbContext database, AuditLog audit)
{
    /// <summary>Puts it up.</summary>
    /// <exception cref="ProblemException">409: it is not in error.</exception>
    public async Task RunAsync(Guid assetId, Caller caller, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var taken = await database.Database.ExecuteSqlAsync($"""
            update marketing_ops.ingested_blobs set state = 'processing', reason = null, attempts = 0, leased_until = null, lease_token = null
            where  asset_id = {assetId} and state = 'error'
            """, cancellationToken);
        if (taken == 0) throw new ProblemException(Problem.Conflict("not_in_error", "Only an uploaded asset whose ingest ended in error can be tried again. Read GET /api/content_library/{id}/ingest."));
        await database.Database.ExecuteSqlAsync($"update marketing.content_library set status = 'processing' where id = {assetId}", cancellationToken);
        audit.Record(caller, "retry", "content_library", assetId);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
