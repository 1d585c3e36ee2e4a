using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Marketing.DevHost.FunctionsHost;

/// <summary>Posts an invocation to the handler and judges the answer as the Functions host does.</summary>
public sealed class InvokeHandler : IDisposable
{
    private readonly HandlerProcess handler;
    private readonly TimeSpan timeout;
    private readonly Action<string> log;
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <param name="handler">The handler.</param>
    /// <param name="timeout">Longest run of a function; the handler is killed beyond it.</param>
    /// <param name="log">Receives failures.</param>
    public InvokeHandler(HandlerProcess handler, TimeSpan timeout, Action<string> log) => (this.handler, this.timeout, this.log) = (handler, timeout, log);

    /// <summary>Runs a function.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="data">The trigger's payload, by binding name.</param>
    /// <param name="metadata">The trigger's metadata.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>True when it succeeded.</returns>
    public async Task<bool> RunAsync(string function, JsonObject data, JsonObject metadata, CancellationToken cancellationToken)
    {
        metadata["sys"] = new JsonObject { ["MethodName"] = function, ["UtcNow"] = DateTimeOffset.UtcNow.ToString("O"), ["RandGuid"] = Guid.NewGuid().ToString() };
        var body = new JsonObject { ["Data"] = data, ["Metadata"] = metadata };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await handler.ReadyAsync(limit.Token);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(handler.Address, function));
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            request.Headers.Add("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
            using var response = await http.SendAsync(request, limit.Token);
            var answer = await response.Content.ReadAsStringAsync(limit.Token);
            if (response.IsSuccessStatusCode) return JsonNode.Parse(answer) is JsonObject;
            log($"{function} failed with {(int)response.StatusCode}");
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log($"{function} ran longer than {timeout}; the handler is killed");
            handler.Kill();
            return false;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or System.Text.Json.JsonException or Servers.DevHostException)
        {
            log($"{function} failed: {exception.Message}");
            return false;
        }
    }

    /// <summary>A string or number as the host wraps it: JSON text inside a JSON string.</summary>
    public static JsonNode Wrap(string value) => JsonValue.Create(System.Text.Json.JsonSerializer.Serialize(value))!;

    /// <summary>Closes the connections.</summary>
    public void Dispose() => http.Dispose();
}
