using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;
using Marketing.DevHost;
using Marketing.DevHost.FunctionsHost;
using Marketing.DevHost.Servers;
using Marketing.Identity;

namespace Marketing.IntegrationTests.Support;

/// <summary>The function app as a process of its own, under the stand-in host, over a database and a storage account of the test class's own.</summary>
public class FunctionAppFixture(TestServers servers) : IAsyncLifetime
{
    private readonly ProductFixture product = new(servers);
    private readonly List<HttpClient> clients = [];

    /// <summary>The same database and storage, from this process.</summary>
    public ProductFixture Product => product;

    /// <summary>The host.</summary>
    public StandInHost Host { get; private set; } = null!;

    /// <summary>What the function app wrote to its log.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Log { get; } = new();

    /// <summary>A client whose key holds every scope.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await product.InitializeAsync();
        product.Settings["RateLimit:RequestsPerSecond"] = "0";
        await ConfigureAsync(product.Settings);
        var settings = product.Settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value!);
        Host = await StandInHost.StartAsync(FunctionAppFolder, FreePort.Next(), settings, maxErrors: 1000, Log.Enqueue, TestContext.Current.CancellationToken);
        Admin = await ClientAsync(new ApiClientRequest("test", Scopes.All.ToList()) { Roles = ["administrator"] });
    }

    /// <summary>Adds settings of the function app, and starts what they name.</summary>
    protected virtual Task ConfigureAsync(Dictionary<string, string?> settings) => Task.CompletedTask;

    /// <summary>Where the build put the function app.</summary>
    public static string FunctionAppFolder => Path.GetFullPath(
        typeof(ReadyFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "FunctionAppFolder").Value!);

    /// <summary>A client with a new key of these scopes.</summary>
    public Task<HttpClient> ClientAsync(params string[] scopes) => ClientAsync(new ApiClientRequest("test", scopes));

    /// <summary>A client with a new key.</summary>
    public async Task<HttpClient> ClientAsync(ApiClientRequest request)
    {
        var (_, key) = await CreateApiClient.RunAsync(product.Database, request with { Name = $"{request.Name} {Guid.NewGuid()}" }, "test", TestContext.Current.CancellationToken);
        var client = AnonymousClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Text);
        return client;
    }

    /// <summary>A client without a key.</summary>
    public HttpClient AnonymousClient()
    {
        var client = new HttpClient { BaseAddress = new Uri(Host.Address, "/api/"), Timeout = TimeSpan.FromSeconds(60) };
        clients.Add(client);
        return client;
    }

    /// <summary>Posts a row that must be accepted.</summary>
    public async Task<JsonObject> CreateAsync(string table, object row)
    {
        using var response = await Admin.PostAsJsonAsync(table, row, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"POST {table}: {(int)response.StatusCode} {answer}");
        return JsonNode.Parse(answer)!.AsObject();
    }

    /// <summary>Reads JSON that must be there.</summary>
    public async Task<JsonNode> GetAsync(string path)
    {
        using var response = await Admin.GetAsync(path, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"GET {path}: {(int)response.StatusCode} {answer}");
        return JsonNode.Parse(answer)!;
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var client in clients) client.Dispose();
        await Host.DisposeAsync();
        await product.DisposeAsync();
    }
}
