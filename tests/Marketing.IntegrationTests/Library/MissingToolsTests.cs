using System.Net;
using Azure.Storage.Blobs;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Library;

/// <summary>A function app on a machine with none of the programs that look into video and PDF.</summary>
public sealed class BareMachineFixture(TestServers servers) : FunctionAppFixture(servers)
{
    protected override async Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        settings["PATH"] = "/nonexistent";
        await new BlobServiceClient(settings["AzureWebJobsStorage"]).GetBlobContainerClient("uploads").CreateIfNotExistsAsync();
    }
}

public sealed class MissingToolsTests(BareMachineFixture app) : IClassFixture<BareMachineFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Assets_are_usable_and_say_what_the_machine_lacks()
    {
        foreach (var (name, says) in new[] { ("rotated.mp4", "no ffmpeg"), ("cover.mp3", "no ffmpeg"), ("words.pdf", "no pdftoppm") })
        {
            var content = name == "words.pdf" ? Corpus.All().Single(file => file.Name == name).Content : Corpus.Kept(name);
            await app.Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads").GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true, Stop);
            await Eventually.BecomesAsync(() => app.Product.QueryAsync<long>("select count(*) from marketing_ops.ingested_blobs where blob_name = $1 and state = 'active'", name), found => found == 1);
            var asset = await app.Product.QueryAsync<Guid>("select asset_id from marketing_ops.ingested_blobs where blob_name = $1", name);
            Assert.Equal("active", (string)(await app.GetAsync($"content_library/{asset}"))["status"]!);
            Assert.Contains(says, (string)(await app.GetAsync($"content_library/{asset}/ingest"))["reason"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Health_names_them_and_stays_ready()
    {
        using var response = await app.AnonymousClient().GetAsync("health/ready", Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var health = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
        Assert.Equal("ready", (string)health["status"]!);
        Assert.Equal("missing", (string)health["media_tools"]!["status"]!);
        Assert.Contains("ffmpeg", (string)health["media_tools"]!["detail"]!, StringComparison.Ordinal);
        Assert.Contains("pdftoppm", (string)health["media_tools"]!["detail"]!, StringComparison.Ordinal);
    }
}
