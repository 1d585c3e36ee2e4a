using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Marketing.Social.Accounts.Connectors;

/// <summary>
/// Calls to the platforms' configured addresses. Answers are read up to 4 MB, redirects are not followed, nothing is repeated here, and
/// the client writes no log of its own, since addresses of Meta's exchange hold secrets.
/// </summary>
internal sealed class PlatformHttp(HttpClient http)
{
    /// <summary>Longest answer, in bytes.</summary>
    public const int MaxAnswerBytes = 4 * 1024 * 1024;

    /// <summary>A read.</summary>
    public Task<PlatformAnswer> GetAsync(string url, string? bearer, CancellationToken cancellationToken, params IEnumerable<KeyValuePair<string, string>> headers) =>
        SendAsync(HttpMethod.Get, url, null, bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer), headers, cancellationToken);

    /// <summary>A form.</summary>
    public Task<PlatformAnswer> PostFormAsync(string url, IEnumerable<KeyValuePair<string, string>> fields, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, url, new FormUrlEncodedContent(fields), authorization, [], cancellationToken);

    /// <summary>A JSON body; for reads that platforms made a POST.</summary>
    public Task<PlatformAnswer> PostJsonAsync(string url, string json, string bearer, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, url, new StringContent(json, Encoding.UTF8, "application/json"), new AuthenticationHeaderValue("Bearer", bearer), [], cancellationToken);

    /// <summary>HTTP Basic of an app.</summary>
    public static AuthenticationHeaderValue Basic(OAuthApp app) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{app.ClientId}:{app.ClientSecret}")));

    /// <summary>An address with a query.</summary>
    public static string Address(string url, params IEnumerable<KeyValuePair<string, string>> query) =>
        url + (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    private async Task<PlatformAnswer> SendAsync(
        HttpMethod method, string url, HttpContent? content, AuthenticationHeaderValue? authorization, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        request.Headers.Authorization = authorization;
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new PlatformAnswer((int)response.StatusCode, Parse(body)) { RetryAfter = response.Headers.RetryAfter?.Delta, Headers = response.Headers };
        }
        catch (HttpRequestException failure)
        {
            // Refused connections and unknown hosts did not reach anybody; anything else may have.
            var arrived = failure.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            return PlatformAnswer.None($"No answer ({failure.HttpRequestError}).", arrived);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PlatformAnswer.None("No answer in time.", mayHaveArrived: true);
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

/// <summary>What came back, or that nothing did.</summary>
/// <param name="Status">HTTP status; 0 when there was no answer.</param>
/// <param name="Body">The JSON; undefined when there was none.</param>
internal sealed record PlatformAnswer(int Status, JsonElement Body)
{
    /// <summary>Header Retry-After.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Headers; null without an answer.</summary>
    public HttpResponseHeaders? Headers { get; init; }

    /// <summary>Why there is no answer; null when there is one.</summary>
    public string? LostReason { get; init; }

    /// <summary>False when the request never reached the platform.</summary>
    public bool MayHaveArrived { get; init; } = true;

    /// <summary>A status of success with a JSON body.</summary>
    public bool IsOk => Status is >= 200 and < 300 && Body.ValueKind == JsonValueKind.Object;

    /// <summary>No answer.</summary>
    public static PlatformAnswer None(string reason, bool mayHaveArrived) => new(0, default) { LostReason = reason, MayHaveArrived = mayHaveArrived };

    /// <summary>The first value of a header.</summary>
    public string? Header(string name) => Headers is not null && Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>Never the body, which may hold tokens.</summary>
    public override string ToString() => LostReason ?? $"HTTP {Status}";
}
