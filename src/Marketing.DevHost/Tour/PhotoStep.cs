using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Marketing.DevHost.Tour;

/// <summary>A photograph dropped into blob storage becomes a row of <c>content_library</c> with thumbnail and tags.</summary>
internal sealed class PhotoStep(TourClient api, BlobServiceClient storage, string uploadsContainer, Narrator tell)
{
    public async Task<JsonNode> RunAsync(string photoPath, Guid propertyId, CancellationToken cancellationToken)
    {
        tell.Chapter("A photograph arrives",
            "The asset management system drops files into the container 'uploads'. Nobody calls an API: the blob trigger notices the file, "
            + "looks at its content, makes renditions from one decoding and asks the tagger what is to be seen.");

        var blobName = $"tour/{DateTimeOffset.UtcNow:yyyyMMdd-HHmmss}/pool.jpg";
        var blob = storage.GetBlobContainerClient(uploadsContainer).GetBlobClient(blobName);
        await blob.UploadAsync(photoPath, new BlobUploadOptions
        {
            Metadata = new Dictionary<string, string>
            {
                ["photographer"] = "Marketing tour",
                ["license_type"] = "demo",
                ["source"] = "dam",
                ["property_id"] = propertyId.ToString(),
            },
        }, cancellationToken);
        var sizeKb = new FileInfo(photoPath).Length / 1024;
        tell.Step($"uploaded a photograph ({sizeKb.ToString(CultureInfo.InvariantCulture)} KiB) as {uploadsContainer}/{blobName}");

        var watch = System.Diagnostics.Stopwatch.StartNew();
        var path = $"content_library?file_url=eq.{Uri.EscapeDataString(blob.Uri.AbsoluteUri)}&select=*";
        var asset = await api.WaitForAsync(path, row => row["status"]?.GetValue<string>() is "active" or "error", "the asset to become active", TimeSpan.FromSeconds(90), cancellationToken);
        if (asset["status"]!.GetValue<string>() == "error")
            throw new TourException($"The asset {asset["asset_id"]} went to status error: GET content_library/{asset["asset_id"]}/ingest tells why.");

        tell.Step($"{watch.Elapsed.TotalSeconds:0.0} s later GET /api/{path.Split('?')[0]} has the row");
        foreach (var column in new[] { "asset_id", "status", "mime_type", "dimensions", "orientation", "focal_point", "ai_tags", "ai_description", "alt_text", "thumbnail_url" })
            tell.Fact(column, asset[column]?.ToJsonString(ReadableJson.Options));

        var thumbnail = new BlobUriBuilder(new Uri(asset["thumbnail_url"]!.GetValue<string>()));
        var properties = await storage.GetBlobContainerClient(thumbnail.BlobContainerName).GetBlobClient(thumbnail.BlobName).GetPropertiesAsync(cancellationToken: cancellationToken);
        tell.Step($"the thumbnail is really there: {properties.Value.ContentType}, {properties.Value.ContentLength} bytes");

        var link = await api.GetAsync($"property_content?library_asset_id=eq.{asset["id"]}&select=property_id,display_order,is_hero", cancellationToken);
        tell.Step($"and it hangs at its property: {link.ToJsonString()}");
        return asset;
    }
}
