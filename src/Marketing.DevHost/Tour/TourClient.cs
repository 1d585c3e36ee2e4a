using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketing.DevHost.Tour;

/// <summary>Calls the API as a client would, and turns a refusal into a sentence.</summary>
internal sealed class TourClient : IDisposable
{
    private readonly HttpClient http;

    public TourClient(string apiUrl, string adminKey)
    {
        http = new HttpClient { BaseAddress = new Uri(apiUrl.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
    }

    public Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public Task<JsonNode> PostAsync(string path, JsonObject body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    public Task<JsonNode> PatchAsync(string path, JsonObject body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Patch, path, body, cancellationToken);

    /// <summary>Posts a body as it is, without the API key: a webhook.</summary>
    public async Task<int> PostWebhookAsync(string path, byte[] body, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        using var response = await http.SendAsync(request, cancellationToken);
        await ThrowIfRefusedAsync(response, $"POST {path}", cancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>Reads a list until one row satisfies the condition.</summary>
    /// <exception cref="TourException">The time is up; the message says what was awaited.</exception>
    public async Task<JsonNode> WaitForAsync(string path, Func<JsonNode, bool> isThere, string awaited, TimeSpan limit, CancellationToken cancellationToken)
    {
        var until = DateTimeOffset.UtcNow + limit;
        while (DateTimeOffset.UtcNow < until)
        {
            var answer = await GetAsync(path, cancellationToken);
            var rows = answer is JsonArray list ? list : new JsonArray(answer.DeepClone());
            if (rows.FirstOrDefault(row => row is not null && isThere(row)) is { } found) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken);
        }
        throw new TourException($"Waited {limit.TotalSeconds:0} s for {awaited}, in vain. Last asked: GET {path}");
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await http.SendAsync(request, cancellationToken);
        await ThrowIfRefusedAsync(response, $"{method} {path}", cancellationToken);
        return await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken) ?? throw new TourException($"{method} {path} answered nothing.");
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, string call, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        throw new TourException($"{call} was refused with {(int)response.StatusCode}: {Shorten(answer)}");
    }

    private static string Shorten(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonObject>(text)?["detail"] is { } detail ? $"{detail} {JsonSerializer.Deserialize<JsonObject>(text)?["errors"]?.ToJsonString()}" : text;
        }
        catch (JsonException)
        {
            return text.Length > 500 ? text[..500] : text;
        }
    }
}
