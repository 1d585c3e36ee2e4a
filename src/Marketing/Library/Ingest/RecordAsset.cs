using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Marketing.Data;
using Marketing.Data.External;
using Marketing.Identity;
using Marketing.Library.Renditions.Features;
using Marketing.Library.Tagging;
using Marketing.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Ingest;

/// <summary>Ends an ingest: row, ledger, measures, tags and audit in one transaction, or nothing of it when another worker has taken over.</summary>
internal sealed class RecordAsset(MarketingDbContext database, IngestLedger ledger, AuditLog audit, RecordTags tags, IOptions<ExternalTables> external)
{
    private const string JobName = "ingest_upload";

    /// <summary>Makes or finds the row, in processing: visible at once, so that a list shows what is under way.</summary>
    public async Task<LibraryAsset> OpenAsync(BlobClient blob, BlobProperties properties, IngestedBlob claim, UploadMetadata metadata, CancellationToken cancellationToken)
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

    /// <summary>Stores everything.</summary>
    /// <returns>False when another worker has taken over; nothing is stored then.</returns>
    public async Task<bool> RunAsync(LibraryAsset asset, IngestedBlob claim, UploadMetadata metadata, DescribedMedia? described, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (claim.State == "active" && metadata.Property is { } property) claim.Reason = await LinkPropertyAsync(asset, property, cancellationToken) ?? claim.Reason;
        if (!await ledger.FinishAsync(claim, cancellationToken))
        {
            database.ChangeTracker.Clear();
            return false;
        }
        audit.Record(Caller.Job(JobName), "ingest", "content_library", asset.Id, JsonSerializer.Serialize(new Dictionary<string, object?> { ["status"] = new { to = asset.Status }, ["reason"] = new { to = claim.Reason } }));
        await database.SaveChangesAsync(cancellationToken);
        if (described?.Seen is { Untagged: null } seen) await tags.RunAsync(asset.Id, seen, cancellationToken);
        if (described is not null) await StoreFeaturesAsync(asset, described, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        database.ChangeTracker.Clear();
        return true;
    }

    private async Task StoreFeaturesAsync(LibraryAsset asset, DescribedMedia described, CancellationToken cancellationToken)
    {
        var (features, seen) = (described.Features, described.Seen);
        var faces = seen?.Faces is { } found ? JsonSerializer.Serialize(found, FaceJson.Default.IReadOnlyListFaceBox) : null;
        var palette = features is null ? null : asset.ColorPalette;
        await database.Database.ExecuteSqlAsync($"""
            insert into marketing_ops.asset_features (asset_id, phash, embedding, thumbhash, sharpness, exposure, face_count, faces, palette, document_text)
            values ({asset.Id}, {features?.PerceptualHash}, {seen?.Tags.Embedding}, {features?.ThumbHash}, {features?.Sharpness}, {features?.Exposure}, {seen?.Faces?.Count}, {faces}::jsonb, {palette}::jsonb, {described.Text})
            on conflict (asset_id) do update
            set    phash = excluded.phash, embedding = excluded.embedding, thumbhash = excluded.thumbhash, sharpness = excluded.sharpness, exposure = excluded.exposure,
                   face_count = excluded.face_count, faces = excluded.faces, palette = excluded.palette, document_text = excluded.document_text, updated_at = now()
            """, cancellationToken);
    }

    // The properties belong to another team, so whether one exists is asked of the foreign key's own table.
    private async Task<string?> LinkPropertyAsync(LibraryAsset asset, string property, CancellationToken cancellationToken)
    {
        var tables = external.Value;
        if (!Guid.TryParse(property, out var propertyId)) return $"The metadata property_id '{property}' is no uuid; the asset hangs at no property.";
        if (!await database.Database.SqlQuery<bool>($"""select to_regclass({tables.Properties}) is not null as "Value" """).SingleAsync(cancellationToken))
            return $"There is no table {tables.Properties} yet; the asset hangs at no property.";
        // The names were checked at start to be identifiers.
        var exists = string.Concat("exists (select from ", tables.Properties, " where ", tables.PropertyId, " = {0})");
        var linked = await database.Database.ExecuteSqlRawAsync(string.Concat("""
            insert into marketing.property_content (property_id, library_asset_id, display_order)
            select {0}, {1}, coalesce((select max(display_order) + 1 from marketing.property_content where property_id = {0}), 0)
            """, " where ", exists, " on conflict (property_id, library_asset_id) do nothing"), [propertyId, asset.Id], cancellationToken);
        return linked == 1 || await database.PropertyContent.AnyAsync(row => row.PropertyId == propertyId && row.LibraryAssetId == asset.Id, cancellationToken)
            ? null
            : $"The metadata property_id {propertyId} names no property; the asset hangs at none.";
    }
}
