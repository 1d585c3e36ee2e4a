using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Microsoft.Extensions.Logging;

namespace Marketing.Social.Platforms.YouTube;

/// <summary>Sets the cover of a video. A channel that may not set covers publishes without one.</summary>
internal sealed partial class YouTubeCover(YouTubeClient youTube, ReadMedia media, TimeProvider clock, ILogger<YouTubeCover> log)
{
    /// <summary>Largest cover, in bytes (unverified).</summary>
    private const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>Sets it. May be repeated.</summary>
    /// <returns>What keeps the post from going on; null when the cover is set, or YouTube refuses it for good.</returns>
    /// <exception cref="MediaUnreadableException">The image cannot be read.</exception>
    public async Task<Outcome?> SetAsync(string token, string videoId, string coverUrl, CancellationToken cancellationToken)
    {
        var file = (await media.DescribeAsync(coverUrl, cancellationToken)).Typed(coverUrl);
        if (file.Length > MaxBytes || file.ContentType is not ("image/jpeg" or "image/png"))
            return new Outcome.Reject("options", $"The cover is {file.ContentType} of {file.Length} bytes; YouTube takes JPEG or PNG up to {MaxBytes} bytes.");
        switch (await youTube.SetCoverAsync(token, videoId, await media.PartAsync(coverUrl, 0, (int)file.Length, cancellationToken), file.ContentType, cancellationToken))
        {
            case PlatformAnswer.Answered { IsSuccess: true }: return null;
            case PlatformAnswer.Answered refused when YouTubeErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow()) is Outcome.Reject(_, var reason):
                LogNoCover(videoId, reason);
                return null;
            case PlatformAnswer.Answered refused: return YouTubeErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow());
            case PlatformAnswer.Lost lost: return lost.AsHarmless();
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    [LoggerMessage(4150, LogLevel.Warning, "Video {VideoId} goes out without its cover: {Reason}")]
    private partial void LogNoCover(string videoId, string reason);
}
