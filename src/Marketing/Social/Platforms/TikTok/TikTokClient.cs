using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Social.Platforms.Http;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.TikTok;

/// <summary>The calls of TikTok's content posting API. Every path ends with a slash; ids are whole numbers beyond 2^53.</summary>
internal sealed class TikTokClient(HttpClient http, IOptions<TikTokOptions> options)
{
    /// <summary>Calls a data endpoint; below <c>/v2/</c>.</summary>
    public async Task<TikTokAnswer> PostAsync(string path, string token, JsonObject body, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{options.Value.ApiUrl.TrimEnd('/')}/v2/{path}")) { Content = JsonContent.Create(body) };
        switch (await http.SendAsync(request, token, cancellationToken))
        {
            case PlatformAnswer.Answered answered when answered.Body.Child("error") is { ValueKind: JsonValueKind.Object } error && error.Text("code") is { } code:
                return code == "ok" ? new TikTokAnswer.Ok(answered.Body.Child("data")) : new TikTokAnswer.Refused(new TikTokError(code, error.Text("message"), error.Text("log_id") ?? error.Text("logid")));
            case PlatformAnswer.Answered { Status: HttpStatusCode.TooManyRequests }:
                return new TikTokAnswer.Refused(new TikTokError("rate_limit_exceeded", "HTTP 429 without a body.", null));
            case PlatformAnswer.Answered answered:
                return new TikTokAnswer.Lost($"HTTP {(int)answered.Status} without an answer that can be read.", MayHaveArrived: true);
            case PlatformAnswer.Lost(var reason, var mayHaveArrived):
                return new TikTokAnswer.Lost(reason, mayHaveArrived);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Sends one part of a file to the address that the upload was opened with, which carries its own proof.</summary>
    public Task<PlatformAnswer> PutAsync(string uploadUrl, byte[] part, long offset, long length, string contentType, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(part);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        content.Headers.ContentRange = new ContentRangeHeaderValue(offset, offset + part.Length - 1, length);
        return http.SendAsync(new HttpRequestMessage(HttpMethod.Put, new Uri(uploadUrl)) { Content = content }, token: null, cancellationToken);
    }
}
