using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Marketing.IntegrationTests.Support;
using Marketing.Library.Ingest;
using Marketing.Library.Tagging;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace Marketing.IntegrationTests.Library;

/// <summary>What a person wrote stays, whoever tags. The chat model is the only stand-in.</summary>
public sealed class TaggingTests(ProductFixture product) : IClassFixture<ProductFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Words_of_a_person_stay_and_a_removed_tag_never_comes_back()
    {
        var model = new Model { Answer = Answer("A pool.", ("pool", 0.9), ("palm", 0.8), ("sky", 0.5)) };
        await using var services = product.Build(register: registered => registered.AddSingleton<IChatClient>(model));
        var asset = await IngestAsync(services, "kept.png");
        Assert.Equal("pool,palm,sky", await TagsAsync(asset));
        Assert.Equal("A pool.", await TextAsync("ai_description", asset));

        await product.ExecuteAsync("""update marketing.content_library set ai_tags = '{pool,sky,our favourite}', alt_text = 'Ana wrote this', focal_point = '{"x":0.1,"y":0.2}' where id = $1""", asset);
        model.Answer = Answer("A pool at dusk.", ("palm", 0.95), ("pool", 0.9), ("dusk", 0.7));
        await RetagAsync(services, asset);
        Assert.Equal("our favourite,pool,dusk", await TagsAsync(asset));
        Assert.Equal("A pool at dusk.", await TextAsync("ai_description", asset));
        Assert.Equal("Ana wrote this", await TextAsync("alt_text", asset));
        Assert.Equal("0.1", await TextAsync("focal_point ->> 'x'", asset));

        await RetagAsync(services, asset);
        Assert.Equal("our favourite,pool,dusk", await TagsAsync(asset));
        Assert.Equal(3 * 1000L, await product.QueryAsync<long>("select input_tokens from marketing_ops.asset_tagging where asset_id = $1", asset));
        Assert.Equal("chat vision-1 0.9", await product.QueryAsync<string>("select tagger || ' ' || model || ' ' || confidence from marketing_ops.asset_tags where asset_id = $1 and tag = 'pool'", asset));
        Assert.True(await product.QueryAsync<bool>("select removed_at is not null from marketing_ops.asset_tags where asset_id = $1 and tag = 'palm'", asset));
    }

    [Fact]
    public async Task The_back_fill_stops_at_its_budget()
    {
        await using (var plain = product.Build()) for (var i = 0; i < 3; i++) await IngestAsync(plain, $"budget{i}.png");
        var model = new Model { Answer = Answer("A house.", ("exterior", 0.9)) };
        await using var services = product.Build([new("Library:RetagPerRun", "10"), new("Library:TokensPerDay", "2000")], registered => registered.AddSingleton<IChatClient>(model));
        await product.ExecuteAsync("delete from marketing_ops.asset_tagging where tagger = 'chat'");
        await services.GetRequiredService<RetagAssets>().RunAsync(Stop);
        // 1,100 tokens a picture: the second crosses the budget, the third is not begun.
        Assert.Equal(2, model.Calls);
    }

    [Fact]
    public void An_answer_out_of_bounds_is_brought_back()
    {
        var read = ChatTagger.Read("""Sure: {"tags":[{"tag":" Pool ","confidence":7},{"tag":"pool","confidence":0.5},{"tag":"doubt","confidence":0.1}],"description":" ","alt_text":"x","focus_x":-3,"focus_y":2}""");
        Assert.Equal([new AssetTag("pool", 1)], read.Tags);
        Assert.Equal((0, 1), read.Focus);
        Assert.Null(read.Description);
    }

    private static string Answer(string description, params (string Tag, double Confidence)[] tags) => new JsonObject
    {
        ["tags"] = new JsonArray([.. tags.Select(tag => new JsonObject { ["tag"] = tag.Tag, ["confidence"] = tag.Confidence })]),
        ["description"] = description,
        ["alt_text"] = description,
        ["focus_x"] = 0.5,
        ["focus_y"] = 0.6,
    }.ToJsonString();

    private static async Task<Guid> IngestAsync(ServiceProvider services, string name)
    {
        var uploads = services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads");
        await uploads.CreateIfNotExistsAsync(cancellationToken: Stop);
        await uploads.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(Image.Gaussnoise(64, 48).Cast(Enums.BandFormat.Uchar).PngsaveBuffer()), overwrite: true, Stop);
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IngestBlob>().RunAsync(uploads.GetBlobClient(name), Stop);
        var database = services.GetRequiredService<Npgsql.NpgsqlDataSource>();
        await using var command = database.CreateCommand("select asset_id from marketing_ops.ingested_blobs where blob_name = $1 and state = 'active'");
        command.Parameters.AddWithValue(name);
        return (Guid)(await command.ExecuteScalarAsync(Stop))!;
    }

    private static async Task RetagAsync(ServiceProvider services, Guid asset)
    {
        await using var scope = services.CreateAsyncScope();
        Assert.True(await scope.ServiceProvider.GetRequiredService<RetagAsset>().RunAsync(asset, Stop));
    }

    private Task<string> TagsAsync(Guid asset) => product.QueryAsync<string>("select array_to_string(ai_tags, ',') from marketing.content_library where id = $1", asset);

    private Task<string> TextAsync(string column, Guid asset) => product.QueryAsync<string>($"select {column} from marketing.content_library where id = $1", asset);

    private sealed class Model : IChatClient
    {
        public required string Answer { get; set; }

        public int Calls { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            Assert.Contains(messages, message => message.Contents.OfType<DataContent>().Any(content => content.MediaType == "image/jpeg"));
            Assert.IsType<ChatResponseFormatJson>(options!.ResponseFormat);
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Answer)) { Usage = new UsageDetails { InputTokenCount = 1000, OutputTokenCount = 100 } });
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("stand-in", null, "vision-1") : null;

        public void Dispose() { }
    }
}
