using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Marketing.Data;
using Marketing.DevHost.ExternalTables;
using Marketing.DevHost.Servers;
using Marketing.Identity;
using Npgsql;

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
        var folder = Directory.CreateTempSubdirectory("marketing-benchmarks-").FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var packages = await ServerPackages.InstallAsync(CancellationToken.None);
        await using var postgres = await PostgresServer.StartAsync(packages.PostgresBin, Path.Combine(folder, "postgres"), durable: true, CancellationToken.None);
        await using var azurite = await AzuriteServer.StartAsync(packages, Path.Combine(folder, "azurite"), 0, accounts: null, CancellationToken.None);
        await postgres.CreateDatabaseAsync("bench", "template0", CancellationToken.None);
        var connectionString = postgres.ConnectionString("bench");
        await StandInTables.CreateAsync(connectionString, 1, CancellationToken.None);
        await DatabaseMigrator.MigrateAsync(connectionString, CancellationToken.None);
        await using var database = NpgsqlDataSource.Create(connectionString);
        var (_, key) = await CreateApiClient.RunAsync(database, new ApiClientRequest("benchmark", ["read", "write"]), "benchmark", CancellationToken.None);
        await using var handler = await HandlerUnderTest.StartAsync(app, new Dictionary<string, string>
        {
            [DatabaseConnection.Setting] = connectionString,
            ["AzureWebJobsStorage"] = azurite.ConnectionString(),
            ["KeyRing__ActiveKeyId"] = "bench",
            ["KeyRing__Keys__bench"] = Convert.ToBase64String(new byte[KeyRing.KeyBytes]),
            ["RateLimit__RequestsPerSecond"] = "0",
        });
        using var directus = await Peer.DirectusAsync(peers, connectionString) ?? throw new InvalidOperationException($"Directus did not start from {peers}.");
        var ours = await IngestAsync(handler, azurite.ConnectionString(), key.Text, photograph);
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
        NpgsqlConnection.ClearAllPools();
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
