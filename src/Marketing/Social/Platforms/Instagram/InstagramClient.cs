using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.Instagram;

/// <summary>
/// The calls of the Graph API that publishing makes. The token travels in a header, so that no address holds it. Reads may be
/// repeated by the registration's resilience handler, a POST never is.
/// </summary>
internal sealed class InstagramClient(HttpClient http, IOptions<InstagramOptions> options)
{
    public Task<GraphAnswer<GraphList<GraphPublishingLimit>>> PublishingLimitAsync(string account, string token, CancellationToken cancellationToken) =>
        GetAsync($"{account}/content_publishing_limit?fields=quota_usage,config", token, InstagramJson.Default.GraphListGraphPublishingLimit, cancellationToken);

    public Task<GraphAnswer<GraphId>> CreateContainerAsync(
        string account, string token, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellationToken) =>
        PostAsync($"{account}/media", token, fields, cancellationToken);

    public Task<GraphAnswer<GraphContainer>> ContainerAsync(string container, string token, CancellationToken cancellationToken) =>
        GetAsync($"{container}?fields=id,status_code,status", token, InstagramJson.Default.GraphContainer, cancellationToken);

    public Task<GraphAnswer<GraphId>> PublishAsync(string account, string token, string container, CancellationToken cancellationToken) =>
        PostAsync($"{account}/media_publish", token, [new("creation_id", container)], cancellationToken);

    public Task<GraphAnswer<GraphMedia>> MediaAsync(string media, string token, CancellationToken cancellationToken) =>
        GetAsync($"{media}?fields=id,permalink,timestamp,caption", token, InstagramJson.Default.GraphMedia, cancellationToken);

    public Task<GraphAnswer<GraphList<GraphMedia>>> PublishedSinceAsync(string account, string token, DateTimeOffset since, CancellationToken cancellationToken) =>
        GetAsync(
            $"{account}/media?fields=id,caption,timestamp,permalink&since={since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}&limit=25",
            token, InstagramJson.Default.GraphListGraphMedia, cancellationToken);

    private Task<GraphAnswer<T>> GetAsync<T>(string path, string token, JsonTypeInfo<T> shape, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, Address(path)), token, shape, cancellationToken);

    private Task<GraphAnswer<GraphId>> PostAsync(
        string path, string token, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellationToken) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = new FormUrlEncodedContent(fields) },
            token, InstagramJson.Default.GraphId, cancellationToken);

    private Uri Address(string path) => new($"{options.Value.GraphUrl.TrimEnd('/')}/{options.Value.ApiVersion}/{path}");

    private async Task<GraphAnswer<T>> SendAsync<T>(HttpRequestMessage request, string token, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
    {
        using var message = request;
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await http.SendAsync(message, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return Read(response, body, shape);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new GraphAnswer<T>.Lost($"No answer within {http.Timeout.TotalSeconds:0.#} s.", MayHaveArrived: true);
        }
        catch (HttpRequestException failure)
        {
            var connected = failure.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            return new GraphAnswer<T>.Lost($"The connection failed: {failure.HttpRequestError}.", connected);
        }
    }

    private static GraphAnswer<T> Read<T>(HttpResponseMessage response, string body, JsonTypeInfo<T> shape)
    {
        try
        {
            if (response.IsSuccessStatusCode && JsonSerializer.Deserialize(body, shape) is { } value) return new GraphAnswer<T>.Ok(value);
            if (JsonSerializer.Deserialize(body, InstagramJson.Default.GraphFailure)?.Error is { } error)
                return new GraphAnswer<T>.Refused(error with { RegainAccessAfter = RegainAccessAfter(response) });
        }
        catch (JsonException)
        {
            // Not JSON: a proxy's page. Told below, by its status.
        }

        return new GraphAnswer<T>.Lost($"HTTP {(int)response.StatusCode} without an answer that can be read.", MayHaveArrived: true);
    }

    // The key of the header is a business id or an account id, so the entries are taken whatever their key.
    private static TimeSpan? RegainAccessAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter?.Delta is { } delay) return delay;
        if (!response.Headers.TryGetValues("X-Business-Use-Case-Usage", out var values)) return null;
        try
        {
            var minutes = (JsonSerializer.Deserialize(values.First(), InstagramJson.Default.DictionaryStringGraphUsageArray) ?? [])
                .SelectMany(entry => entry.Value)
                .Where(usage => usage.Type is "instagram")
                .Select(usage => usage.EstimatedTimeToRegainAccess)
                .DefaultIfEmpty(0)
                .Max();
            return minutes > 0 ? TimeSpan.FromMinutes(minutes) : null;
        }
        catch (JsonException)
        {
            return null; // A header that cannot be read names no delay; the error itself is classified all the same.
        }
    }
}
