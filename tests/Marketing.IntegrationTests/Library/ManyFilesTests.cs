using System.Globalization;
using Marketing.IntegrationTests.Support;
using NetVips;

namespace Marketing.IntegrationTests.Library;

/// <summary>Many files dropped at once. <c>MARKETING_DROP_FILES</c> says how many, for a longer run than the suite's.</summary>
public sealed class ManyFilesTests(AssetFixture app) : IClassFixture<AssetFixture>
{
    private static readonly int Files = int.TryParse(Environment.GetEnvironmentVariable("MARKETING_DROP_FILES"), CultureInfo.InvariantCulture, out var files) ? files : 24;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_of_them_arrive_once_each_and_progress_tells_how_far_it_is()
    {
        await Parallel.ForAsync(0, Files, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, async (i, stop) =>
        {
            using var image = Image.Gaussnoise(48, 32, sigma: 40, mean: 128, seed: i).Cast(Enums.BandFormat.Uchar);
            await app.Uploads.GetBlobClient($"drop/{i:d5}.jpg").UploadAsync(BinaryData.FromBytes(image.JpegsaveBuffer()), overwrite: true, stop);
        });
        var told = new List<long>();
        await Eventually.BecomesAsync(
            async () =>
            {
                var progress = await app.GetAsync("content_library/ingest");
                var done = (long)progress["active"]! + (long)progress["error"]!;
                if (told.Count == 0 || told[^1] != done) told.Add(done);
                return done;
            },
            done => done >= Files, TimeSpan.FromSeconds(60 + Files));
        Assert.Equal((long)Files, await app.Product.QueryAsync<long>("select count(*) from marketing.content_library where status = 'active' and filename ~ '^[0-9]{5}.jpg$'"));
        Assert.Equal((long)Files, await app.Product.QueryAsync<long>("select count(distinct blob_name) from marketing_ops.ingested_blobs where state = 'active' and blob_name like 'drop/%'"));
        Assert.True(told.SequenceEqual(told.Order()), "What is done does not become fewer.");
        TestContext.Current.TestOutputHelper!.WriteLine($"{Files} files; progress was seen at {told.Count} different counts");
    }
}
