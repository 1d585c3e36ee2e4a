using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Library;

public sealed class UploadTests(AssetFixture app) : IClassFixture<AssetFixture>
{
    private static readonly HttpClient Storage = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_put_to_the_signed_address_becomes_an_asset_and_the_address_does_nothing_else()
    {
        var photo = AssetFixture.Photo();
        var upload = await StartAsync(new { filename = "houses/garden view.jpg", mime_type = "image/jpeg", size_bytes = photo.Length, photographer = "Ana", alt_text = "A garden – green" });
        Assert.Equal(HttpStatusCode.Conflict, (await CompleteAsync(upload)).Status);
        Assert.Equal(HttpStatusCode.Created, await PutAsync((string)upload["url"]!, photo));
        // Neither another content, nor a look at it, nor its end.
        Assert.NotEqual(HttpStatusCode.Created, await PutAsync((string)upload["url"]!, AssetFixture.Photo()));
        Assert.Equal(HttpStatusCode.Forbidden, (await Storage.GetAsync((string)upload["url"]!, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Storage.DeleteAsync((string)upload["url"]!, Stop)).StatusCode);

        var (status, report) = await CompleteAsync(upload);
        Assert.True(status == HttpStatusCode.OK, report.ToJsonString());
        Assert.Equal("completed", (string)report["state"]!);
        Assert.Equal(HttpStatusCode.OK, (await CompleteAsync(upload)).Status);
        var asset = await app.AssetOfAsync((string)upload["id"]!);
        Assert.Equal(("garden view.jpg", "Ana", "A garden – green", "active"), ((string)asset["filename"]!, (string)asset["photographer"]!, (string)asset["alt_text"]!, (string)asset["status"]!));
        Assert.Equal(photo.Length, (int)asset["file_size_bytes"]!);

        // Writing again after the end reaches no asset, and the sweep takes it away.
        await PutAsync((string)upload["url"]!, AssetFixture.Photo());
        Assert.Equal((string)asset["id"]!, (string)(await CompleteAsync(upload)).Report["asset"]!);
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.content_library where filename = 'garden view.jpg'"));
    }

    [Fact]
    public async Task A_file_may_come_in_many_blocks()
    {
        var photo = AssetFixture.Photo();
        var upload = await StartAsync(new { filename = "blocks.jpg", method = "blocks" });
        var ids = new List<string>();
        foreach (var block in photo.Chunk(1_000))
        {
            ids.Add(Convert.ToBase64String(BitConverter.GetBytes(ids.Count)));
            Assert.Equal(HttpStatusCode.Created, await PutAsync($"{upload["url"]}&comp=block&blockid={Uri.EscapeDataString(ids[^1])}", block));
        }
        Assert.True(ids.Count > 1);
        Assert.Equal(HttpStatusCode.Conflict, (await CompleteAsync(upload)).Status);
        using var list = new HttpRequestMessage(HttpMethod.Put, $"{upload["url"]}&comp=blocklist") { Content = new StringContent($"<?xml version=\"1.0\"?><BlockList>{string.Concat(ids.Select(id => $"<Latest>{id}</Latest>"))}</BlockList>") };
        Assert.Equal(HttpStatusCode.Created, (await Storage.SendAsync(list, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await CompleteAsync(upload)).Status);
        Assert.Equal(photo.Length, (int)(await app.AssetOfAsync((string)upload["id"]!))["file_size_bytes"]!);
        Assert.Equal(HttpStatusCode.Forbidden, (await Storage.GetAsync((string)upload["url"]!, Stop)).StatusCode);
    }

    [Theory]
    [InlineData("a.jpg", "image/png", 0, "mime_type")]
    [InlineData("a.jpg", "image/jpeg", 1, "size_bytes")]
    public async Task What_is_not_as_promised_is_refused_and_leaves_nothing(string filename, string mimeType, int more, string field)
    {
        var photo = AssetFixture.Photo();
        var upload = await StartAsync(new { filename, mime_type = mimeType, size_bytes = photo.Length + more });
        await PutAsync((string)upload["url"]!, photo);
        var (status, problem) = await CompleteAsync(upload);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(field, (string)problem["errors"]![0]!["field"]!);
        Assert.False((await app.Staging.GetBlobClient(Guid.Parse((string)upload["id"]!).ToString("N")).ExistsAsync(Stop)).Value);
        Assert.Equal("failed", (string)(await app.GetAsync($"content_library/uploads/{upload["id"]}"))["state"]!);
        Assert.Equal(HttpStatusCode.Gone, (await CompleteAsync(upload)).Status);
    }

    [Fact]
    public async Task Identical_content_is_one_asset_unless_asked_otherwise()
    {
        var photo = AssetFixture.Photo();
        var uploads = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => StartAsync(new { filename = $"same {n}.jpg" })));
        foreach (var upload in uploads) Assert.Equal(HttpStatusCode.Created, await PutAsync((string)upload["url"]!, photo));
        await Task.WhenAll(uploads.Select(upload => Eventually.BecomesAsync(async () => (await CompleteAsync(upload)).Status, status => status == HttpStatusCode.OK)));
        var assets = await Task.WhenAll(uploads.Select(upload => app.AssetOfAsync((string)upload["id"]!)));
        Assert.Single(assets.Select(asset => (string)asset["id"]!).Distinct());
        Assert.Equal(1L, await app.Product.QueryAsync<long>("select count(*) from marketing.content_library where filename like 'same %.jpg'"));

        var wanted = await StartAsync(new { filename = "same again.jpg", allow_duplicate = true });
        await PutAsync((string)wanted["url"]!, photo);
        Assert.Equal(HttpStatusCode.OK, (await CompleteAsync(wanted)).Status);
        Assert.NotEqual((string)assets[0]["id"]!, (string)(await app.AssetOfAsync((string)wanted["id"]!))["id"]!);
    }

    [Fact]
    public async Task A_process_that_dies_between_copy_and_record_loses_and_doubles_nothing()
    {
        var upload = await StartAsync(new { filename = "killed.jpg" });
        var (id, photo) = (Guid.Parse((string)upload["id"]!), AssetFixture.Photo());
        await PutAsync((string)upload["url"]!, photo);
        Assert.Equal(HttpStatusCode.OK, (await CompleteAsync(upload)).Status);
        var asset = await app.AssetOfAsync((string)upload["id"]!);
        var blob = app.Uploads.GetBlobClient($"api/{id:N}/killed.jpg");
        var before = (await blob.GetPropertiesAsync(cancellationToken: Stop)).Value.ETag;

        // As it was when the copy was made and nothing recorded, the staged file still there.
        await app.Product.ExecuteAsync("update marketing_ops.asset_uploads set state = 'open', blob_name = null, sha256 = null, finished_at = null where id = $1", id);
        await app.Staging.UploadBlobAsync(id.ToString("N"), BinaryData.FromBytes(photo), Stop);
        app.Host.Handler.Kill();
        await Eventually.BecomesAsync(async () => (await CompleteAsync(upload)).Status, status => status == HttpStatusCode.OK);
        Assert.Equal(before, (await blob.GetPropertiesAsync(cancellationToken: Stop)).Value.ETag);
        Assert.Equal((string)asset["id"]!, (string)(await app.AssetOfAsync((string)upload["id"]!))["id"]!);
    }

    [Fact]
    public async Task Abandoned_uploads_are_swept()
    {
        var upload = await StartAsync(new { filename = "left.jpg" });
        await PutAsync((string)upload["url"]!, AssetFixture.Photo());
        var id = Guid.Parse((string)upload["id"]!);
        await app.SweepAsync();
        Assert.Equal("open", (string)(await app.GetAsync($"content_library/uploads/{id}"))["state"]!);
        await app.Product.ExecuteAsync("update marketing_ops.asset_uploads set expires_at = now() - interval '1 second' where id = $1", id);
        await app.SweepAsync();
        Assert.Equal("abandoned", (string)(await app.GetAsync($"content_library/uploads/{id}"))["state"]!);
        Assert.False((await app.Staging.GetBlobClient(id.ToString("N")).ExistsAsync(Stop)).Value);
        Assert.Equal(HttpStatusCode.Gone, (await CompleteAsync(upload)).Status);
    }

    [Fact]
    public async Task A_small_file_may_be_posted()
    {
        var photo = AssetFixture.Photo();
        using var response = await PostFileAsync(app.Admin, photo, ("photographer", "Rui"));
        var report = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
        Assert.True(response.StatusCode == HttpStatusCode.Created, report.ToJsonString());
        Assert.Equal("Rui", (string)(await app.AssetOfAsync((string)report["id"]!))["photographer"]!);
        using var again = await PostFileAsync(app.Admin, photo);
        Assert.True((bool)JsonNode.Parse(await again.Content.ReadAsStringAsync(Stop))!["is_duplicate"]!);

        using var large = await PostFileAsync(app.Admin, new byte[1_000_001]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var json = await app.Admin.PostAsJsonAsync("content_library/files", new { filename = "a.jpg" }, Stop);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        using var cut = new StringContent("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\nabc");
        cut.Headers.ContentType = new("multipart/form-data") { Parameters = { new("boundary", "b") } };
        using var broken = await app.Admin.PostAsync("content_library/files", cut, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
    }

    [Fact]
    public async Task Uploads_belong_to_their_caller_and_need_the_right_to_create_assets()
    {
        var upload = await StartAsync(new { filename = "mine.jpg" });
        var other = await app.ClientAsync(Scopes.Read, Scopes.Write);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"content_library/uploads/{upload["id"]}", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"content_library/uploads/{upload["id"]}/complete", null, Stop)).StatusCode);
        var agency = await app.ClientAsync(new ApiClientRequest("agency", [Scopes.Read, Scopes.Write]) { Roles = ["agency"] });
        foreach (var path in new[] { "uploads", "imports" })
            Assert.Equal(HttpStatusCode.Forbidden, (await agency.PostAsJsonAsync($"content_library/{path}", new { filename = "x.jpg", url = "https://example.org/x.jpg" }, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostFileAsync(agency, AssetFixture.Photo())).StatusCode);
        var reader = await app.ClientAsync(Scopes.Read);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync("content_library/uploads", new { filename = "x.jpg" }, Stop)).StatusCode);
    }

    [Theory]
    [InlineData("{}", "filename")]
    [InlineData("""{"filename":"../"}""", "filename")]
    [InlineData("""{"filename":"a.jpg","size_bytes":0}""", "size_bytes")]
    [InlineData("""{"filename":"a.jpg","size_bytes":99999999999}""", "size_bytes")]
    [InlineData("""{"filename":"a.jpg","mime_type":"application/x-evil"}""", "mime_type")]
    [InlineData("""{"filename":"a.jpg","method":"append"}""", "method")]
    [InlineData("""{"filename":"a.jpg","property_id":"7"}""", "property_id")]
    [InlineData("""{"filename":"a.jpg","colour":"red"}""", "colour")]
    public async Task A_wrong_start_says_which_member_to_change(string body, string field)
    {
        using var response = await app.Admin.PostAsync("content_library/uploads", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains(JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["errors"]!.AsArray(), error => (string)error!["field"]! == field);
    }

    private async Task<JsonNode> StartAsync(object body)
    {
        using var response = await app.Admin.PostAsJsonAsync("content_library/uploads", body, Stop);
        var answer = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.StatusCode == HttpStatusCode.Created, answer);
        return JsonNode.Parse(answer)!;
    }

    private async Task<(HttpStatusCode Status, JsonNode Report)> CompleteAsync(JsonNode upload)
    {
        using var response = await app.Admin.PostAsync($"content_library/uploads/{upload["id"]}/complete", null, Stop);
        var answer = await response.Content.ReadAsStringAsync(Stop);
        return (response.StatusCode, answer.StartsWith('{') ? JsonNode.Parse(answer)! : new JsonObject());
    }

    private static async Task<HttpStatusCode> PutAsync(string url, byte[] content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(content) };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        if (!url.Contains("comp=", StringComparison.Ordinal)) request.Headers.Add("If-None-Match", "*");
        using var response = await Storage.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> PostFileAsync(HttpClient client, byte[] content, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(content), "file", "posted.jpg");
        return await client.PostAsync("content_library/files", form, Stop);
    }
}
