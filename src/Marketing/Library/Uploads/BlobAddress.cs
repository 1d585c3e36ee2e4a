using Azure.Storage.Blobs;
using Azure.Storage.Sas;

namespace Marketing.Library.Uploads;

/// <summary>
/// Signs addresses of single blobs: by the account key where there is one (Azurite), else by a user delegation key of the product's identity.
/// </summary>
internal sealed class BlobAddress(BlobServiceClient storage, TimeProvider clock)
{
    /// <summary>An address that allows this and nothing else until then.</summary>
    /// <exception cref="Azure.RequestFailedException">The storage gives no delegation key.</exception>
    public async Task<Uri> SignAsync(BlobClient blob, BlobSasPermissions permissions, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var signature = new BlobSasBuilder(permissions, expiresAt)
        {
            BlobContainerName = blob.BlobContainerName,
            BlobName = blob.Name,
            StartsOn = clock.GetUtcNow().AddMinutes(-15), // clocks differ
            Protocol = storage.Uri.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };
        if (blob.CanGenerateSasUri) return blob.GenerateSasUri(signature);
        var key = await storage.GetUserDelegationKeyAsync(signature.StartsOn, signature.ExpiresOn, cancellationToken);
        return new BlobUriBuilder(blob.Uri) { Sas = signature.ToSasQueryParameters(key.Value, storage.AccountName) }.ToUri();
    }
}
