using System.Globalization;
using System.Text;
using System.Text.Json;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.Pinterest;

/// <summary>
/// Publishes pins of one image, several images or a video. Pinterest fetches images by their address; a video is sent beforehand. Pinterest
/// refuses no duplicates, so that an unconfirmed pin is looked for on its board, by the mark in its link where it has one.
/// </summary>
internal sealed class PinterestPublisher(PinterestClient pinterest, PinterestUploads uploads, IOptions<PinterestOptions> options, TimeProvider clock) : IPublisher
{
    // Lengths in characters. Source: Pinterest API v5, "Create Pin".
    private const int MaxTitle = 100;
    private const int MaxAltText = 500;
    private const int MaxImages = 5;

    /// <summary>Container of a pin of images, which are not handed over beforehand.</summary>
    private const string Images = "images";

    /// <summary>Option of the board that the pin goes on.</summary>
    private const string BoardId = "board_id";

    public string Platform => "pinterest";

    public TimeSpan ShownWithin => options.Value.ShownWithin;

    public async Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (Unsuitable(target) is { } refusal) return refusal;
        var at = clock.GetUtcNow().ToUnixTimeSeconds();
        if (target.PostType != "video") return new Outcome.Submitted(Images, Write(new PinterestState(at, null, null)));

        var answer = await pinterest.RegisterVideoAsync(target.Token, cancellationToken);
        if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered) return Unanswered(answer);
        return answered.As(PinterestJson.Default.PinterestUpload) is { MediaId: { } id, UploadUrl: { } url, UploadParameters: { } fields }
            ? new Outcome.Submitted(id, Write(new PinterestState(at, url, fields.ToDictionary(field => field.Key, field => field.Value.ToString()))))
            : new Outcome.Unknown("Pinterest registered the video without telling where to send it.");
    }

    public async Task<Outcome> PollAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        if (containerId == Images) return new Outcome.Ready();
        var state = Read(target);
        if (state.UploadUrl is not null) return await UploadAsync(target, state, cancellationToken);

        var answer = await pinterest.MediaAsync(target.Token, containerId, cancellationToken);
        if (answer is PlatformAnswer.Answered { Status: System.Net.HttpStatusCode.NotFound }) return new Outcome.SubmitAgain("Pinterest does not know the video any more.");
        if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered) return Unanswered(answer);
        return answered.As(PinterestJson.Default.PinterestMedia)?.Status switch
        {
            "succeeded" => new Outcome.Ready(),
            "processing" or "registered" => new Outcome.Processing(),
            "failed" => new Outcome.Reject("media_urls", "Pinterest does not take the video."),
            var status => new Outcome.Unknown($"The video is in the unknown state '{status}'."),
        };
    }

    public async Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken) =>
        await pinterest.CreatePinAsync(target.Token, Pin(target, containerId), cancellationToken) switch
        {
            PlatformAnswer.Answered { IsSuccess: true } answer => answer.As(PinterestJson.Default.PinterestPin)?.Id is { Length: > 0 } id
                ? new Outcome.Published(id, Link(id))
                : new Outcome.Unconfirmed("Pinterest accepted the pin without naming it."),
            PlatformAnswer.Answered refused => PinterestErrors.Classify(refused, mayHavePublished: true, clock.GetUtcNow()),
            PlatformAnswer.Lost lost => lost.AsFinalise(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public async Task<Outcome> FindAsync(PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        const int pageSize = 100;
        const int maxPages = 20;
        var wanted = Pin(target, containerId);
        var start = since.AddMinutes(-1);
        string? bookmark = null;
        var newestFirst = true;
        var previous = DateTimeOffset.MaxValue;
        for (var page = 0; page < maxPages; page++)
        {
            var answer = await pinterest.PinsAsync(target.Token, wanted.BoardId, pageSize, bookmark, cancellationToken);
            if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered) return Unreadable(answer);
            if (answered.As(PinterestJson.Default.PinterestPins) is not { Items: { } pins } list) return new Outcome.Unconfirmed("The list of the board's pins cannot be read.");
            if (pins.FirstOrDefault(pin => IsSame(target, wanted, pin, start) && !isOurs(pin.Id!)) is { Id: { } id }) return new Outcome.Published(id, Link(id));

            foreach (var at in pins.Select(CreatedAt))
            {
                newestFirst &= at <= previous;
                previous = at;
            }
            bookmark = list.Bookmark;
            // The order is not documented: older pins end the search only where the list has shown itself to be newest first.
            if (string.IsNullOrEmpty(bookmark) || (newestFirst && previous < start)) return new Outcome.NotPublished();
        }
        return new Outcome.Unconfirmed($"The board has more than {pageSize * maxPages} pins in no order; the list is not read further.");
    }

    public Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome>(new Outcome.Published(externalPostId, Link(externalPostId)));

    private static Outcome.Reject? Unsuitable(PublishTarget target) => (target.PostType, target.MediaUrls.Count) switch
    {
        _ when target.Options.Text(BoardId) is null or "" => new("options", "A pin needs a board: set the option board_id."),
        ("post" or "video", 1) or ("carousel", >= 2 and <= MaxImages) => null,
        ("carousel", var count) => new("media_urls", $"A carousel on Pinterest has 2 to {MaxImages} images; this one has {count}."),
        ("post" or "video", var count) => new("media_urls", $"A pin has one medium; this one has {count}."),
        (var type, _) => new("post_type", $"Pinterest has no posts of type '{type}'."),
    };

    private PinterestNewPin Pin(PublishTarget target, string containerId) => new(
        target.Options.Text(BoardId)!, target.Options.Text("board_section_id"), target.Options.Text("title")?.Shortened(MaxTitle),
        target.Caption.Length > 0 ? target.Caption : null, MarkedLink(target), target.AltTextOf(0)?.Shortened(MaxAltText),
        target.PostType switch
        {
            "video" when target.CoverUrl is { } cover => new("video_id", MediaId: containerId, CoverImageUrl: cover),
            // One form of cover is needed. The unit is taken for seconds (unverified).
            "video" => new("video_id", MediaId: containerId, CoverImageKeyFrameTime: (target.Options.Number("cover_frame_ms") ?? 0) / 1000d),
            "carousel" => new("multiple_image_urls", Items: [.. target.MediaUrls.Select(url => new PinterestItem(url, null, null, MarkedLink(target)))], Index: 0),
            _ => new("image_url", Url: target.MediaUrls[0]),
        });

    private string? MarkedLink(PublishTarget target)
    {
        if (target.LinkUrl is not { Length: > 0 } link || !options.Value.MarkLinks || !Uri.TryCreate(link, UriKind.Absolute, out var address)) return target.LinkUrl is { Length: > 0 } ? target.LinkUrl : null;
        var builder = new UriBuilder(address);
        builder.Query = $"{(builder.Query.Length > 1 ? $"{builder.Query[1..]}&" : "")}sp={target.PostId:N}";
        return builder.Uri.AbsoluteUri;
    }

    private static bool IsSame(PublishTarget target, PinterestNewPin wanted, PinterestPin pin, DateTimeOffset start)
    {
        if (pin.Id is null || CreatedAt(pin) < start) return false;
        if (pin.Link?.Contains($"sp={target.PostId:N}", StringComparison.Ordinal) == true) return true;
        return Plain(pin.Title) == Plain(wanted.Title) && Plain(pin.Description) == Plain(wanted.Description) && (pin.Link ?? "") == (wanted.Link ?? "");
    }

    private async Task<Outcome> UploadAsync(PublishTarget target, PinterestState state, CancellationToken cancellationToken)
    {
        try
        {
            return await uploads.SendAsync(state, target.MediaUrls[0], cancellationToken) switch
            {
                PlatformAnswer.Answered { IsSuccess: true } => new Outcome.Processing(Write(state with { UploadUrl = null, Fields = null })),
                PlatformAnswer.Answered refused when (int)refused.Status < 500 => new Outcome.SubmitAgain($"Pinterest's storage refused the video (HTTP {(int)refused.Status})."),
                PlatformAnswer.Answered broken => new Outcome.RetryLater(null, $"Pinterest's storage answered HTTP {(int)broken.Status}."),
                PlatformAnswer.Lost lost => lost.AsHarmless(),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (MediaUnreadableException unreadable)
        {
            return new Outcome.RetryLater(null, unreadable.Message);
        }
    }

    private Outcome Unreadable(PlatformAnswer answer) => Unanswered(answer) switch
    {
        Outcome.Reject(_, var reason) => new Outcome.Unconfirmed($"The board's pins cannot be read: {reason}"),
        var other => other,
    };

    // For calls that publish nothing.
    private Outcome Unanswered(PlatformAnswer answer) => answer switch
    {
        PlatformAnswer.Answered refused => PinterestErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow()),
        PlatformAnswer.Lost lost => lost.AsHarmless(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // Pinterest gives the time without a zone; it is UTC (unverified).
    private static DateTimeOffset CreatedAt(PinterestPin pin) =>
        DateTimeOffset.TryParse(pin.CreatedAt, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.MinValue;

    private static string Plain(string? text) => (text ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).Normalize(NormalizationForm.FormC).Trim();

    private static string Link(string id) => $"https://www.pinterest.com/pin/{id}/";

    private static string Write(PinterestState state) => JsonSerializer.Serialize(state, PinterestJson.Default.PinterestState);

    private static PinterestState Read(PublishTarget target) => JsonSerializer.Deserialize(target.ContainerState!, PinterestJson.Default.PinterestState)!;
}
