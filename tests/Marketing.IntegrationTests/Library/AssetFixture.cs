using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Marketing.IntegrationTests.Support;
using Marketing.Library.Uploads;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace Marketing.IntegrationTests.Library;

/// <summary>A function app whose clients bring files in themselves.</summary>
public sealed class AssetFixture(TestServers servers) : FunctionAppFixture(servers)
{
    public BlobContainerClient Uploads => Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads");

    public BlobContainerClient Staging => Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("staging");

    protected override async Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        settings["Library:Uploads:MaxPostedBytes"] = "1000000";
        await new BlobServiceClient(settings["AzureWebJobsStorage"]).GetBlobContainerClient("uploads").CreateIfNotExistsAsync();
    }

    /// <summary>A JPEG that no other call returns.</summary>
    public static byte[] Photo()
    {
        using var image = Image.Gaussnoise(64, 48, sigma: 40, mean: 128).Cast(Enums.BandFormat.Uchar);
        return image.JpegsaveBuffer();
    }

    /// <summary>Waits until an upload has become an asset.</summary>
    public async Task<JsonNode> AssetOfAsync(string id)
    {
        var report = await Eventually.BecomesAsync(() => GetAsync($"content_library/uploads/{id}"), found => (string?)found["asset_status"] is "active" or "error");
        return await GetAsync($"content_library/{report["asset"]}");
    }

    /// <summary>Sweeps once, under settings of the test's own.</summary>
    public async Task SweepAsync(params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        await using var services = Product.Build(settings);
        await services.GetRequiredService<SweepStagedUploads>().RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>An asset without a file, for tests of what surrounds it.</summary>
    public Task<JsonObject> AssetAsync(string name) => CreateAsync("content_library", new { filename = name, asset_type = "image", file_url = $"https://media.example.org/{Guid.NewGuid():N}/{name}", license_type = "own" });
}
