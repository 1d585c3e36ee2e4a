using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Marketing.Operations.Outbound;

/// <summary>
/// Calls to addresses that the installation names. Answers are JSON of a bounded size, redirects are not followed, nothing is repeated here, and
/// the client writes no log of its own, since some of the addresses hold secrets. Callers' addresses go through <see cref="OutboundHttp"/>.
/// </summary>
internal sealed class JsonHttp(HttpClient http)
{
    /// <summary>A read.</summary>
    public Task<JsonAnswer> GetAsync(string url, string? bearer, CancellationToken cancellationToken, params IEnumerable<KeyValuePair<string, string>> headers) =>
        SendAsync(HttpMethod.Get, url, null, bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer), headers, cancellationToken);

    /// <summary>A form.</summary>
    public Task<JsonAnswer> PostFormAsync(string url, IEnumerable<KeyValuePair<string, string>> fields, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, url, new FormUrlEncodedContent(fields), authorization, [], cancellationToken);

    /// <summary>A JSON body; for reads that platforms made a POST, and for what may be repeated.</summary>
    public Task<JsonAnswer> PostJsonAsync(string url, string json, string? bearer, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, url, new StringContent(json, Encoding.UTF8, "application/json"), bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer), [], cancellationToken);

    /// <summary>HTTP Basic.</summary>
    public static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>An address with a query.</summary>
    public static string Address(string url, params IEnumerable<KeyValuePair<string, string>> query) =>
        url + (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    private async Task<JsonAnswer> SendAsync(
        HttpMethod method, string url, HttpContent? content, AuthenticationHeaderValue? authorization, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        request.Headers.Authorization = authorization;
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new JsonAnswer((int)response.StatusCode, Parse(body)) { RetryAfter = response.Headers.RetryAfter?.Delta, Headers = response.Headers };
        }
        catch (HttpRequestException failure)
        {
            // Refused connections and unknown hosts did not reach anybody; anything else may have.
            var arrived = failure.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            return JsonAnswer.None($"No answer ({failure.HttpRequestError}).", arrived);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return JsonAnswer.None("No answer in time.", mayHaveArrived: true);
        }
    }

    private static JsonElement Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default; // An empty body, or a proxy's page: told by its status.
        }
    }
}
