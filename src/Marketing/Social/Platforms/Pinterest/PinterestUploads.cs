using System.Net.Http.Headers;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;

namespace Marketing.Social.Platforms.Pinterest;

/// <summary>Sends a video to the storage that Pinterest names, as a form: all fields first, the file last, no token. Source: Pinterest, "Create Pins", videos.</summary>
internal sealed class PinterestUploads(HttpClient http, ReadMedia media)
{
    /// <summary>Sends it in one piece. Repeating it writes the same object again.</summary>
    /// <exception cref="MediaUnreadableException">The video cannot be read.</exception>
    public async Task<PlatformAnswer> SendAsync(PinterestState upload, string videoUrl, CancellationToken cancellationToken)
    {
        var file = (await media.DescribeAsync(videoUrl, cancellationToken)).Typed(videoUrl);
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in upload.Fields ?? new Dictionary<string, string>())
        {
            var field = new StringContent(value);
            field.Headers.ContentType = null;
            field.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = $"\"{name}\"" };
            form.Add(field);
        }
        var content = new MediaContent(media, videoUrl, file);
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"file\"", FileName = "\"video\"" };
        form.Add(content);
        return await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, upload.UploadUrl) { Content = form }, token: null, cancellationToken);
    }
}
