using Azure.Storage.Blobs;
using Marketing.IntegrationTests.Support;
using Marketing.Library.Ingest;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace Marketing.IntegrationTests.Library;

public sealed class IngestTests(IngestFixture app) : IClassFixture<IngestFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_photograph_becomes_a_described_row_with_thumbnails()
    {
        var property = await app.Product.QueryAsync<Guid>("select id from property.properties order by property_code limit 1");
        var asset = await app.IngestAsync("houses/pool day.jpg", await ReadAsync(app.Photographs.Pool), new Dictionary<string, string>
        {
            ["photographer"] = "Ana",
            ["license_type"] = "own",
            ["source"] = "dam",
            ["tags"] = "summer, garden",
            ["alt_text"] = Uri.EscapeDataString("A pool – blue"),
            ["property_id"] = property.ToString(),
        });
        Assert.Equal("active", (string)asset["status"]!);
        Assert.Equal("pool day.jpg", (string)asset["filename"]!);
        Assert.Equal("image/jpeg", (string)asset["mime_type"]!);
        Assert.Equal("landscape", (string)asset["orientation"]!);
        Assert.Equal(800, (int)asset["dimensions"]!["width"]!);
        Assert.Equal(533, (int)asset["dimensions"]!["height"]!);
        Assert.Equal("Ana", (string)asset["photographer"]!);
        Assert.Equal("A pool – blue", (string)asset["alt_text"]!);
        Assert.Equal(["summer", "garden"], asset["tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.Contains("pool", asset["ai_tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.InRange((double)asset["focal_point"]!["y"]!, 0.4, 1.0);
        Assert.InRange(asset["color_palette"]!.AsArray().Count, 2, 5);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.property_content where property_id = $1 and library_asset_id = $2", property, Guid.Parse((string)asset["id"]!)));

        var ingest = await app.GetAsync($"content_library/{asset["asset_id"]}/ingest");
        foreach (var rendition in ingest["renditions"]!.AsArray())
        {
            var content = await DownloadAsync((string)rendition!["url"]!);
            using var image = Image.NewFromBuffer(content);
            Assert.Equal(((int)rendition["width"]!, (int)rendition["height"]!), (image.Width, image.Height));
        }
        Assert.Equal(4, ingest["renditions"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_file_deleted_before_its_ingest_ended_does_not_stay_in_processing()
    {
        var id = Guid.CreateVersion7();
        await app.Product.ExecuteAsync("insert into marketing.content_library (id, filename, asset_type, file_url, status) values ($1, 'gone.jpg', 'image', 'http://x/gone.jpg', 'processing')", id);
        await app.Product.ExecuteAsync("insert into marketing_ops.ingested_blobs (container, blob_name, asset_id, e_tag, state, leased_until) values ('uploads', 'gone.jpg', $1, '\"1\"', 'processing', now() - interval '1 minute')", id);
        await using var scope = app.Product.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SweepUploads>().RunAsync(Stop);
        Assert.Equal("error", (string)(await app.GetAsync($"content_library/{id}"))["status"]!);
        Assert.Contains("deleted", (string)(await app.GetAsync($"content_library/{id}/ingest"))["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_property_table_that_is_not_there_yet_costs_the_link_alone()
    {
        await using var services = app.Product.Build([new("ExternalTables:Properties", "property.absent")]);
        var container = services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("late");
        await container.CreateIfNotExistsAsync(cancellationToken: Stop);
        var blob = container.GetBlobClient("linked.png");
        var metadata = new Dictionary<string, string> { ["property_id"] = Guid.NewGuid().ToString() };
        await blob.UploadAsync(BinaryData.FromBytes(Image.Black(40, 30).PngsaveBuffer()), new Azure.Storage.Blobs.Models.BlobUploadOptions { Metadata = metadata }, Stop);
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IngestBlob>().RunAsync(blob, Stop);
        Assert.Equal("active There is no table property.absent yet; the asset hangs at no property.",
            await app.Product.QueryAsync<string>("select state || ' ' || reason from marketing_ops.ingested_blobs where container = 'late'"));
    }

    [Fact]
    public async Task Tags_of_real_photographs_are_sensible()
    {
        foreach (var (file, tag) in new[] { (app.Photographs.Bedroom, "interior"), (app.Photographs.Kitchen, "dining area"), (app.Photographs.Sofa, "sofa"), (app.Photographs.Seashore, "beach"), (app.Photographs.MountainLake, "mountains") })
        {
            var asset = await app.IngestAsync($"tags/{tag}.jpg", await ReadAsync(file));
            var tags = asset["ai_tags"]!.AsArray().Select(found => (string)found!).ToList();
            TestContext.Current.TestOutputHelper!.WriteLine($"{tag}: {string.Join(", ", tags)}; {asset["focal_point"]}");
            Assert.Contains(tag, tags);
        }
    }

    [Fact]
    public async Task Repeated_and_simultaneous_triggers_make_one_row_and_one_set_of_files()
    {
        var asset = await app.IngestAsync("again.jpg", await ReadAsync(app.Photographs.Villa));
        var before = await RenditionsAsync((string)asset["id"]!);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RunInProcessAsync("again.jpg")));
        var blob = app.Uploads.GetBlobClient("together.jpg");
        await blob.UploadAsync(await ReadAsync(app.Photographs.Patio), overwrite: true, Stop);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RunInProcessAsync("together.jpg")));
        await Eventually.BecomesAsync(() => app.Product.QueryAsync<long>("select count(*) from marketing.content_library where filename = 'together.jpg' and status = 'active'"), active => active == 1);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.content_library where filename = 'again.jpg'"));
        Assert.Equal(before, await RenditionsAsync((string)asset["id"]!));
    }

    [Fact]
    public async Task An_overwritten_blob_updates_its_row_and_leaves_no_old_files()
    {
        var first = await app.IngestAsync("changing.jpg", await ReadAsync(app.Photographs.Pool));
        var second = await app.IngestAsync("changing.jpg", await ReadAsync(app.Photographs.Bedroom));
        Assert.Equal((string)first["id"]!, (string)second["id"]!);
        Assert.NotEqual(first["dimensions"]!.ToJsonString(), second["dimensions"]!.ToJsonString());
        Assert.NotEqual((string)first["thumbnail_url"]!, (string)second["thumbnail_url"]!);
        // The old files go after the row shows the new ones, so that no reader meets a name without a file.
        await Eventually.BecomesAsync(async () => (await RenditionsAsync((string)second["id"]!)).Count, files => files == 4);
    }

    [Fact]
    public async Task Rotated_photographs_stand_upright()
    {
        using var image = Image.NewFromFile(app.Photographs.Pool);
        using var turned = image.Mutate(mutable => mutable.Set(GValue.GIntType, "orientation", 6));
        var asset = await app.IngestAsync("turned.jpg", BinaryData.FromBytes(turned.JpegsaveBuffer()));
        Assert.Equal("portrait", (string)asset["orientation"]!);
        Assert.Equal(533, (int)asset["dimensions"]!["width"]!);
    }

    [Fact]
    public async Task Bad_files_end_in_error_with_a_reason()
    {
        var photo = await ReadAsync(app.Photographs.Villa);
        using var huge = Image.Black(8000, 8000);
        foreach (var (name, content, says) in new (string, BinaryData, string)[]
                 {
                     ("empty.jpg", BinaryData.Empty, "empty"),
                     ("text.jpg", BinaryData.FromString("This is no photograph.\n"), "content is a text document"),
                     ("cut.jpg", BinaryData.FromBytes(photo.ToArray()[..(photo.ToArray().Length / 2)]), "damaged or cut off"),
                     ("bomb.png", BinaryData.FromBytes(huge.PngsaveBuffer()), "8000 × 8000 pixels"),
                     ("noise.bin", BinaryData.FromBytes(new byte[] { 0, 1, 2, 3, 4, 5, 6, 7 }), "no type that the library knows"),
                 })
        {
            var asset = await app.IngestAsync(name, content);
            Assert.Equal("error", (string)asset["status"]!);
            Assert.Contains(says, (string)(await app.GetAsync($"content_library/{asset["asset_id"]}/ingest"))["reason"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Names_of_every_kind_are_ingested()
    {
        var photo = await ReadAsync(app.Photographs.Pool);
        foreach (var name in new[] { "o'neill \"quoted\".jpg", "🌊 praia.jpg", $"{new string('x', 200)}.jpg", "a;drop table.jpg", "folder.with.dots/...jpg" })
        {
            var asset = await app.IngestAsync(name, photo);
            Assert.Equal(name.Split('/')[^1], (string)asset["filename"]!);
            Assert.Equal("active", (string)asset["status"]!);
        }
    }

    private async Task RunInProcessAsync(string name)
    {
        await using var scope = app.Product.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IngestBlob>().RunAsync(app.Uploads.GetBlobClient(name), Stop);
    }

    private async Task<List<string>> RenditionsAsync(string assetId)
    {
        var names = new List<string>();
        await foreach (var blob in app.Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("renditions").GetBlobsAsync(
            Azure.Storage.Blobs.Models.BlobTraits.None, Azure.Storage.Blobs.Models.BlobStates.None, $"{assetId}/", Stop)) names.Add($"{blob.Name} {blob.Properties.ETag}");
        return names;
    }

    private async Task<byte[]> DownloadAsync(string url)
    {
        var address = new BlobUriBuilder(new Uri(url));
        var blob = app.Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient(address.BlobContainerName).GetBlobClient(address.BlobName);
        return (await blob.DownloadContentAsync(Stop)).Value.Content.ToArray();
    }

    private static async Task<BinaryData> ReadAsync(string file) => BinaryData.FromBytes(await File.ReadAllBytesAsync(file, Stop));
}
