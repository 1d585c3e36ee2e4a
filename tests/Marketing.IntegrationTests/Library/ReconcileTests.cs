using Azure.Storage.Blobs;
using Marketing.IntegrationTests.Support;
using Marketing.Library.Ingest;
using Marketing.Library.Ingest.Reconcile;
using Marketing.Library.Renditions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NetVips;

namespace Marketing.IntegrationTests.Library;

/// <summary>What lost events and workers killed at any line leave behind, and that it goes or is taken up. No trigger runs here.</summary>
public sealed class ReconcileTests(ProductFixture product) : IClassFixture<ProductFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private BlobServiceClient Storage => product.Services.GetRequiredService<BlobServiceClient>();

    private BlobContainerClient Uploads => Storage.GetBlobContainerClient("uploads");

    private BlobContainerClient Renditions => Storage.GetBlobContainerClient("renditions");

    [Fact]
    public async Task A_blob_whose_event_never_came_is_ingested()
    {
        await UploadAsync("lost-event.png", 60);
        // A blob that has just come is its trigger's.
        await ReconcileAsync(TimeSpan.Zero);
        Assert.Equal(0L, await CountAsync("lost-event.png"));
        await ReconcileAsync(TimeSpan.FromMinutes(3));
        await SweepAsync();
        Assert.Equal("active", await StateAsync("lost-event.png"));

        // The event of a newer version can be lost too.
        await UploadAsync("lost-event.png", 90);
        await ReconcileAsync(TimeSpan.FromMinutes(3));
        await SweepAsync();
        Assert.Equal("""{"width": 90, "height": 40}""", await product.QueryAsync<string>("select dimensions::text from marketing.content_library where filename = 'lost-event.png'"));
    }

    [Fact]
    public async Task Files_of_a_worker_killed_between_commit_and_removal_go()
    {
        await UploadAsync("killed.png", 70);
        var asset = await IngestAsync("killed.png");
        var stale = Renditions.GetBlobClient($"{asset}/0123456789ab/preview.jpg");
        await stale.UploadAsync(BinaryData.FromString("old"), Stop);
        var nobodys = Renditions.GetBlobClient($"{Guid.NewGuid()}/0123456789ab/preview.jpg");
        await nobodys.UploadAsync(BinaryData.FromString("old"), Stop);
        await ReconcileAsync(TimeSpan.FromMinutes(1));
        Assert.True(await stale.ExistsAsync(Stop), "a worker could still be writing it");
        await ReconcileAsync(TimeSpan.FromHours(1));
        Assert.False(await stale.ExistsAsync(Stop));
        Assert.False(await nobodys.ExistsAsync(Stop));
        Assert.Equal(4, (await NamesAsync(asset)).Count);
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_removes_nothing_of_the_next_one()
    {
        await UploadAsync("overtaken.png", 50);
        var asset = await IngestAsync("overtaken.png");
        var owner = RenditionName.Of(asset, await product.QueryAsync<byte[]>("select sha256 from marketing_ops.ingested_blobs where asset_id = $1", asset));
        var store = product.Services.GetRequiredService<StoreRenditions>();
        var listed = await store.OthersAsync(owner with { ContentHash = "ffffffffffff" }, Stop);
        Assert.Equal(4, listed.Count);
        // The next worker writes one of them again before the first comes to remove it.
        await store.WriteAsync(listed[0].Name, "jpg", [1, 2, 3], Stop);
        await store.RemoveAsync(listed, Stop);
        Assert.Equal([listed[0].Name], await NamesAsync(asset));
    }

    [Fact]
    public async Task An_active_asset_without_its_original_says_so()
    {
        await UploadAsync("vanished.png", 55);
        var asset = await IngestAsync("vanished.png");
        await Uploads.DeleteBlobAsync("vanished.png", cancellationToken: Stop);
        await ReconcileAsync(TimeSpan.FromMinutes(3));
        Assert.Equal("error", await product.QueryAsync<string>("select status from marketing.content_library where id = $1", asset));
        Assert.Contains("no longer in storage", await product.QueryAsync<string>("select reason from marketing_ops.ingested_blobs where asset_id = $1", asset), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_kills_every_worker_is_given_up_with_a_reason()
    {
        await UploadAsync("killer.png", 45);
        await ReconcileAsync(TimeSpan.FromMinutes(3));
        for (var attempt = 1; attempt <= IngestLedger.MaxAttempts; attempt++)
        {
            await using var scope = product.Services.CreateAsyncScope();
            var etag = (await Uploads.GetBlobClient("killer.png").GetPropertiesAsync(cancellationToken: Stop)).Value.ETag.ToString("H");
            Assert.NotNull(await scope.ServiceProvider.GetRequiredService<IngestLedger>().ClaimAsync("uploads", "killer.png", etag, Stop));
            // The worker dies here.
            await product.ExecuteAsync("update marketing_ops.ingested_blobs set leased_until = now() - interval '1 second' where blob_name = 'killer.png'");
        }
        await SweepAsync();
        Assert.Equal("error", await StateAsync("killer.png"));
        Assert.Contains("Every worker", await product.QueryAsync<string>("select reason from marketing_ops.ingested_blobs where blob_name = 'killer.png'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_upload_that_fails_does_not_hold_up_the_others()
    {
        await product.ExecuteAsync("insert into marketing_ops.ingested_blobs (container, blob_name, asset_id, e_tag, state, created_at) values ('uploads', 'broken/../\u0001', gen_random_uuid(), '\"1\"', 'processing', now() - interval '1 hour')".Replace("\u0001", new string('n', 2000), StringComparison.Ordinal));
        await UploadAsync("behind.png", 35);
        await ReconcileAsync(TimeSpan.FromMinutes(3));
        await SweepAsync();
        Assert.Equal("active", await StateAsync("behind.png"));
    }

    private async Task UploadAsync(string name, int width)
    {
        await Uploads.CreateIfNotExistsAsync(cancellationToken: Stop);
        await Uploads.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(Image.Black(width, 40).PngsaveBuffer()), overwrite: true, Stop);
    }

    private async Task<Guid> IngestAsync(string name)
    {
        await using var scope = product.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IngestBlob>().RunAsync(Uploads.GetBlobClient(name), Stop);
        return await product.QueryAsync<Guid>("select asset_id from marketing_ops.ingested_blobs where blob_name = $1 and state = 'active'", name);
    }

    private async Task ReconcileAsync(TimeSpan later)
    {
        await using var services = product.Build(register: registered => registered.AddSingleton<TimeProvider>(new FakeTimeProvider(DateTimeOffset.UtcNow + later)));
        await services.GetRequiredService<ReconcileMedia>().RunAsync(Stop);
    }

    private async Task SweepAsync()
    {
        await using var scope = product.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SweepUploads>().RunAsync(Stop);
    }

    private Task<string> StateAsync(string name) => product.QueryAsync<string>("select state from marketing_ops.ingested_blobs where blob_name = $1", name);

    private Task<long> CountAsync(string name) => product.QueryAsync<long>("select count(*) from marketing_ops.ingested_blobs where blob_name = $1", name);

    private async Task<List<string>> NamesAsync(Guid asset)
    {
        var names = new List<string>();
        await foreach (var blob in Renditions.GetBlobsAsync(Azure.Storage.Blobs.Models.BlobTraits.None, Azure.Storage.Blobs.Models.BlobStates.None, $"{asset}/", Stop)) names.Add(blob.Name);
        return names;
    }
}
