using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Marketing.IntegrationTests.Support;
using Marketing.Library.Ingest;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace Marketing.IntegrationTests.Library;

/// <summary>A function app with a short lease and a temporary folder of its own.</summary>
public sealed class IngestKillFixture(TestServers servers) : FunctionAppFixture(servers)
{
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(4);

    public string TemporaryFolder { get; } = Directory.CreateTempSubdirectory("ingest-kill-").FullName;

    public BlobContainerClient Container(string name) => Product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient(name);

    protected override async Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        settings["TMPDIR"] = TemporaryFolder;
        settings["Library:LeaseTime"] = Lease.ToString();
        await new BlobServiceClient(settings["AzureWebJobsStorage"]).GetBlobContainerClient("uploads").CreateIfNotExistsAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        Directory.Delete(TemporaryFolder, recursive: true);
    }
}

/// <summary>The process is killed again and again while files arrive.</summary>
public sealed class IngestKillTests(IngestKillFixture app) : IClassFixture<IngestKillFixture>
{
    private const int Files = 24;
    private const int Kills = 6;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_file_becomes_one_whole_asset_however_often_its_worker_is_killed()
    {
        var random = new Random(20_261_125);
        var names = new List<string>();
        for (var i = 0; i < Files; i++)
        {
            // Large enough that a kill falls into the work on it, and no two of them alike.
            using var image = Image.Gaussnoise(1600, 1200, sigma: 30, mean: 128, seed: i).Cast(Enums.BandFormat.Uchar);
            var name = $"killed/{i:d2}.jpg";
            await app.Container("uploads").GetBlobClient(name).UploadAsync(BinaryData.FromBytes(image.JpegsaveBuffer()), overwrite: true, Stop);
            names.Add(name);
        }

        var deaths = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            await Eventually.BecomesAsync(async () => await HeldAsync() > 0 || await DoneAsync() == Files, isSo => isSo, TimeSpan.FromMinutes(2.5));
            await Task.Delay(random.Next(0, 400), Stop);
            if (await DoneAsync() == Files) break;
            if (await HeldAsync() > 0) deaths++;
            app.Host.Handler.Kill();
        }
        Assert.InRange(deaths, 1, Kills);
        TestContext.Current.TestOutputHelper!.WriteLine($"{deaths} workers killed with a file in hand");

        await Eventually.BecomesAsync(async () =>
        {
            await SweepAsync();
            return await app.Product.QueryAsync<string>("select coalesce(string_agg(blob_name || ' ' || state || ' ' || attempts || coalesce(' ' || reason, ''), ', '), '') from marketing_ops.ingested_blobs where state <> 'active'");
        }, waiting => waiting.Length == 0, TimeSpan.FromMinutes(3));

        Assert.Equal((long)Files, await app.Product.QueryAsync<long>("select count(*) from marketing.content_library where status = 'active' and file_url like '%killed/%'"));
        Assert.Equal((long)Files, await app.Product.QueryAsync<long>("select count(*) from marketing.content_library"));
        Assert.Equal(0L, await app.Product.QueryAsync<long>("select count(*) from marketing.content_library where status = 'processing'"));
        Assert.Equal((long)Files, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where action = 'ingest'"));

        // Each file in the renditions is whole, and each belongs to an asset.
        var assets = await app.Product.QueryAsync<Guid[]>("select array_agg(id) from marketing.content_library");
        var pictures = 0;
        await foreach (var blob in app.Container("renditions").GetBlobsAsync(BlobTraits.None, BlobStates.None, null, Stop))
        {
            Assert.Contains(Guid.Parse(blob.Name.Split('/')[0]), assets);
            using var picture = Image.NewFromBuffer((await app.Container("renditions").GetBlobClient(blob.Name).DownloadContentAsync(Stop)).Value.Content.ToArray(), failOn: Enums.FailOn.Truncated);
            Assert.True(picture.Avg() > 0, blob.Name);
            pictures++;
        }
        Assert.Equal(Files * 4, pictures);
    }

    [Fact]
    public void What_a_killed_worker_left_in_the_temporary_folder_goes()
    {
        var (old, young) = (TemporaryPicture.NewPath(), TemporaryPicture.NewPath());
        File.WriteAllText(old, "");
        File.WriteAllText(young, "");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-3));
        TemporaryPicture.RemoveAbandoned(DateTimeOffset.UtcNow.AddHours(-1));
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
        File.Delete(young);
    }

    private Task<long> HeldAsync() => app.Product.QueryAsync<long>("select count(*) from marketing_ops.ingested_blobs where leased_until > now()");

    private Task<long> DoneAsync() => app.Product.QueryAsync<long>("select count(*) from marketing_ops.ingested_blobs where state = 'active'");

    // What the minute's timer of the host does; waiting for it would only make the test longer.
    private async Task SweepAsync()
    {
        await using var scope = app.Product.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SweepUploads>().RunAsync(Stop);
    }
}
