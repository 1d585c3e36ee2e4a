using Marketing.Data;
using Marketing.Library.Ingest;
using Marketing.Library.Renditions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Marketing.Library.Tagging;

/// <summary>Looks at a stored picture again, with the tagger that is configured now.</summary>
internal sealed class RetagAsset(MarketingDbContext database, StoreRenditions renditions, SeeImage see, RecordTags record, IOptions<LibraryOptions> options)
{
    /// <summary>Looks and records.</summary>
    /// <returns>False when the asset has no picture.</returns>
    /// <exception cref="Azure.RequestFailedException">The storage failed.</exception>
    public async Task<bool> RunAsync(Guid assetId, CancellationToken cancellationToken)
    {
        var sha256 = await database.IngestedBlobs.AsNoTracking().Where(blob => blob.AssetId == assetId && blob.State == "active").Select(blob => blob.Sha256).FirstOrDefaultAsync(cancellationToken);
        // The preview has all that a tagger looks at, and is there for videos and documents too.
        if (sha256 is null || await renditions.ReadAsync($"{RenditionName.Of(assetId, sha256).Prefix}preview.jpg", cancellationToken) is not { } preview) return false;
        using var file = new TemporaryPicture(TemporaryPicture.NewPath());
        await File.WriteAllBytesAsync(file.Path!, preview, cancellationToken);
        using var photograph = Photograph.Decode(file.Path!, FileSignature.Jpeg, options.Value);
        var seen = await see.RunAsync(photograph, cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await record.RunAsync(assetId, seen, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
