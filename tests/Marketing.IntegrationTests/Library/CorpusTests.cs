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

    [Theory]
    [InlineData("image/png", "error", "uploaded as image/png, the content is a JPEG image")]
    [InlineData("video/mp4", "error", "uploaded as video/mp4")]
    [InlineData("text/html", "error", "uploaded as text/html")]
    [InlineData("image/jpeg; charset=binary", "active", "")]
    [InlineData("image/jpg", "active", "")]
    [InlineData("application/octet-stream", "active", "")]
    [InlineData("application/x-www-form-urlencoded", "active", "")]
    [InlineData("", "active", "")]
    public async Task Content_name_and_declared_type_must_agree(string declared, string state, string says)
    {
        using var photo = Corpus.Photo();
        var (became, reason) = await IngestAsync($"declared-{Math.Abs(declared.GetHashCode(StringComparison.Ordinal))}.jpg", photo.JpegsaveBuffer(), declared);
        Assert.Equal(state, became);
        Assert.Contains(says, reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Office_and_text_files_are_found_by_their_words()
    {
        foreach (var (name, part, xml) in new[]
                 {
                     ("letter.docx", "word/document.xml", "<w:document xmlns:w='w'><w:p><w:r><w:t>Welcome to the marmoset</w:t></w:r></w:p><w:p><w:r><w:t>lodge</w:t></w:r></w:p></w:document>"),
                     ("rates.xlsx", "xl/sharedStrings.xml", "<sst xmlns='s'><si><t>marmoset</t></si><si><t>lodge</t></si></sst>"),
                     ("deck.pptx", "ppt/slides/slide1.xml", "<p:sld xmlns:p='p' xmlns:a='a'><a:p><a:r><a:t>marmoset</a:t></a:r></a:p><a:p><a:r><a:t>lodge</a:t></a:r></a:p></p:sld>"),
                     ("entities.docx", "word/document.xml", "<!DOCTYPE w [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><w><p>&x;</p></w>"),
                 })
        {
            using var file = new MemoryStream();
            using (var archive = new System.IO.Compression.ZipArchive(file, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
            {
                await using var entry = archive.CreateEntry(part).Open();
                await entry.WriteAsync(System.Text.Encoding.UTF8.GetBytes(xml), Stop);
            }
            Assert.Equal("active", (await IngestAsync(name, file.ToArray())).State);
        }
        Assert.Equal("active", (await IngestAsync("notes.txt", "The marmoset lodge sleeps six."u8.ToArray())).State);
        Assert.Equal("deck.pptx letter.docx notes.txt rates.xlsx", await product.QueryAsync<string>(
            "select string_agg(asset.filename, ' ' order by asset.filename) from marketing_ops.search('content_library', 'marmoset lodge') found join marketing.content_library asset on asset.id = found.row_id"));
    }

    [Fact]
    public async Task Video_is_described_and_made_into_what_platforms_take_where_ffmpeg_is()
    {
        Assert.SkipUnless(product.Services.GetRequiredService<MediaTools>() is { Ffmpeg: not null, Ffprobe: not null }, "This machine has no ffmpeg.");
        await IngestAsync("rotated-2.mp4", Corpus.Kept("rotated.mp4"));
        Assert.Equal("64x96 portrait 1", await DescribedAsync("rotated-2.mp4"));
        Assert.Contains("as it is", (await IngestAsync("rotated-3.mp4", Corpus.Kept("rotated.mp4"))).Reason, StringComparison.Ordinal);

        var (state, reason) = await IngestAsync("film-2.webm", Corpus.Kept("film.webm"));
        Assert.Equal("active", state);
        Assert.Equal("96x62 landscape 1", await DescribedAsync("film-2.webm"));
        Assert.Equal("video mp4 96x62", await product.QueryAsync<string>("""
            select (made ->> 'preset') || ' ' || (made ->> 'format') || ' ' || (made ->> 'width') || 'x' || (made ->> 'height')
            from marketing_ops.ingested_blobs, jsonb_array_elements(renditions) made where blob_name = 'film-2.webm' and made ->> 'format' = 'mp4'
            """));
        var url = await product.QueryAsync<string>("select made ->> 'url' from marketing_ops.ingested_blobs, jsonb_array_elements(renditions) made where blob_name = 'film-2.webm' and made ->> 'format' = 'mp4'");
        var address = new BlobUriBuilder(new Uri(url));
        var path = Path.Combine(Path.GetTempPath(), $"mp4-{Guid.NewGuid():N}.mp4");
        await product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient(address.BlobContainerName).GetBlobClient(address.BlobName).DownloadToAsync(path, Stop);
        try
        {
            var (found, _) = await product.Services.GetRequiredService<Marketing.Library.Ingest.Video.ProbeVideo>().RunAsync(path, Stop);
            Assert.True(found!.IsForPlatforms, $"{found} {reason}");
            Assert.Equal("h264, aac", found.Codecs);
        }
        finally
        {
            File.Delete(path);
        }

        var (silent, why) = await IngestAsync("sound.mp4", Corpus.Kept("sound.mp4"));
        Assert.Equal("error", silent);
        Assert.Contains("no moving picture", why, StringComparison.Ordinal);
        Assert.Equal("active", (await IngestAsync("cover-2.mp3", Corpus.Kept("cover.mp3"))).State);
        Assert.Equal("audio 1", await product.QueryAsync<string>("select asset_type || ' ' || duration_seconds from marketing.content_library where filename = 'cover-2.mp3'"));
    }

    [Fact]
    public async Task The_same_event_ten_times_at_once_gives_one_asset()
    {
        using var photo = Corpus.Photo();
        var uploads = product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads");
        await uploads.CreateIfNotExistsAsync(cancellationToken: Stop);
        var blob = uploads.GetBlobClient("ten-times.jpg");
        await blob.UploadAsync(BinaryData.FromBytes(photo.JpegsaveBuffer()), overwrite: true, Stop);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            await using var scope = product.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IngestBlob>().RunAsync(blob, Stop);
        }));
        Assert.Equal("1 active", await product.QueryAsync<string>("select count(*) || ' ' || min(status) from marketing.content_library where filename = 'ten-times.jpg'"));
        Assert.Equal(1L, await product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where action = 'ingest' and row_id = (select id from marketing.content_library where filename = 'ten-times.jpg')"));
    }

    private Task<string> DescribedAsync(string name) => product.QueryAsync<string>(
        "select (dimensions ->> 'width') || 'x' || (dimensions ->> 'height') || ' ' || orientation || ' ' || duration_seconds from marketing.content_library where filename = $1 and thumbnail_url is not null", name);

    private async Task<(string State, string Reason)> IngestAsync(string name, byte[] content, string? declared = null)
    {
        var uploads = product.Services.GetRequiredService<BlobServiceClient>().GetBlobContainerClient("uploads");
        await uploads.CreateIfNotExistsAsync(cancellationToken: Stop);
        await uploads.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), new Azure.Storage.Blobs.Models.BlobUploadOptions { HttpHeaders = new() { ContentType = declared } }, Stop);
        await using var scope = product.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IngestBlob>().RunAsync(uploads.GetBlobClient(name), Stop);
        return (await product.QueryAsync<string>("select state from marketing_ops.ingested_blobs where blob_name = $1", name), await product.QueryAsync<string>("select coalesce(reason, '') from marketing_ops.ingested_blobs where blob_name = $1", name));
    }
}
