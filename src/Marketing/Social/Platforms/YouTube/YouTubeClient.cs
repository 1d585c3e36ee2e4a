using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.YouTube;

/// <summary>The calls of the YouTube Data API that publishing makes. Source: YouTube Data API v3, "Videos", "Resumable uploads".</summary>
internal sealed class YouTubeClient(HttpClient http, IOptions<YouTubeOptions> options)
{
    /// <summary>Opens an upload; the answer's <c>Location</c> is its address.</summary>
    public Task<PlatformAnswer> StartUploadAsync(string token, YouTubeVideo video, MediaFile file, bool notifySubscribers, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address($"upload/youtube/v3/videos?uploadType=resumable&part=snippet,status&notifySubscribers={(notifySubscribers ? "true" : "false")}"))
        {
            Content = JsonContent.Create(video, YouTubeJson.Default.YouTubeVideo),
        };
        request.Headers.Add("X-Upload-Content-Length", file.Length.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Upload-Content-Type", file.ContentType);
        return http.SendAsync(request, token, cancellationToken);
    }

    /// <summary>Sends one part.</summary>
    public Task<PlatformAnswer> SendPartAsync(string token, YouTubeState upload, byte[] part, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(part);
        content.Headers.ContentType = MediaTypeHeaderValue.TryParse(upload.Type, out var type) ? type : new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.ContentRange = new ContentRangeHeaderValue(upload.Sent, upload.Sent + part.Length - 1, upload.Bytes);
        return http.SendAsync(new HttpRequestMessage(HttpMethod.Put, upload.Session) { Content = content }, token, cancellationToken);
    }

    /// <summary>Asks an upload how far it is.</summary>
    public Task<PlatformAnswer> AskUploadAsync(string token, YouTubeState upload, CancellationToken cancellationToken)
    {
        var nothing = new ByteArrayContent([]);
        nothing.Headers.ContentRange = new ContentRangeHeaderValue(upload.Bytes);
        return http.SendAsync(new HttpRequestMessage(HttpMethod.Put, upload.Session) { Content = nothing }, token, cancellationToken);
    }

    public Task<PlatformAnswer> VideosAsync(string token, string ids, CancellationToken cancellationToken) =>
        GetAsync($"videos?part=status,snippet&id={Uri.EscapeDataString(ids)}", token, cancellationToken);

    /// <summary>Writes the status of a video; what it does not name falls back to YouTube's defaults.</summary>
    public Task<PlatformAnswer> UpdateStatusAsync(string token, YouTubeVideo video, CancellationToken cancellationToken) => http.SendAsync(
        new HttpRequestMessage(HttpMethod.Put, Address("youtube/v3/videos?part=status")) { Content = JsonContent.Create(video, YouTubeJson.Default.YouTubeVideo) }, token, cancellationToken);

    public Task<PlatformAnswer> SetCoverAsync(string token, string videoId, byte[] image, string contentType, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(image) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        return http.SendAsync(new HttpRequestMessage(HttpMethod.Post, Address($"upload/youtube/v3/thumbnails/set?videoId={Uri.EscapeDataString(videoId)}&uploadType=media")) { Content = content }, token, cancellationToken);
    }

    public Task<PlatformAnswer> OwnChannelAsync(string token, CancellationToken cancellationToken) => GetAsync("channels?part=contentDetails&mine=true", token, cancellationToken);

    public Task<PlatformAnswer> PlaylistAsync(string token, string playlistId, CancellationToken cancellationToken) =>
        GetAsync($"playlistItems?part=contentDetails&playlistId={Uri.EscapeDataString(playlistId)}&maxResults=50", token, cancellationToken);

    private Task<PlatformAnswer> GetAsync(string path, string token, CancellationToken cancellationToken) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Get, Address($"youtube/v3/{path}")), token, cancellationToken);

    private string Address(string path) => $"{options.Value.ApiUrl.TrimEnd('/')}/{path}";
}
