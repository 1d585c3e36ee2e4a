using System.Net.Http.Headers;
using System.Text.Json;

namespace Marketing.Social.Platforms.Http;

/// <summary>Sends one request to a platform and reads the answer into memory. Never repeats it.</summary>
internal static class PlatformCall
{
    /// <summary>Longest answer that is read, in bytes. A choice: the largest documented answer is a page of a list.</summary>
    private const int MaxAnswer = 4 * 1024 * 1024;

    /// <summary>Sends it.</summary>
    /// <param name="http">The platform's client, with its time limit.</param>
    /// <param name="request">The request; disposed here.</param>
    /// <param name="token">Bearer token; null when the request carries its own proof, as upload addresses do.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public static async Task<PlatformAnswer> SendAsync(this HttpClient http, HttpRequestMessage request, string? token, CancellationToken cancellationToken)
    {
        using var message = request;
        if (token is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await response.Content.LoadIntoBufferAsync(MaxAnswer, cancellationToken);
            return new PlatformAnswer.Answered(response.StatusCode, Json(await response.Content.ReadAsByteArrayAsync(cancellationToken)), response.Headers);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PlatformAnswer.Lost($"No answer within {http.Timeout.TotalSeconds:0.#} s.", MayHaveArrived: true);
        }
        catch (HttpRequestException failure)
        {
            var connected = failure.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            return new PlatformAnswer.Lost($"The connection failed: {failure.HttpRequestError}.", connected);
        }
    }

    private static JsonElement Json(byte[] body)
    {
        if (body.Length == 0) return default;
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body);
        }
        catch (JsonException)
        {
            return default; // A proxy's page: its status tells.
        }
    }
}
