using System.Text.Json;
using Marketing.Social.Platforms.Http;

namespace Marketing.Social.Platforms.Meta;

/// <summary>
/// One call to the Graph API. The token travels in a header, so that no address holds it. Reads may be repeated by the registration's
/// resilience handler, a POST never is.
/// </summary>
internal static class GraphCall
{
    /// <summary>Reads.</summary>
    public static Task<GraphAnswer> GraphGetAsync(this HttpClient http, Uri address, string token, CancellationToken cancellationToken) =>
        SendAsync(http, new HttpRequestMessage(HttpMethod.Get, address), token, cancellationToken);

    /// <summary>Writes a form.</summary>
    public static Task<GraphAnswer> GraphPostAsync(
        this HttpClient http, Uri address, string token, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellationToken) =>
        SendAsync(http, new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields) }, token, cancellationToken);

    /// <summary>Sends a request of another form.</summary>
    /// <param name="http">The client.</param>
    /// <param name="request">The request; disposed here.</param>
    /// <param name="token">Access token; null when the request carries it already.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public static async Task<GraphAnswer> SendAsync(HttpClient http, HttpRequestMessage request, string? token, CancellationToken cancellationToken)
    {
        switch (await http.SendAsync(request, token, cancellationToken))
        {
            case PlatformAnswer.Answered { Body.ValueKind: JsonValueKind.Object } answered when GraphError.Read(answered.Body) is { } error:
                return new GraphAnswer.Refused(error with { RegainAccessAfter = RegainAccessAfter(answered) });
            case PlatformAnswer.Answered { IsSuccess: true, Body.ValueKind: JsonValueKind.Object } answered:
                return new GraphAnswer.Ok(answered.Body);
            case PlatformAnswer.Answered answered:
                return new GraphAnswer.Lost($"HTTP {(int)answered.Status} without an answer that can be read.", MayHaveArrived: true);
            case PlatformAnswer.Lost(var reason, var mayHaveArrived):
                return new GraphAnswer.Lost(reason, mayHaveArrived);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // The key of the header is a business, page or account id, so the entries are taken whatever their key. The time is in minutes.
    private static TimeSpan? RegainAccessAfter(PlatformAnswer.Answered answer)
    {
        if (answer.RetryAfter(TimeProvider.System) is { } delay) return delay;
        if (!answer.Headers.TryGetValues("X-Business-Use-Case-Usage", out var values)) return null;
        try
        {
            var usage = JsonSerializer.Deserialize<JsonElement>(values.First());
            var minutes = usage.ValueKind != JsonValueKind.Object ? 0 : usage.EnumerateObject()
                .SelectMany(entry => entry.Value.ValueKind == JsonValueKind.Array ? entry.Value.EnumerateArray() : [])
                .Where(use => use.Text("type") is "instagram" or "pages")
                .Select(use => use.Child("estimated_time_to_regain_access") is { ValueKind: JsonValueKind.Number } time ? time.GetDouble() : 0)
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
