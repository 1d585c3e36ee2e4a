using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Marketing.IntegrationTests.Support;
using Marketing.Library.Renditions;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace Marketing.IntegrationTests.Library;

/// <summary>Renditions by their signed addresses, retry and progress, over HTTP.</summary>
public sealed class MediaTests(IngestFixture app) : IClassFixture<IngestFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_preset_is_served_in_its_shape_and_every_format()
    {
        var (_, media) = await PhotographAsync("shapes.jpg", app.Photographs.Bedroom);
        using var anybody = Anybody();
        foreach (var preset in Preset.All)
        {
            using var response = await anybody.GetAsync((string)media[preset.Name]!["jpg"]!, Stop);
            Assert.True(response.IsSuccessStatusCode, $"{preset.Name}: {response.StatusCode}");
            using var image = Image.NewFromBuffer(await response.Content.ReadAsByteArrayAsync(Stop));
            Assert.InRange(image.Width, 1, preset.Width);
            Assert.InRange(image.Height, 1, preset.Height);
            if (preset.Cuts) Assert.Equal((double)preset.Width / preset.Height, (double)image.Width / image.Height, 0.01);
        }
        foreach (var (extension, type) in RenderPreset.Formats)
        {
            using var response = await anybody.GetAsync((string)media["email"]![extension]!, Stop);
            Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
            Assert.Equal("public, max-age=31536000, immutable", response.Headers.GetValues("Cache-Control").Single());
        }
    }

    [Fact]
    public async Task Addresses_cannot_be_made_up_and_end_with_the_asset()
    {
        var (id, media) = await PhotographAsync("signed.jpg", app.Photographs.Pool);
        var address = (string)media["thumb"]!["webp"]!;
        using var anybody = Anybody();
        foreach (var forged in new[] { address.Replace("thumb.webp", "hero.webp", StringComparison.Ordinal), address[..^4] + "AAAA", address[..address.IndexOf('?', StringComparison.Ordinal)], address.Replace(id, Guid.NewGuid().ToString(), StringComparison.Ordinal) })
        {
            using var refused = await anybody.GetAsync(forged, Stop);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        await app.Product.ExecuteAsync("update marketing.content_library set status = 'archived' where id = $1", Guid.Parse(id));
        using var gone = await anybody.GetAsync(address, Stop);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Caches_and_players_get_what_they_ask_for()
    {
        var (_, media) = await PhotographAsync("cached.jpg", app.Photographs.Villa);
        using var anybody = Anybody();
        using var whole = await anybody.GetAsync((string)media["pinterest"]!["webp"]!, Stop);
        var bytes = await whole.Content.ReadAsByteArrayAsync(Stop);
        using var again = new HttpRequestMessage(HttpMethod.Get, (string)media["pinterest"]!["webp"]!);
        again.Headers.IfNoneMatch.Add(whole.Headers.ETag!);
        using var unchanged = await anybody.SendAsync(again, Stop);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var part = new HttpRequestMessage(HttpMethod.Get, (string)media["pinterest"]!["webp"]!);
        part.Headers.Range = new RangeHeaderValue(100, 199);
        using var partial = await anybody.SendAsync(part, Stop);
        Assert.Equal(HttpStatusCode.PartialContent, partial.StatusCode);
        Assert.Equal(bytes[100..200], await partial.Content.ReadAsByteArrayAsync(Stop));
    }

    [Fact]
    public async Task A_new_focal_point_moves_the_cut_and_leads_old_addresses_on()
    {
        var (id, media) = await PhotographAsync("focus.jpg", app.Photographs.Seashore);
        using var anybody = Anybody(follow: false);
        var address = (string)media["instagram_story"]!["jpg"]!;
        var before = await anybody.GetByteArrayAsync(address, Stop);
        using (var moved = await app.Admin.PatchAsJsonAsync($"content_library/{id}", new { focal_point = new { x = 0.05, y = 0.5 } }, Stop)) Assert.True(moved.IsSuccessStatusCode, await moved.Content.ReadAsStringAsync(Stop));
        using var old = await anybody.GetAsync(address, Stop);
        Assert.Equal(HttpStatusCode.Redirect, old.StatusCode);
        Assert.NotEqual(before, await anybody.GetByteArrayAsync(old.Headers.Location, Stop));
    }

    [Fact]
    public async Task Nothing_of_the_camera_stands_in_renditions()
    {
        using var image = Image.NewFromFile(app.Photographs.Pool);
        using var tagged = image.Mutate(mutable =>
        {
            mutable.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "51/1 30/1 0/1 (51, 30, 0, Rational, 3 components, 24 bytes)");
            mutable.Set(GValue.GStrType, "exif-ifd2-BodySerialNumber", "SERIAL-4711 (SERIAL-4711, ASCII, 12 components, 12 bytes)");
        });
        var original = tagged.JpegsaveBuffer();
        Assert.True(original.AsSpan().IndexOf("SERIAL-4711"u8) > 0);
        var (_, media) = await PhotographAsync("camera.jpg", original);
        using var anybody = Anybody();
        foreach (var extension in RenderPreset.Formats.Keys)
            foreach (var preset in new[] { "preview", "listing" })
            {
                var bytes = await anybody.GetByteArrayAsync((string)media[preset]![extension]!, Stop);
                Assert.Equal(-1, bytes.AsSpan().IndexOf("SERIAL-4711"u8));
                using var rendition = Image.NewFromBuffer(bytes);
                Assert.DoesNotContain(rendition.GetFields(), field => field.StartsWith("exif", StringComparison.Ordinal));
            }
    }

    [Fact]
    public async Task A_crowd_that_wants_one_picture_makes_it_once()
    {
        var (id, _) = await PhotographAsync("crowd.jpg", app.Photographs.Kitchen);
        var serve = app.Product.Services.GetRequiredService<ServeRendition>();
        var asset = (await serve.FindAsync(Guid.Parse(id), Stop))!;
        var preset = Preset.Find("hero")!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => serve.RunAsync(asset, preset, "webp", Stop)));
        // One array for all of them: nobody made another.
        Assert.All(answers, answer => Assert.Same(answers[0], answer));
    }

    [Fact]
    public async Task Too_many_different_pictures_at_once_are_refused_and_none_is_lost()
    {
        var (id, _) = await PhotographAsync("full.jpg", app.Photographs.Sofa);
        await using var services = app.Product.Build([new("Library:WaitingRenders", "0"), new("Library:ConcurrentRenders", "1")]);
        var serve = services.GetRequiredService<ServeRendition>();
        var asset = (await serve.FindAsync(Guid.Parse(id), Stop))!;
        Task<byte[]?> waits;
        using (await services.GetRequiredService<Marketing.Library.Ingest.RenderGate>().EnterAsync(Stop))
        {
            // One of the two may wait for the place, whichever comes first; the other is refused.
            var asked = new[] { "tiktok", "hero" }.Select(preset => serve.RunAsync(asset, Preset.Find(preset)!, "jpg", Stop)).ToList();
            var refused = await Task.WhenAny(asked);
            Assert.Null(await refused);
            waits = asked.Single(answer => answer != refused);
            Assert.False(waits.IsCompleted);
        }
        Assert.NotNull(await waits);
        foreach (var preset in new[] { "tiktok", "hero" })
            await Eventually.BecomesAsync(async () => await serve.RunAsync(asset, Preset.Find(preset)!, "jpg", Stop) is not null, made => made);
    }

    [Fact]
    public async Task A_failed_upload_can_be_tried_again_and_progress_tells_of_it()
    {
        var photo = await File.ReadAllBytesAsync(app.Photographs.Villa, Stop);
        var failed = await app.IngestAsync("again/broken.jpg", BinaryData.FromBytes(photo[..2000]));
        Assert.Equal("error", (string)failed["status"]!);
        var progress = await app.GetAsync("content_library/ingest");
        Assert.InRange((int)progress["error"]!, 1, 1000);
        Assert.Contains(progress["failures"]!.AsArray(), failure => (string)failure!["blob_name"]! == "again/broken.jpg" && ((string)failure["reason"]!).Contains("damaged", StringComparison.Ordinal));

        using (var reader = await app.ClientAsync("read"))
        using (var refused = await reader.PostAsync($"content_library/{failed["id"]}/retry", null, Stop)) Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using (var taken = await app.Admin.PostAsync($"content_library/{failed["id"]}/retry", null, Stop)) Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        Assert.Equal("processing", (string)(await app.GetAsync($"content_library/{failed["id"]}"))["status"]!);
        await using (var scope = app.Product.Services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<Marketing.Library.Ingest.SweepUploads>().RunAsync(Stop);
        await Eventually.BecomesAsync(async () => (string)(await app.GetAsync($"content_library/{failed["id"]}"))["status"]!, status => status == "error");

        var fine = await app.IngestAsync("again/fine.jpg", BinaryData.FromBytes(photo));
        using var conflict = await app.Admin.PostAsync($"content_library/{fine["id"]}/retry", null, Stop);
        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
    }

    private async Task<(string Id, System.Text.Json.Nodes.JsonNode Media)> PhotographAsync(string name, string file) => await PhotographAsync(name, await File.ReadAllBytesAsync(file, Stop));

    private async Task<(string Id, System.Text.Json.Nodes.JsonNode Media)> PhotographAsync(string name, byte[] content)
    {
        var asset = await app.IngestAsync($"media/{name}", BinaryData.FromBytes(content));
        Assert.Equal("active", (string)asset["status"]!);
        return ((string)asset["id"]!, (await app.GetAsync($"content_library/{asset["id"]}/ingest"))["media"]!);
    }

    private HttpClient Anybody(bool follow = true) => new(new HttpClientHandler { AllowAutoRedirect = follow }) { BaseAddress = app.Host.Address };
}
