using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Marketing.Social.Platforms.Http;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.LinkedIn;

/// <summary>The calls of LinkedIn's versioned API that publishing makes. Source: LinkedIn, "Posts API", "Images API", "Videos API".</summary>
internal sealed class LinkedInClient(HttpClient http, IOptions<LinkedInOptions> options, TimeProvider clock)
{
    /// <param name="token">Access token.</param>
    /// <param name="kind">images, documents or videos.</param>
    /// <param name="request">Of whom, and how long.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<PlatformAnswer> InitializeAsync(string token, string kind, LinkedInInitializeRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, $"{kind}?action=initializeUpload", token, () => JsonContent.Create(new LinkedInInitialize(request), LinkedInJson.Default.LinkedInInitialize), cancellationToken);

    /// <summary>Sends bytes to an upload's address.</summary>
    public Task<PlatformAnswer> PutAsync(string token, string uploadUrl, HttpContent bytes, CancellationToken cancellationToken) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Put, uploadUrl) { Content = bytes }, token, cancellationToken);

    public Task<PlatformAnswer> FinalizeAsync(string token, LinkedInFinalizeRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, "videos?action=finalizeUpload", token, () => JsonContent.Create(new LinkedInFinalize(request), LinkedInJson.Default.LinkedInFinalize), cancellationToken);

    public Task<PlatformAnswer> MediumAsync(string token, string kind, string urn, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"{kind}/{Uri.EscapeDataString(urn)}", token, content: null, cancellationToken);

    public Task<PlatformAnswer> PostAsync(string token, LinkedInNewPost post, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "posts", token, () => JsonContent.Create(post, LinkedInJson.Default.LinkedInNewPost), cancellationToken);

    public Task<PlatformAnswer> PostByUrnAsync(string token, string urn, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"posts/{Uri.EscapeDataString(urn)}", token, content: null, cancellationToken);

    /// <summary>An author's posts, the last changed first.</summary>
    public Task<PlatformAnswer> PostsAsync(string token, string author, int start, int count, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Get,
        string.Create(CultureInfo.InvariantCulture, $"posts?author={Uri.EscapeDataString(author)}&q=author&start={start}&count={count}&sortBy=LAST_MODIFIED"),
        token, content: null, cancellationToken, "FINDER");

    // A token just made may be refused for some seconds. A refused call had no effect, so that it may be repeated, also one that publishes.
    private async Task<PlatformAnswer> SendAsync(
        HttpMethod method, string path, string token, Func<HttpContent>? content, CancellationToken cancellationToken, string? restliMethod = null)
    {
        var answer = await http.SendAsync(Request(), token, cancellationToken);
        if (answer is not PlatformAnswer.Answered { Status: HttpStatusCode.Unauthorized } refused || refused.As(LinkedInJson.Default.LinkedInError)?.ServiceErrorCode != LinkedInErrors.TokenNotValidYet) return answer;
        await Task.Delay(options.Value.FreshTokenWait, clock, cancellationToken);
        return await http.SendAsync(Request(), token, cancellationToken);

        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(method, $"{options.Value.ApiUrl.TrimEnd('/')}/{path}") { Content = content?.Invoke() };
            request.Headers.Add("LinkedIn-Version", options.Value.ApiVersion);
            request.Headers.Add("X-Restli-Protocol-Version", "2.0.0");
            if (restliMethod is not null) request.Headers.Add("X-RestLi-Method", restliMethod);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            return request;
        }
    }
}
