using Azure.Storage.Blobs;
using Marketing.IntegrationTests.Support;
using Marketing.Library;
using Marketing.Library.Ingest;
using Marketing.Library.Renditions;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Library;

/// <summary>Whatever is uploaded ends as active or as error with a reason, and the next file is ingested.</summary>
public sealed class CorpusTests(ProductFixture product) : IClassFixture<ProductFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_file_of_the_corpus_ends_as_it_should()
    {
        var wrong = new List<string>();
        foreach (var file in Corpus.All())
        {
            var (state, reason) = await IngestAsync(file.Name, file.Content);
            TestContext.Current.TestOutputHelper!.WriteLine($"{file.Name} ({file.Content.Length} bytes): {state} {reason}");
            var isRight = (file.State == "any" ? state is "active" or "error" : state == file.State) && (state != "error" || reason.Length > 10) && (file.Says is null || reason.Contains(file.Says, StringComparison.Ordinal));
            if (!isRight) wrong.Add($"{file.Name}: {state} '{reason}', expected {file.State} '{file.Says}'");
        }
        Assert.Empty(wrong);
        Assert.Equal(0L, await product.QueryAsync<long>("select count(*) from marketing.content_library where status = 'processing'"));
        // Turned by EXIF in each of the eight ways, the picture lies as its maker saw it.
        Assert.Equal("320x200,320x200,320x200,320x200,200x320,200x320,200x320,200x320", await product.QueryAsync<string>(
            "select string_agg((dimensions ->> 'width') || 'x' || (dimensions ->> 'height'), ',' order by filename) from marketing.content_library where filename like 'exif%'"));
        Assert.Contains("seahorse 1", await product.QueryAsync<string>("select features.document_text from marketing_ops.asset_features as features join marketing.content_library as asset on asset.id = features.asset_id where asset.filename = 'words.pdf'"), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_bytes_are_refused_and_never_end_the_process()
    {
        using var photo = Corpus.Photo();
        var seeds = Corpus.All().Where(file => file is { State: "active", Content.Length: < 400_000 }).ToList();
        var random = new Random(20_261_124);
        var until = DateTime.UtcNow.AddSeconds(int.TryParse(Environment.GetEnvironmentVariable("MARKETING_FUZZ_SECONDS"), out var seconds) ? seconds : 5);
        var (tried, refused) = (0, 0);
        var path = Path.Combine(Path.GetTempPath(), $"fuzz-{Guid.NewGuid():N}");
        try
        {
            while (DateTime.UtcNow < until)
            {
                var seed = seeds[random.Next(seeds.Count)];
                var bytes = seed.Content.ToArray();
                for (var change = random.Next(1, 24); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                File.WriteAllBytes(path, bytes);
                tried++;
                try
                {
                    var type = RecogniseFile.Run(path, seed.Name);
                    if (type.AssetType != "image") continue;
                    using var decoded = Photograph.Decode(path, type.Signature, new LibraryOptions { MaxPixels = 4_000_000 });
                    Assert.InRange(decoded.Image.Width, 1, Photograph.LargeEdge);
                }
                catch (MediaException)
                {
                    refused++;
                }
            }
        }
        finally
        {
            File.Delete(path);
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{tried} damaged files, {refused} refused");
        Assert.True(tried > 20 && refused > 0, $"{tried} {refused}");
    }

    private async Task<(string State, string Reason)> IngestAsync(string name, byte[] content)
    {
        var uploads = product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads");
        await uploads.CreateIfNotExistsAsync(cancellationToken: Stop);
        await uploads.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true, Stop);
        await using var scope = product.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IngestBlob>().RunAsync(uploads.GetBlobClient(name), Stop);
        return (await product.QueryAsync<string>("select state from marketing_ops.ingested_blobs where blob_name = $1", name), await product.QueryAsync<string>("select coalesce(reason, '') from marketing_ops.ingested_blobs where blob_name = $1", name));
    }
}
