using System.Globalization;
using System.Net.Http.Headers;
using Marketing.Social.Platforms.Meta;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.Facebook;

/// <summary>The calls of the Graph API that publishing to a Page makes.</summary>
internal sealed class FacebookClient(HttpClient http, IOptions<FacebookOptions> options)
{
    public Task<GraphAnswer> GetAsync(string path, string token, CancellationToken cancellationToken) => http.GraphGetAsync(Address(path), token, cancellationToken);

    public Task<GraphAnswer> PostAsync(string path, string token, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellationToken) =>
        http.GraphPostAsync(Address(path), token, fields, cancellationToken);

    /// <summary>Posts of the Page since a time; reels and stories are not among them.</summary>
    public Task<GraphAnswer> PublishedSinceAsync(string page, string token, DateTimeOffset since, CancellationToken cancellationToken) => GetAsync(
        $"{page}/published_posts?fields=id,message,created_time,permalink_url,attachments{{media_type,target{{id}},subattachments{{target{{id}}}}}}&since={since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}&limit=100",
        token, cancellationToken);

    /// <summary>Sends one part of a video.</summary>
    public Task<GraphAnswer> TransferAsync(string page, string token, string session, long offset, byte[] part, CancellationToken cancellationToken)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent("transfer"), "upload_phase" },
            { new StringContent(session), "upload_session_id" },
            { new StringContent(offset.ToString(CultureInfo.InvariantCulture)), "start_offset" },
            { new ByteArrayContent(part), "video_file_chunk", "part" },
        };
        return GraphCall.SendAsync(http, new HttpRequestMessage(HttpMethod.Post, Address($"{page}/videos")) { Content = form }, token, cancellationToken);
    }

    /// <summary>Has Facebook fetch a file into an upload. The upload's address comes from Facebook and takes another form of token.</summary>
    public Task<GraphAnswer> FetchAsync(string uploadUrl, string token, string fileUrl, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(uploadUrl)) { Content = new ByteArrayContent([]) };
        request.Headers.Authorization = new AuthenticationHeaderValue("OAuth", token);
        request.Headers.TryAddWithoutValidation("file_url", fileUrl);
        return GraphCall.SendAsync(http, request, token: null, cancellationToken);
    }

    private Uri Address(string path) => new($"{options.Value.GraphUrl.TrimEnd('/')}/{options.Value.ApiVersion}/{path}");
}
