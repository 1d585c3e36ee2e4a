using System.Globalization;
using Marketing.Social.Platforms.Meta;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.Instagram;

/// <summary>The calls of the Graph API that publishing to Instagram makes.</summary>
internal sealed class InstagramClient(HttpClient http, IOptions<InstagramOptions> options)
{
    public Task<GraphAnswer> PublishingLimitAsync(string account, string token, CancellationToken cancellationToken) =>
        GetAsync($"{account}/content_publishing_limit?fields=quota_usage,config", token, cancellationToken);

    public Task<GraphAnswer> CreateContainerAsync(string account, string token, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellationToken) =>
        PostAsync($"{account}/media", token, fields, cancellationToken);

    public Task<GraphAnswer> ContainerAsync(string container, string token, CancellationToken cancellationToken) =>
        GetAsync($"{container}?fields=id,status_code,status", token, cancellationToken);

    public Task<GraphAnswer> PublishAsync(string account, string token, string container, CancellationToken cancellationToken) =>
        PostAsync($"{account}/media_publish", token, [new("creation_id", container)], cancellationToken);

    public Task<GraphAnswer> MediaAsync(string media, string token, CancellationToken cancellationToken) =>
        GetAsync($"{media}?fields=id,permalink,timestamp,caption", token, cancellationToken);

    /// <param name="account">The account.</param>
    /// <param name="token">Access token.</param>
    /// <param name="edge"><c>media</c>, or <c>stories</c>: a story is listed there alone.</param>
    /// <param name="since">From when.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<GraphAnswer> PublishedSinceAsync(string account, string token, string edge, DateTimeOffset since, CancellationToken cancellationToken) =>
        GetAsync(
            $"{account}/{edge}?fields=id,caption,timestamp,permalink,media_product_type&since={since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}&limit=50",
            token, cancellationToken);

    public Task<GraphAnswer> CommentAsync(string media, string token, string text, CancellationToken cancellationToken) =>
        PostAsync($"{media}/comments", token, [new("message", text)], cancellationToken);

    public Task<GraphAnswer> CommentsAsync(string media, string token, CancellationToken cancellationToken) =>
        GetAsync($"{media}/comments?fields=id,text,timestamp&limit=50", token, cancellationToken);

    private Task<GraphAnswer> GetAsync(string path, string token, CancellationToken cancellationToken) => http.GraphGetAsync(Address(path), token, cancellationToken);

    private Task<GraphAnswer> PostAsync(string path, string token, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellationToken) =>
        http.GraphPostAsync(Address(path), token, fields, cancellationToken);

    private Uri Address(string path) => new($"{options.Value.GraphUrl.TrimEnd('/')}/{options.Value.ApiVersion}/{path}");
}
