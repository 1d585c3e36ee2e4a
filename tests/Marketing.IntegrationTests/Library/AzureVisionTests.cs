using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Marketing.DevHost.Servers;
using Marketing.IntegrationTests.Support;
using Marketing.Library.Ingest;
using Marketing.Library.Tagging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NetVips;

namespace Marketing.IntegrationTests.Library;

/// <summary>Azure AI Vision, by a server that speaks Image Analysis 4.0 with its errors.</summary>
public sealed class AzureVisionTests(ProductFixture product) : IClassFixture<ProductFixture>, IAsyncLifetime
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private readonly int port = FreePort.Next();
    private readonly Queue<int> faults = new();
    private WebApplication server = null!;
    private ServiceProvider services = null!;
    private int calls;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        server = builder.Build();
        server.MapPost("/computervision/imageanalysis:analyze", AnalyseAsync);
        await server.StartAsync(Stop);
        services = product.Build([new("Library:Tagger", "azure_vision"), new("Library:AzureVision:Endpoint", $"http://127.0.0.1:{port}/"), new("Library:AzureVision:Key", Key)]);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Tags_are_the_trades_words_with_where_they_come_from()
    {
        var asset = await IngestAsync("vision.png");
        Assert.Equal("pool,exterior,palm tree", await product.QueryAsync<string>("select array_to_string(ai_tags, ',') from marketing.content_library where id = $1", asset));
        Assert.Equal("A swimming pool in front of a house.", await product.QueryAsync<string>("select ai_description from marketing.content_library where id = $1", asset));
        Assert.Equal("0.3", await product.QueryAsync<string>("select focal_point ->> 'x' from marketing.content_library where id = $1", asset));
        Assert.Equal("azure_vision 2024-02-01 0.98", await product.QueryAsync<string>("select tagger || ' ' || model || ' ' || confidence from marketing_ops.asset_tags where asset_id = $1 and tag = 'pool'", asset));
    }

    [Fact]
    public async Task A_busy_service_is_asked_again_and_a_silent_one_costs_tags_alone()
    {
        Arrange(429, 503);
        Assert.Contains("pool", await TagsAsync(await IngestAsync("busy.png")), StringComparison.Ordinal);
        Assert.Equal(3, calls);

        Arrange(401);
        var asset = await IngestAsync("refused.png");
        Assert.Equal(1, calls);
        Assert.Equal("", await TagsAsync(asset));
        Assert.Contains("did not answer", await product.QueryAsync<string>("select reason from marketing_ops.ingested_blobs where asset_id = $1", asset), StringComparison.Ordinal);
        Assert.Equal("active", await product.QueryAsync<string>("select status from marketing.content_library where id = $1", asset));

        await using (var scope = services.CreateAsyncScope()) Assert.True(await scope.ServiceProvider.GetRequiredService<RetagAsset>().RunAsync(asset, Stop));
        Assert.Contains("pool", await TagsAsync(asset), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_back_fill_stops_at_what_it_may_cost()
    {
        await using (var plain = product.Build()) for (var i = 0; i < 3; i++) await IngestAsync($"cost{i}.png", plain);
        await product.ExecuteAsync("delete from marketing_ops.asset_tagging where tagger = 'azure_vision'");
        await using var careful = product.Build(
            [
                new("Library:Tagger", "azure_vision"), new("Library:AzureVision:Endpoint", $"http://127.0.0.1:{port}/"), new("Library:AzureVision:Key", Key),
                new("Library:RetagPerRun", "10"), new("Library:PicturePrice", "0.003"), new("Library:CostPerDay", "0.005"),
            ]);
        await product.ExecuteAsync("delete from marketing_ops.asset_tagging");
        calls = 0;
        await careful.GetRequiredService<RetagAssets>().RunAsync(Stop);
        Assert.Equal(2, calls);
    }

    [Fact]
    public void An_answer_that_is_none_is_said_to_be_none()
    {
        foreach (var body in new[] { "", "[]", "{\"tagsResult\":{}}", "{\"tagsResult\":{\"values\":[{\"name\":3}]}}" })
            Assert.Throws<HttpRequestException>(() => AzureVisionTagger.Read(body));
        Assert.Empty(AzureVisionTagger.Read("{\"modelVersion\":\"2023-10-01\",\"metadata\":{\"width\":10,\"height\":10},\"tagsResult\":{\"values\":[]}}").Tags);
    }

    private void Arrange(params int[] statuses)
    {
        foreach (var status in statuses) faults.Enqueue(status);
        calls = 0;
    }

    private async Task AnalyseAsync(HttpContext context)
    {
        calls++;
        var (request, response) = (context.Request, context.Response);
        if (request.Headers["Ocp-Apim-Subscription-Key"] != Key)
        {
            await RefuseAsync(401, "401", "Access denied due to invalid subscription key or wrong API endpoint.");
            return;
        }
        if (faults.TryDequeue(out var status))
        {
            if (status == 429) response.Headers.RetryAfter = "0";
            await RefuseAsync(status, status == 429 ? "429" : "InternalServerError", "Arranged.");
            return;
        }
        if (request.Query["api-version"] != "2024-02-01" || request.ContentType != "application/octet-stream")
        {
            await RefuseAsync(400, "InvalidRequest", "The request is invalid.");
            return;
        }
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, Stop);
        using var image = Image.NewFromBuffer(body.ToArray());
        var answer = new JsonObject
        {
            ["modelVersion"] = "2023-10-01",
            ["captionResult"] = new JsonObject { ["text"] = "a swimming pool in front of a house", ["confidence"] = 0.87 },
            ["metadata"] = new JsonObject { ["width"] = image.Width, ["height"] = image.Height },
            ["tagsResult"] = new JsonObject { ["values"] = new JsonArray(Tag("swimming pool", 0.98), Tag("house", 0.9), Tag("outdoor", 0.85), Tag("palm tree", 0.6), Tag("person", 0.9), Tag("cloud", 0.2)) },
            ["smartCropsResult"] = new JsonObject { ["values"] = new JsonArray(new JsonObject { ["aspectRatio"] = 1.0, ["boundingBox"] = new JsonObject { ["x"] = image.Width / 10, ["y"] = 0, ["w"] = image.Width * 4 / 10, ["h"] = image.Height } }) },
        };
        await response.WriteAsJsonAsync(answer, Stop);

        Task RefuseAsync(int code, string name, string message)
        {
            response.StatusCode = code;
            return response.WriteAsJsonAsync(new JsonObject { ["error"] = new JsonObject { ["code"] = name, ["message"] = message } }, Stop);
        }

        static JsonObject Tag(string name, double confidence) => new() { ["name"] = name, ["confidence"] = confidence };
    }

    private Task<string> TagsAsync(Guid asset) => product.QueryAsync<string>("select coalesce(array_to_string(ai_tags, ','), '') from marketing.content_library where id = $1", asset);

    private async Task<Guid> IngestAsync(string name, ServiceProvider? with = null)
    {
        var uploads = product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads");
        await uploads.CreateIfNotExistsAsync(cancellationToken: Stop);
        using var noise = Image.Gaussnoise(60, 48);
        await uploads.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(noise.Cast(Enums.BandFormat.Uchar).PngsaveBuffer()), overwrite: true, Stop);
        await using var scope = (with ?? services).CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IngestBlob>().RunAsync(uploads.GetBlobClient(name), Stop);
        return await product.QueryAsync<Guid>("select asset_id from marketing_ops.ingested_blobs where blob_name = $1 and state = 'active'", name);
    }
}
