using System.Globalization;
using System.Net.Http.Json;
using Marketing.Social.Platforms.Http;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.Pinterest;

/// <summary>The calls of the Pinterest API that publishing makes. Source: Pinterest API v5 (OpenAPI 5.23).</summary>
internal sealed class PinterestClient(HttpClient http, IOptions<PinterestOptions> options)
{
    public Task<PlatformAnswer> RegisterVideoAsync(string token, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "media", token, JsonContent.Create(new PinterestRegister("video"), PinterestJson.Default.PinterestRegister), cancellationToken);

    public Task<PlatformAnswer> MediaAsync(string token, string mediaId, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"media/{Uri.EscapeDataString(mediaId)}", token, content: null, cancellationToken);

    public Task<PlatformAnswer> CreatePinAsync(string token, PinterestNewPin pin, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "pins", token, JsonContent.Create(pin, PinterestJson.Default.PinterestNewPin), cancellationToken);

    public Task<PlatformAnswer> PinsAsync(string token, string boardId, int pageSize, string? bookmark, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Get,
        string.Create(CultureInfo.InvariantCulture, $"boards/{Uri.EscapeDataString(boardId)}/pins?page_size={pageSize}{(bookmark is null ? "" : $"&bookmark={Uri.EscapeDataString(bookmark)}")}"),
        token, content: null, cancellationToken);

    private Task<PlatformAnswer> SendAsync(HttpMethod method, string path, string token, HttpContent? content, CancellationToken cancellationToken) =>
        http.SendAsync(new HttpRequestMessage(method, $"{options.Value.ApiUrl.TrimEnd('/')}/{path}") { Content = content }, token, cancellationToken);
}
