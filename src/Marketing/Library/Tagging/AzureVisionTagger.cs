using System.Net.Http.Headers;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using NetVips;

namespace Marketing.Library.Tagging;

/// <summary>
/// Describes pictures with Azure AI Vision, Image Analysis 4.0, over REST: <c>POST {endpoint}/computervision/imageanalysis:analyze</c>. Source: the
/// reference of API version 2024-02-01. Its names of things are turned into the trade's by <see cref="HospitalityTags.Of"/>.
/// </summary>
internal sealed class AzureVisionTagger(HttpClient http, AzureVisionOptions options, TokenCredential? credential) : IMediaTagger
{
    private const string ApiVersion = "2024-02-01";
    private const string Scope = "https://cognitiveservices.azure.com/.default";
    private const int MaxTags = 12;
    private const int MaxAnswerBytes = 1 << 20;
    private const int MostTries = 3;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public string Name => "azure_vision";

    /// <inheritdoc />
    public string Model => ApiVersion;

    /// <inheritdoc />
    public int EdgePx => 1024;

    /// <inheritdoc />
    /// <exception cref="HttpRequestException">The service refused, did not answer, or answered with something else.</exception>
    public async Task<AssetTags> TagAsync(Image image, CancellationToken cancellationToken)
    {
        using var small = image.ThumbnailImage(EdgePx, height: EdgePx, size: Enums.Size.Down);
        var picture = small.JpegsaveBuffer(q: 85, keep: Enums.ForeignKeep.None);
        for (var attempt = 1; ; attempt++)
        {
            using var request = await RequestAsync(picture, cancellationToken);
            using var response = await SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode) return Read(await BodyAsync(response, cancellationToken));
            var mayPass = (int)response.StatusCode is 429 or >= 500;
            if (!mayPass || attempt == MostTries)
                throw new HttpRequestException($"Azure AI Vision answered {(int)response.StatusCode} {Code(await BodyAsync(response, cancellationToken))}.", null, response.StatusCode);
            var wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(attempt);
            await Task.Delay(wait < LongestWait ? wait : LongestWait, cancellationToken);
        }
    }

    /// <summary>Reads an answer of the service.</summary>
    /// <exception cref="HttpRequestException">It is none.</exception>
    internal static AssetTags Read(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            var named = Values(root, "tagsResult").Select(tag => (Name: tag.GetProperty("name").GetString()!, Confidence: tag.GetProperty("confidence").GetSingle())).ToList();
            var tags = named.SelectMany(tag => HospitalityTags.Of(tag.Name).Select(word => new AssetTag(word, Math.Clamp(tag.Confidence, 0, 1))))
                .Where(tag => tag.Confidence >= HospitalityTags.LeastCertainty)
                .GroupBy(tag => tag.Tag).Select(same => same.MaxBy(tag => tag.Confidence)!).OrderByDescending(tag => tag.Confidence).Take(MaxTags).ToList();
            var caption = root.TryGetProperty("captionResult", out var said) && said.GetProperty("text").GetString() is { Length: > 0 } text ? Sentence(text) : null;
            return new AssetTags(tags, Focus(root)) { Description = caption, AltText = caption };
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HttpRequestException("The answer of Azure AI Vision is not the JSON of its reference.", unreadable);
        }
    }

    private static JsonElement.ArrayEnumerator Values(JsonElement root, string result) => root.TryGetProperty(result, out var found) ? found.GetProperty("values").EnumerateArray() : default;

    // The middle of the square that the service would crop; in pixels of the picture that was sent.
    private static (double X, double Y)? Focus(JsonElement root)
    {
        if (!root.TryGetProperty("metadata", out var size)) return null;
        var (width, height) = (size.GetProperty("width").GetDouble(), size.GetProperty("height").GetDouble());
        foreach (var crop in Values(root, "smartCropsResult"))
        {
            var box = crop.GetProperty("boundingBox");
            return (Math.Clamp((box.GetProperty("x").GetDouble() + box.GetProperty("w").GetDouble() / 2) / width, 0, 1), Math.Clamp((box.GetProperty("y").GetDouble() + box.GetProperty("h").GetDouble() / 2) / height, 0, 1));
        }
        return null;
    }

    private async Task<HttpRequestMessage> RequestAsync(byte[] picture, CancellationToken cancellationToken)
    {
        var features = options.HasCaptions ? "tags,caption,smartCrops" : "tags,smartCrops";
        var address = new Uri(options.Endpoint!, $"computervision/imageanalysis:analyze?api-version={ApiVersion}&features={features}&smartcrops-aspect-ratios=1.0&language=en&gender-neutral-caption=true");
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(picture) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        if (options.Key is { Length: > 0 } key) request.Headers.Add("Ocp-Apim-Subscription-Key", key);
        else if (credential is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(credential, cancellationToken));
        return request;
    }

    private static async Task<string> TokenAsync(TokenCredential credential, CancellationToken cancellationToken)
    {
        try
        {
            return (await credential.GetTokenAsync(new TokenRequestContext([Scope]), cancellationToken)).Token;
        }
        catch (AuthenticationFailedException refused)
        {
            throw new HttpRequestException("The identity of the app gets no token for Azure AI Vision. Give it the role Cognitive Services User, or set Library:AzureVision:Key.", refused);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (TaskCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("Azure AI Vision did not answer in time.", late);
        }
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    // {"error":{"code":"InvalidRequest","message":"…"}}; the message may repeat what was sent, the code does not.
    private static string Code(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("error", out var error) && error.TryGetProperty("code", out var code) ? code.ToString() : "without a code";
        }
        catch (JsonException)
        {
            return "without JSON";
        }
    }

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..].TrimEnd('.')}.";
}
