using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Marketing.Data;
using Marketing.Data.External;
using Marketing.Identity;
using Marketing.Library.Renditions;
using Marketing.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>
/// Makes one uploaded blob one row of <c>content_library</c>. May be called at any time, any number of times, for any blob: a version that
/// was ingested is left alone, one that another worker holds is left to it, an overwritten blob updates its row.
/// </summary>
public sealed class IngestBlob
{
    private const string JobName = "ingest_upload";

    private readonly MarketingDbContext database;
    private readonly IngestLedger ledger;
    private readonly DescribeMedia describe;
    private readonly StoreRenditions renditions;
    private readonly AuditLog audit;
    private readonly IOptions<LibraryOptions> options;
    private readonly ExternalTables external;

    internal IngestBlob(MarketingDbContext database, IngestLedger ledger, DescribeMedia describe, StoreRenditions renditions, AuditLog audit, IOptions<LibraryOptions> options, IOptions<ExternalTables> external) =>
        (this.database, this.ledger, this.describe, this.renditions, this.audit, this.options, this.external) = (database, ledger, describe, renditions, audit, options, external.Value);

    /// <summary>Ingests the blob's newest version.</summary>
    /// <exception cref="RequestFailedException">The storage failed; the trigger will come again.</exception>
    public async Task RunAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        // Once more when it was overwritten while this worker held it: the trigger of the newer version found it taken.
        while (await PropertiesAsync(blob, cancellationToken) is { } properties && await ledger.ClaimAsync(blob.BlobContainerName, blob.Name, properties.ETag.ToString("H"), cancellationToken) is { } claim)
        {
            try
            {
                await IngestAsync(blob, properties, claim, cancellationToken);
            }
            catch (RequestFailedException overwritten) when (overwritten.Status is 412 or 404)
            {
                await ledger.ReleaseAsync(claim, cancellationToken);
            }
            catch
            {
                await ledger.ReleaseAsync(claim, CancellationToken.None);
                throw;
            }
        }
        if (await PropertiesAsync(blob, cancellationToken) is null) await ledger.FailDeletedAsync(blob.BlobContainerName, blob.Name, cancellationToken);
    }

    private async Task IngestAsync(BlobClient blob, BlobProperties properties, IngestedBlob claim, CancellationToken cancellationToken)
    {
        var metadata = new UploadMetadata(properties.Metadata);
        var asset = await OpenRowAsync(blob, properties, claim, metadata, cancellationToken);
        try
        {
            if (properties.ContentLength > options.Value.MaxFileBytes) throw new MediaException($"The file has {properties.ContentLength} bytes; at most {options.Value.MaxFileBytes} are taken.");
            using var content = await DownloadedBlob.FetchAsync(blob, properties.ETag, cancellationToken);
            var (stored, note) = await describe.RunAsync(asset, content, cancellationToken);
            (claim.State, claim.Reason, claim.Sha256, claim.Renditions) = ("active", note, content.Sha256, JsonSerializer.Serialize(stored, RenditionJson.Default.IReadOnlyListRendition));
            asset.Status = "active";
            await CloseRowAsync(asset, claim, metadata, cancellationToken);
            await renditions.RemoveOthersAsync(asset.Id, DescribeMedia.ContentHash(content), cancellationToken);
        }
        catch (MediaException fault)
        {
            (claim.State, claim.Reason) = ("error", fault.Message);
            asset.Status = "error";
            await CloseRowAsync(asset, claim, metadata, cancellationToken);
        }
    }

    // Visible at once, so that a list shows what is under way.
    private async Task<LibraryAsset> OpenRowAsync(BlobClient blob, BlobProperties properties, IngestedBlob claim, UploadMetadata metadata, CancellationToken cancellationToken)
    {
        var asset = await database.LibraryAssets.FirstOrDefaultAsync(row => row.Id == claim.AssetId, cancellationToken);
        if (asset is null)
        {
            asset = new LibraryAsset { Id = claim.AssetId, CreatedBy = Caller.Job(JobName).Name };
            database.Add(asset);
        }
        asset.Filename = blob.Name[(blob.Name.LastIndexOf('/') + 1)..];
        asset.AssetType = FileType.Promised(Path.GetExtension(asset.Filename).TrimStart('.').ToLowerInvariant())?.AssetType ?? "document";
        asset.FileUrl = blob.Uri.AbsoluteUri;
        asset.FileSizeBytes = properties.ContentLength;
        asset.Status = "processing";
        metadata.ApplyTo(asset);
        await database.SaveChangesAsync(cancellationToken);
        return asset;
    }

    private async Task CloseRowAsync(LibraryAsset asset, IngestedBlob claim, UploadMetadata metadata, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (claim.State == "active" && metadata.Property is { } property) claim.Reason = await LinkPropertyAsync(asset, property, cancellationToken) ?? claim.Reason;
        if (!await ledger.FinishAsync(claim, cancellationToken))
        {
            database.ChangeTracker.Clear();
            return;
        }
        audit.Record(Caller.Job(JobName), "ingest", "content_library", asset.Id, JsonSerializer.Serialize(new Dictionary<string, object?> { ["status"] = new { to = asset.Status }, ["reason"] = new { to = claim.Reason } }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        database.ChangeTracker.Clear();
    }

    // The properties belong to another team, so whether one exists is asked of the foreign key's own table.
    private async Task<string?> LinkPropertyAsync(LibraryAsset asset, string property, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(property, out var propertyId)) return $"The metadata property_id '{property}' is no uuid; the asset hangs at no property.";
        if (!await database.Database.SqlQuery<bool>($"""select to_regclass({external.Properties}) is not null as "Value" """).SingleAsync(cancellationToken))
            return $"There is no table {external.Properties} yet; the asset hangs at no property.";
        // The names were checked at start to be identifiers.
        var exists = string.Concat("exists (select from ", external.Properties, " where ", external.PropertyId, " = {0})");
        var linked = await database.Database.ExecuteSqlRawAsync(string.Concat("""
            insert into marketing.property_content (property_id, library_asset_id, display_order)
            select {0}, {1}, coalesce((select max(display_order) + 1 from marketing.property_content where property_id = {0}), 0)
            """, " where ", exists, " on conflict (property_id, library_asset_id) do nothing"), [propertyId, asset.Id], cancellationToken);
        return linked == 1 || await database.PropertyContent.AnyAsync(row => row.PropertyId == propertyId && row.LibraryAssetId == asset.Id, cancellationToken)
            ? null
            : $"The metadata property_id {propertyId} names no property; the asset hangs at none.";
    }

    private static async Task<BlobProperties?> PropertiesAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            return (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return null;
        }
    }
}
