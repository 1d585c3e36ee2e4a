using System.Net;
using System.Text.RegularExpressions;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.YouTube;

/// <summary>
/// Sends a video in parts to its upload session. What the session has is asked of the session itself whenever an answer was lost or is odd,
/// so that an upload goes on where it was after any failure. The video comes to exist with its last byte.
/// </summary>
internal sealed partial class YouTubeUpload(YouTubeClient youTube, ReadMedia media, IOptions<YouTubeOptions> options, TimeProvider clock)
{
    /// <summary>Length and type of the post's video.</summary>
    /// <exception cref="MediaUnreadableException">It cannot be read.</exception>
    public async Task<MediaFile> DescribeAsync(PublishTarget target, CancellationToken cancellationToken) =>
        (await media.DescribeAsync(target.MediaUrls[0], cancellationToken)).Typed(target.MediaUrls[0]);

    /// <summary>Sends the next part.</summary>
    /// <returns>The upload as it is now; or what keeps it from going on.</returns>
    /// <exception cref="MediaUnreadableException">The video cannot be read.</exception>
    public async Task<(YouTubeState? State, Outcome? Refusal)> AdvanceAsync(PublishTarget target, YouTubeState upload, CancellationToken cancellationToken)
    {
        var part = await media.PartAsync(target.MediaUrls[0], upload.Sent, (int)Math.Min(options.Value.PartBytes, upload.Bytes - upload.Sent), cancellationToken);
        var answer = await youTube.SendPartAsync(target.Token, upload, part, cancellationToken);
        if (Read(upload, answer) is { } taken) return (taken, null);
        if (IsDefinite(answer)) return (null, Refusal(answer));

        var asked = await youTube.AskUploadAsync(target.Token, upload, cancellationToken);
        if (Read(upload, asked) is { } known)
        {
            // No step forward: the failure counts, so that the waits grow.
            return known.Sent != upload.Sent || known.VideoId is not null ? (known, null) : (null, Refusal(answer));
        }
        return asked is PlatformAnswer.Answered { Status: HttpStatusCode.NotFound or HttpStatusCode.Gone } ? await LostSessionAsync(target, upload, cancellationToken) : (null, Refusal(asked));
    }

    // What an upload's answer says of it; null when it says nothing.
    private YouTubeState? Read(YouTubeState upload, PlatformAnswer answer) => answer switch
    {
        PlatformAnswer.Answered { IsSuccess: true } done when done.As(YouTubeJson.Default.YouTubeVideo)?.Id is { Length: > 0 } id => Complete(upload, id),
        // Without a range nothing is stored.
        PlatformAnswer.Answered { Status: HttpStatusCode.PermanentRedirect } more => upload with { Sent = Range().Match(more.Header("Range") ?? "") is { Success: true } range ? LastByte(range) + 1 : 0 },
        _ => null,
    };

    private YouTubeState Complete(YouTubeState upload, string videoId) => upload with { Sent = upload.Bytes, VideoId = videoId, SentAt = clock.GetUtcNow().ToUnixTimeSeconds() };

    // The session is gone. If the last byte had arrived, the video is there, found by our mark among the newest uploads.
    private async Task<(YouTubeState? State, Outcome? Refusal)> LostSessionAsync(PublishTarget target, YouTubeState upload, CancellationToken cancellationToken)
    {
        var channel = (await youTube.OwnChannelAsync(target.Token, cancellationToken) as PlatformAnswer.Answered)?.As(YouTubeJson.Default.Channels);
        if (channel is null) return (null, new Outcome.RetryLater(null, "The upload session is gone, and the channel cannot be read."));
        if (channel.Items is not [{ ContentDetails.RelatedPlaylists.Uploads: { } uploads }, ..]) return Again();
        var answer = await youTube.PlaylistAsync(target.Token, uploads, cancellationToken) as PlatformAnswer.Answered;
        if (answer?.Status == HttpStatusCode.NotFound) return Again(); // A channel without a video has no list.
        if (answer?.As(YouTubeJson.Default.Entries)?.Items is not { } entries) return (null, new Outcome.RetryLater(null, "The upload session is gone, and the channel's uploads cannot be read."));

        var ids = string.Join(',', entries.Select(entry => entry.ContentDetails?.VideoId).OfType<string>());
        if (ids.Length == 0) return Again();
        var videos = (await youTube.VideosAsync(target.Token, ids, cancellationToken) as PlatformAnswer.Answered)?.As(YouTubeJson.Default.Videos)?.Items;
        if (videos is null) return (null, new Outcome.RetryLater(null, "The upload session is gone, and the channel's videos cannot be read."));
        return videos.FirstOrDefault(video => video.Snippet?.Tags?.Contains(YouTubeMetadata.Mark(target)) == true)?.Id is { } id ? (Complete(upload, id), null) : Again();

        static (YouTubeState?, Outcome?) Again() => (null, new Outcome.SubmitAgain("The upload session is gone."));
    }

    // Whatever else came back, the session may have moved on: 404, 410 and 400 are settled by asking it.
    private static bool IsDefinite(PlatformAnswer answer) =>
        answer is PlatformAnswer.Answered { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests };

    private Outcome Refusal(PlatformAnswer answer) => answer switch
    {
        PlatformAnswer.Answered refused => YouTubeErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow()),
        PlatformAnswer.Lost lost => lost.AsHarmless(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static long LastByte(Match range) => long.Parse(range.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^bytes=0-(\d{1,15})$")]
    private static partial Regex Range();
}
