using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Marketing.Social.Platforms.Http;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.X;

/// <summary>The calls of the X API that publishing makes. Source: X API v2, "Manage posts" and "Upload media" (OpenAPI 2.167).</summary>
internal sealed class XClient(HttpClient http, IOptions<XOptions> options)
{
    /// <summary>Bytes of one segment.</summary>
    public int SegmentBytes => options.Value.SegmentBytes;

    public Task<PlatformAnswer> InitializeAsync(string token, XInitialize upload, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "media/upload/initialize", token, JsonContent.Create(upload, XJson.Default.XInitialize), cancellationToken);

    public Task<PlatformAnswer> AppendAsync(string token, string mediaId, int segment, byte[] bytes, CancellationToken cancellationToken)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent(segment.ToString(CultureInfo.InvariantCulture)), "segment_index" },
            { new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } }, "media", "segment" },
        };
        return SendAsync(HttpMethod.Post, $"media/upload/{mediaId}/append", token, form, cancellationToken);
    }

    public Task<PlatformAnswer> FinalizeAsync(string token, string mediaId, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"media/upload/{mediaId}/finalize", token, content: null, cancellationToken);

    public Task<PlatformAnswer> StatusAsync(string token, string mediaId, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"media/upload?command=STATUS&media_id={mediaId}", token, content: null, cancellationToken);

    public Task<PlatformAnswer> DescribeAsync(string token, string mediaId, string altText, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "media/metadata", token, JsonContent.Create(new XMetadata(mediaId, new XMetadataValues(new XAltText(altText))), XJson.Default.XMetadata), cancellationToken);

    public Task<PlatformAnswer> PostAsync(string token, XNewPost post, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "tweets", token, JsonContent.Create(post, XJson.Default.XNewPost), cancellationToken);

    /// <summary>The newest posts of the account, newest first, at most 100 a page. Each post read costs money, hence the start.</summary>
    public Task<PlatformAnswer> TimelineAsync(string token, string account, DateTimeOffset? since, string? next, CancellationToken cancellationToken)
    {
        var start = since is { } time ? $"&start_time={time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}" : "";
        var page = next is null ? "" : $"&pagination_token={Uri.EscapeDataString(next)}";
        return SendAsync(
            HttpMethod.Get, $"users/{Uri.EscapeDataString(account)}/tweets?max_results=100{start}{page}&tweet.fields=created_at,entities,note_tweet&exclude=retweets",
            token, content: null, cancellationToken);
    }

    public Task<PlatformAnswer> PostByIdAsync(string token, string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"tweets/{Uri.EscapeDataString(id)}?expansions=author_id&user.fields=username", token, content: null, cancellationToken);

    private Task<PlatformAnswer> SendAsync(HttpMethod method, string path, string token, HttpContent? content, CancellationToken cancellationToken) =>
        http.SendAsync(new HttpRequestMessage(method, $"{options.Value.ApiUrl.TrimEnd('/')}/{path}") { Content = content }, token, cancellationToken);
}
