using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Marketing.Data;
using Marketing.Library;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Publishing;

/// <summary>
/// Addresses under which a platform can fetch media. Files in our own storage are private: they get a read signature that ends after
/// 24 hours, and where the library holds a JPEG of an image that is none, the JPEG is taken. Other addresses go out as they are.
/// </summary>
public sealed class PublicMedia(MarketingDbContext database, BlobServiceClient storage, IOptions<LibraryOptions> library, TimeProvider clock)
{
    /// <summary>Longest time that a platform may take to fetch a file.</summary>
    public static readonly TimeSpan SignatureLife = TimeSpan.FromHours(24);

    /// <summary>What is wrong with an address; null when a platform could be given it.</summary>
    public string? Problem(string mediaUrl)
    {
        if (!Uri.TryCreate(mediaUrl, UriKind.Absolute, out var address)) return $"'{mediaUrl}' is not an absolute address.";
        if (InOurStorage(address) is { } blob)
        {
            return Containers.Contains(blob.BlobContainerName)
                ? null
                : $"Files of the container '{blob.BlobContainerName}' are not published. Use an asset of the library ({string.Join(" or ", Containers)}).";
        }

        return Operations.Outbound.PublicAddress.Problem(address, allowHttp: false);
    }

    /// <summary>The address to give to a platform.</summary>
    public async Task<string> AddressAsync(string mediaUrl, CancellationToken cancellationToken)
    {
        var chosen = await PreferJpegAsync(mediaUrl, cancellationToken);
        if (InOurStorage(new Uri(chosen)) is not { } blob || !Containers.Contains(blob.BlobContainerName)) return chosen;

        var client = storage.GetBlobContainerClient(blob.BlobContainerName).GetBlobClient(blob.BlobName);
        var now = clock.GetUtcNow();
        var signature = new BlobSasBuilder(BlobSasPermissions.Read, now + SignatureLife)
        {
            BlobContainerName = blob.BlobContainerName,
            BlobName = blob.BlobName,
            StartsOn = now.AddMinutes(-15), // clocks differ
        };
        if (client.CanGenerateSasUri) return client.GenerateSasUri(signature).AbsoluteUri;

        var key = await storage.GetUserDelegationKeyAsync(signature.StartsOn, signature.ExpiresOn, cancellationToken);
        return new BlobUriBuilder(client.Uri) { Sas = signature.ToSasQueryParameters(key.Value, storage.AccountName) }.ToUri().AbsoluteUri;
    }

    /// <summary>Alternative text of the library asset behind an address; null when there is none.</summary>
    public Task<string?> AltTextAsync(string mediaUrl, CancellationToken cancellationToken) =>
        database.LibraryAssets.Where(asset => asset.FileUrl == mediaUrl).Select(asset => asset.AltText).FirstOrDefaultAsync(cancellationToken);

    /// <summary>The library assets that the addresses belong to, by the file itself or by one of its renditions.</summary>
    public async Task<List<Guid>> AssetsBehindAsync(string[] mediaUrls, CancellationToken cancellationToken) => await database.Database.SqlQuery<Guid>($"""
        select asset.id as "Value"
        from   marketing.content_library asset
        where  asset.file_url = any({mediaUrls}) or asset.thumbnail_url = any({mediaUrls})
        union
        select blob.asset_id
        from   marketing_ops.ingested_blobs blob
        join   marketing.content_library asset on asset.id = blob.asset_id
        cross  join jsonb_array_elements(case when jsonb_typeof(blob.renditions) = 'array' then blob.renditions else '[]' end) rendition
        where  rendition ->> 'url' = any({mediaUrls})
        """).ToListAsync(cancellationToken);

    private string[] Containers =>
        [library.Value.UploadsContainer, library.Value.RenditionsContainer];

    private BlobUriBuilder? InOurStorage(Uri address)
    {
        if (!string.Equals(address.Authority, storage.Uri.Authority, StringComparison.OrdinalIgnoreCase)) return null;
        var blob = new BlobUriBuilder(address);
        return blob.AccountName == storage.AccountName && blob is { BlobContainerName.Length: > 0, BlobName.Length: > 0 } ? blob : null;
    }

    private async Task<string> PreferJpegAsync(string mediaUrl, CancellationToken cancellationToken)
    {
        var asset = await database.LibraryAssets.AsNoTracking().FirstOrDefaultAsync(row => row.FileUrl == mediaUrl, cancellationToken);
        if (asset is null || asset is { MimeType: "image/jpeg", FileSizeBytes: null or <= MaxOriginalBytes }) return mediaUrl;
        if (asset.MimeType?.StartsWith("image/", StringComparison.Ordinal) != true) return mediaUrl; // The JPEG of a video is its poster.

        var renditions = await database.IngestedBlobs.Where(blob => blob.AssetId == asset.Id).Select(blob => blob.Renditions).FirstOrDefaultAsync(cancellationToken);
        return LargestJpeg(renditions) ?? mediaUrl;
    }

    /// <summary>The widest JPEG of a list of renditions; null when there is none.</summary>
    internal static string? LargestJpeg(string? renditions)
    {
        if (renditions is null) return null;
        using var document = JsonDocument.Parse(renditions);
        return document.RootElement.ValueKind != JsonValueKind.Array ? null : document.RootElement.EnumerateArray()
            .Where(rendition => Text(rendition, "format") is "jpeg" or "jpg" or "image/jpeg" && Text(rendition, "url") is not null)
            .OrderByDescending(rendition => rendition.TryGetProperty("width", out var width) && width.TryGetInt32(out var pixels) ? pixels : 0)
            .Select(rendition => Text(rendition, "url"))
            .FirstOrDefault();
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Instagram takes images up to 8 MB; a larger JPEG gives way to its rendition.
    private const long MaxOriginalBytes = 8_000_000;
}
