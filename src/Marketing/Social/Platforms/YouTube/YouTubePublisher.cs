using System.Text.Json;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.YouTube;

/// <summary>
/// Publishes videos to a YouTube channel: uploaded as private in parts, made visible by one update of its privacy. The update may be
/// repeated and its effect be read, so that nothing stays unconfirmed.
/// </summary>
internal sealed class YouTubePublisher(YouTubeClient youTube, YouTubeUpload upload, YouTubeCover covers, IOptions<YouTubeOptions> options, TimeProvider clock) : IPublisher
{
    /// <summary>How long a video just uploaded may be missing in reads. A choice.</summary>
    private static readonly TimeSpan ListedWithin = TimeSpan.FromMinutes(5);

    public string Platform => "youtube";

    public TimeSpan ShownWithin => TimeSpan.Zero;

    public async Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (Unsuitable(target) is { } refusal) return refusal;
        try
        {
            var file = await upload.DescribeAsync(target, cancellationToken);
            if (!file.ContentType.StartsWith("video/", StringComparison.Ordinal) && file.ContentType != "application/octet-stream")
                return new Outcome.Reject("media_urls", $"YouTube takes videos, not {file.ContentType}.");
            if (file.Length == 0) return new Outcome.Reject("media_urls", "The video is empty.");

            var video = new YouTubeVideo(null, YouTubeMetadata.Snippet(target, options.Value.CategoryId), YouTubeMetadata.Status(target, "private"));
            return await youTube.StartUploadAsync(target.Token, video, file, target.Options.Flag("notify_subscribers") ?? true, cancellationToken) switch
            {
                PlatformAnswer.Answered { IsSuccess: true, Headers.Location: { } session } =>
                    new Outcome.Submitted($"upload-{clock.GetUtcNow().ToUnixTimeSeconds()}", Write(new YouTubeState(session.AbsoluteUri, file.Length, file.ContentType, 0))),
                PlatformAnswer.Answered { IsSuccess: true } => new Outcome.Unknown("YouTube opened the upload without giving its address."),
                var other => Unanswered(other),
            };
        }
        catch (MediaUnreadableException unreadable)
        {
            return new Outcome.RetryLater(null, unreadable.Message);
        }
    }

    public async Task<Outcome> PollAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        var state = Read(target);
        try
        {
            if (state.VideoId is null)
            {
                var (sent, refusal) = await upload.AdvanceAsync(target, state, cancellationToken);
                return sent is null ? refusal! : new Outcome.Processing(Write(sent), GoOn: true);
            }
            if (!state.IsCoverDone && target.CoverUrl is { } cover)
                return await covers.SetAsync(target.Token, state.VideoId, cover, cancellationToken) is { } refusal ? refusal : new Outcome.Processing(Write(state with { IsCoverDone = true }), GoOn: true);
        }
        catch (MediaUnreadableException unreadable)
        {
            return new Outcome.RetryLater(null, unreadable.Message);
        }
        return await ReadStateAsync(target, state, cancellationToken);
    }

    public async Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        var videoId = Read(target).VideoId!;
        var wanted = YouTubeMetadata.Privacy(target);
        return await youTube.UpdateStatusAsync(target.Token, new YouTubeVideo(videoId, null, YouTubeMetadata.Status(target, wanted)), cancellationToken) switch
        {
            PlatformAnswer.Answered { IsSuccess: true } answer => answer.As(YouTubeJson.Default.YouTubeVideo)?.Status?.PrivacyStatus switch
            {
                { } privacy when privacy == wanted => new Outcome.Published(videoId, Link(videoId)),
                { } privacy => new Outcome.Reject("account_id", $"YouTube keeps the video {privacy}. Projects that have not passed YouTube's audit may upload private videos only."),
                null => new Outcome.Unconfirmed("YouTube accepted the update without telling who sees the video."),
            },
            PlatformAnswer.Answered refused => YouTubeErrors.Classify(refused, mayHavePublished: true, clock.GetUtcNow()),
            PlatformAnswer.Lost lost => lost.AsFinalise(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public async Task<Outcome> FindAsync(PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        var videoId = Read(target).VideoId!;
        var answer = await youTube.VideosAsync(target.Token, videoId, cancellationToken);
        if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered) return Unanswered(answer);
        if (answered.As(YouTubeJson.Default.Videos)?.Items is not { } videos) return new Outcome.Unconfirmed("The answer of YouTube cannot be read.");
        return videos is [{ Status.PrivacyStatus: { } privacy }, ..] && privacy == YouTubeMetadata.Privacy(target)
            ? new Outcome.Published(videoId, Link(videoId))
            : new Outcome.NotPublished();
    }

    public Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome>(new Outcome.Published(externalPostId, Link(externalPostId)));

    private static Outcome.Reject? Unsuitable(PublishTarget target) => (target.PostType, target.MediaUrls.Count) switch
    {
        _ when YouTubeMetadata.Privacy(target) is not ("public" or "unlisted" or "private") => new("options", "privacy_status must be public, unlisted or private."),
        // A short has no flag of its own: a vertical video of up to three minutes is one.
        ("video" or "reel", 1) => null,
        ("video" or "reel", var count) => new("media_urls", $"A post on YouTube has one video; this one has {count} media."),
        (var type, _) => new("post_type", $"YouTube has no posts of type '{type}'."),
    };

    private async Task<Outcome> ReadStateAsync(PublishTarget target, YouTubeState state, CancellationToken cancellationToken)
    {
        var answer = await youTube.VideosAsync(target.Token, state.VideoId!, cancellationToken);
        if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered || answered.As(YouTubeJson.Default.Videos)?.Items is not { } videos) return Unanswered(answer);
        var age = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(state.SentAt);
        if (videos is not [{ Status: { } status }, ..])
            return age < ListedWithin ? new Outcome.Processing() : new Outcome.Reject("media_urls", "The video was deleted at YouTube before it was published.");
        if (YouTubeErrors.Classify(status) is { } obstacle) return obstacle;
        return status.UploadStatus == "processed" || age >= options.Value.ProcessingWait ? new Outcome.Ready() : new Outcome.Processing();
    }

    // For calls that publish nothing.
    private Outcome Unanswered(PlatformAnswer answer) => answer switch
    {
        PlatformAnswer.Answered refused => YouTubeErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow()),
        PlatformAnswer.Lost lost => lost.AsHarmless(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Link(string videoId) => $"https://www.youtube.com/watch?v={videoId}";

    private static string Write(YouTubeState state) => JsonSerializer.Serialize(state, YouTubeJson.Default.YouTubeState);

    private static YouTubeState Read(PublishTarget target) => JsonSerializer.Deserialize(target.ContainerState!, YouTubeJson.Default.YouTubeState)!;
}
