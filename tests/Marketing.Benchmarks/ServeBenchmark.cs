using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Marketing.Identity;

namespace Marketing.Benchmarks;

/// <summary>A warm rendition, served again and again, beside the same picture from Directus's assets endpoint.</summary>
internal static class ServeBenchmark
{
    private const int Rounds = 3;
    private const int EdgePx = 320;

    /// <summary>Runs it.</summary>
    /// <param name="app">Folder of the published function app.</param>
    /// <param name="peers">Folder with Directus installed.</param>
    /// <param name="photograph">The picture.</param>
    /// <exception cref="InvalidOperationException">Directus is not there.</exception>
    public static async Task RunAsync(string app, string peers, string photograph)
    {
        await using var servers = await BenchmarkServers.StartAsync();
        var key = await servers.KeyAsync(new ApiClientRequest("benchmark", ["read", "write"]));
        await using var handler = await HandlerUnderTest.StartAsync(app, servers.Settings);
        using var directus = await Peer.DirectusAsync(peers, servers.ConnectionString) ?? throw new InvalidOperationException($"Directus did not start from {peers}.");
        var ours = await IngestAsync(handler, servers.Storage, key, photograph);
        var theirs = await UploadAsync(directus, photograph);
        await Wrk.RunAsync(ours, new Dictionary<string, string>());
        await Wrk.RunAsync(theirs, directus.Headers);
        var (our, their) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            our.Add((await Wrk.RunAsync(ours, new Dictionary<string, string>())).PerSecond);
            their.Add((await Wrk.RunAsync(theirs, directus.Headers)).PerSecond);
        }
        Console.WriteLine($"warm rendition of {EdgePx} px, WebP, 16 connections: ours {BenchmarkDatabase.Median(our):0}/s, Directus {BenchmarkDatabase.Median(their):0}/s, ratio {BenchmarkDatabase.Median(our) / BenchmarkDatabase.Median(their):0.0} (goal 20)");
    }

    private static async Task<Uri> IngestAsync(HandlerUnderTest handler, string storage, string key, string photograph)
    {
        var uploads = new BlobServiceClient(storage).GetBlobContainerClient("uploads");
        await uploads.CreateIfNotExistsAsync();
        var blob = uploads.GetBlobClient("photo.jpg");
        await blob.UploadAsync(photograph, overwrite: true);
        using var http = new HttpClient { BaseAddress = handler.Address, DefaultRequestHeaders = { { "x-api-key", key } } };
        var trigger = new JsonObject { ["Data"] = new JsonObject { ["blob"] = new JsonObject() }, ["Metadata"] = new JsonObject { ["Uri"] = $"\"{blob.Uri.AbsoluteUri}\"" } };
        using var ingested = await http.PostAsync("/ingest_upload", new StringContent(trigger.ToJsonString(), Encoding.UTF8, "application/json"));
        ingested.EnsureSuccessStatusCode();
        var row = JsonNode.Parse(await http.GetStringAsync("/api/content_library?select=id"))!.AsArray().Single()!;
        var report = JsonNode.Parse(await http.GetStringAsync($"/api/content_library/{row["id"]}/ingest"))!;
        return new Uri(handler.Address, (string)report["media"]!["thumb"]!["webp"]!);
    }

    private static async Task<Uri> UploadAsync(Peer directus, string photograph)
    {
        using var http = new HttpClient { BaseAddress = directus.Address };
        foreach (var (name, value) in directus.Headers) http.DefaultRequestHeaders.Add(name, value);
        using var file = new ByteArrayContent(await File.ReadAllBytesAsync(photograph)) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };
        using var form = new MultipartFormDataContent { { file, "file", "photo.jpg" } };
        using var response = await http.PostAsync("files", form);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        response.EnsureSuccessStatusCode();
        return new Uri(directus.Address, $"assets/{answer["data"]!["id"]}?width={EdgePx}&height={EdgePx}&fit=inside&format=webp");
    }
}
