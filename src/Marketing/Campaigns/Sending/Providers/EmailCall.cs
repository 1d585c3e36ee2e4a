using System.Net;
using System.Net.Http.Headers;

namespace Marketing.Campaigns.Sending.Providers;

/// <summary>What came back from a call over HTTP.</summary>
internal abstract record EmailAnswer
{
    /// <summary>An answer of the provider, or of something in front of it.</summary>
    public sealed record Answered(HttpStatusCode Status, byte[] Body, HttpResponseHeaders Headers) : EmailAnswer;

    /// <summary>No answer.</summary>
    /// <param name="Reason">Why, without the address.</param>
    /// <param name="MayHaveArrived">The request may have reached the provider.</param>
    public sealed record Lost(string Reason, bool MayHaveArrived) : EmailAnswer;
}

/// <summary>Sends one request to an email provider and reads a short answer. Never repeats it.</summary>
internal static class EmailCall
{
    /// <summary>Longest answer that is read, in bytes; a refusal of a thousand recipients takes some 300 each.</summary>
    private const int MaxAnswer = 1024 * 1024;

    /// <summary>Sends it. The request is disposed here.</summary>
    public static async Task<EmailAnswer> CallAsync(this HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var message = request;
        if (cancellationToken.IsCancellationRequested) return new EmailAnswer.Lost("Not called: the time for an answer is over.", MayHaveArrived: false);
        try
        {
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return new EmailAnswer.Answered(response.StatusCode, await BodyAsync(response, cancellationToken), response.Headers);
        }
        catch (OperationCanceledException)
        {
            // Whoever ended the wait: the request may be on its way.
            return new EmailAnswer.Lost("No answer in time.", MayHaveArrived: true);
        }
        catch (HttpRequestException failure)
        {
            var connected = failure.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            return new EmailAnswer.Lost($"The connection failed: {failure.HttpRequestError}.", connected);
        }
    }

    // The status decides; a body that breaks off tells less, not something else.
    private static async Task<byte[]> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxAnswer, cancellationToken);
            return await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return [];
        }
    }
}
