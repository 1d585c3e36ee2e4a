using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Marketing.Library;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Social.Publishing;

/// <summary>
/// Addresses under which a platform can fetch media. Files in our own storage are private: they get a read signature that ends after
/// 24 hours, and where the library holds a JPEG of an image that is none, the JPEG is taken. Other addresses go out as they are.
/// </summary>
public sealed class PublicMedia(NpgsqlDataSource database, BlobServiceClient storage, IOptions<LibraryOptions> library, TimeProvider clock)
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

    /// <summary>The addresses to give to a platform, each with the alternative text of the library asset behind it; null when there is none.</summary>
    public async Task<IReadOnlyList<(string Address, string? AltText)>> LoadAsync(IReadOnlyCollection<string> mediaUrls, CancellationToken cancellationToken)
    {
        if (mediaUrls.Count == 0) return [];
        await using var command = database.CreateCommand("""
            select wanted.url, asset.mime_type, asset.file_size_bytes, asset.alt_text, blob.renditions::text
            from   unnest($1) with ordinality wanted (url, number)
            left   join lateral (
                select own.* from marketing_ops.assets_at(wanted.url) found (id) join marketing.content_library own on own.id = found.id
                where  own.file_url = wanted.url order by own.created_at limit 1) asset on true
            left   join lateral (select renditions from marketing_ops.ingested_blobs b where b.asset_id = asset.id order by b.created_at desc limit 1) blob on true
            order  by wanted.number
            """);
        command.Parameters.AddWithValue(mediaUrls.ToArray());
        var found = new List<(string, string?)>(mediaUrls.Count);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                found.Add((Chosen(reader.GetString(0), Text(reader, 1), reader.IsDBNull(2) ? null : reader.GetInt64(2), Text(reader, 4)), Text(reader, 3)));
        var addresses = new List<(string, string?)>(found.Count);
        foreach (var (chosen, altText) in found) addresses.Add((await SignAsync(chosen, cancellationToken), altText));
        return addresses;
    }

    // The JPEG of a video is its poster; an address outside of the library has no type.
    private static string Chosen(string mediaUrl, string? mimeType, long? bytes, string? renditions) => (mimeType, bytes) switch
    {
        ("image/jpeg", null or <= MaxOriginalBytes) => mediaUrl,
        (not null, _) when mimeType.StartsWith("image/", StringComparison.Ordinal) => LargestJpeg(renditions) ?? mediaUrl,
        _ => mediaUrl,
    };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private async Task<string> SignAsync(string chosen, CancellationToken cancellationToken)
    {
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

    private string[] Containers =>
        [library.Value.UploadsContainer, library.Value.RenditionsContainer];

    private BlobUriBuilder? InOurStorage(Uri address)
    {
        if (!string.Equals(address.Authority, storage.Uri.Authority, StringComparison.OrdinalIgnoreCase)) return null;
        var blob = new BlobUriBuilder(address);
        return blob.AccountName == storage.AccountName && blob is { BlobContainerName.Length: > 0, BlobName.Length: > 0 } ? blob : null;
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
