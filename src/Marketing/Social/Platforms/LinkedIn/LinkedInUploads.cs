using System.Net;
using System.Net.Http.Headers;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.LinkedIn;

/// <summary>
/// Hands media over to LinkedIn, one call at a time: open, bytes, for a video finalize, then its state. Each call may be repeated; where a
/// repetition is refused, the state of the medium tells whether the first had its effect.
/// </summary>
internal sealed class LinkedInUploads(LinkedInClient linkedIn, ReadMedia media, IOptions<LinkedInOptions> options, TimeProvider clock)
{
    /// <summary>Opens the upload of one medium.</summary>
    public async Task<(LinkedInMedium? Opened, Outcome? Refusal)> OpenAsync(PublishTarget target, int index, string author, CancellationToken cancellationToken)
    {
        var file = (await media.DescribeAsync(target.MediaUrls[index], cancellationToken)).Typed(target.MediaUrls[index]);
        if (Kind(file.ContentType) is not { } kind) return (null, new Outcome.Reject("media_urls", $"LinkedIn takes images, videos and PDF documents, not {file.ContentType}."));
        var isVideo = kind == "videos";
        var request = new LinkedInInitializeRequest(author, isVideo ? file.Length : null, isVideo ? false : null, isVideo ? false : null);
        var answer = await linkedIn.InitializeAsync(target.Token, kind, request, cancellationToken);
        if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered) return (null, Refusal(answer));
        if (answered.As(LinkedInJson.Default.LinkedInValue)?.Value is not { } upload || (upload.Image ?? upload.Document ?? upload.Video) is not { } urn || Ranges(upload, file.Length) is not { Count: > 0 } ranges)
            return (null, new Outcome.Unknown("LinkedIn opened the upload without telling where to send the bytes."));
        return (new LinkedInMedium(urn, LinkedInStage.Sending, ranges, [], upload.UploadToken ?? "", 0), null);
    }

    /// <summary>Makes the next call for one medium.</summary>
    /// <returns>The medium as it is now, and whether the next call may follow at once; or the refusal.</returns>
    public Task<(LinkedInMedium? Medium, bool GoOn, Outcome? Refusal)> AdvanceAsync(PublishTarget target, int index, LinkedInMedium medium, CancellationToken cancellationToken) => medium.Stage switch
    {
        LinkedInStage.Sending when medium.ETags.Count < medium.Ranges.Count => SendAsync(target, index, medium, cancellationToken),
        LinkedInStage.Sending => FinalizeAsync(target, medium, cancellationToken),
        _ => ReadStateAsync(target, medium, cancellationToken),
    };

    private async Task<(LinkedInMedium? Medium, bool GoOn, Outcome? Refusal)> SendAsync(PublishTarget target, int index, LinkedInMedium medium, CancellationToken cancellationToken)
    {
        var range = medium.Ranges[medium.ETags.Count];
        var answer = await linkedIn.PutAsync(target.Token, range.UploadUrl, await BodyAsync(target.MediaUrls[index], medium, range, cancellationToken), cancellationToken);
        if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered) return await RefusedOrDoneAsync(target, medium, answer, cancellationToken);
        if (!IsVideo(medium)) return (Sent(medium), false, null);
        return answered.Header("ETag") is { Length: > 0 } etag
            ? (medium with { ETags = [.. medium.ETags, etag.Trim('"')] }, true, null)
            : (null, false, new Outcome.Unknown("LinkedIn took a part of the video without giving its ETag."));
    }

    // Ranges of a video are a few MB, as LinkedIn cuts them; images and documents go in one piece.
    private async Task<HttpContent> BodyAsync(string url, LinkedInMedium medium, LinkedInRange range, CancellationToken cancellationToken)
    {
        if (!IsVideo(medium)) return new MediaContent(media, url, (await media.DescribeAsync(url, cancellationToken)).Typed(url));
        if (range.LastByte - range.FirstByte + 1 is not (> 0 and <= ReadMedia.MaxPart and var count)) throw new MediaUnreadableException("LinkedIn asks for parts of a length that is not supported.");
        return new ByteArrayContent(await media.PartAsync(url, range.FirstByte, (int)count, cancellationToken)) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
    }

    private async Task<(LinkedInMedium? Medium, bool GoOn, Outcome? Refusal)> FinalizeAsync(PublishTarget target, LinkedInMedium medium, CancellationToken cancellationToken)
    {
        var answer = await linkedIn.FinalizeAsync(target.Token, new LinkedInFinalizeRequest(medium.Urn, medium.UploadToken ?? "", medium.ETags), cancellationToken);
        return answer is PlatformAnswer.Answered { IsSuccess: true } ? (Sent(medium), false, null) : await RefusedOrDoneAsync(target, medium, answer, cancellationToken);
    }

    // The call before this one may have had its effect without our learning of it.
    private async Task<(LinkedInMedium? Medium, bool GoOn, Outcome? Refusal)> RefusedOrDoneAsync(PublishTarget target, LinkedInMedium medium, PlatformAnswer answer, CancellationToken cancellationToken)
    {
        if (answer is not PlatformAnswer.Answered { Status: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not (HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests) } refused)
            return (null, false, Refusal(answer));
        var state = await linkedIn.MediumAsync(target.Token, KindOf(medium), medium.Urn, cancellationToken);
        return (state as PlatformAnswer.Answered)?.As(LinkedInJson.Default.LinkedInMediumState)?.Status switch
        {
            "PROCESSING" or "AVAILABLE" => (Sent(medium), true, null),
            "PROCESSING_FAILED" => (null, false, new Outcome.Reject("media_urls", "LinkedIn does not take the medium.")),
            _ => (null, false, new Outcome.SubmitAgain($"LinkedIn refused a part of the upload (HTTP {(int)refused.Status}).")),
        };
    }

    private async Task<(LinkedInMedium? Medium, bool GoOn, Outcome? Refusal)> ReadStateAsync(PublishTarget target, LinkedInMedium medium, CancellationToken cancellationToken)
    {
        var ready = medium with { Stage = LinkedInStage.Ready };
        var answer = await linkedIn.MediumAsync(target.Token, KindOf(medium), medium.Urn, cancellationToken);
        if (answer is PlatformAnswer.Answered { Status: HttpStatusCode.Forbidden } && !IsVideo(medium))
        {
            var isOld = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(medium.SentAt) >= options.Value.UnreadableImageWait;
            return isOld ? (ready, true, null) : (medium, false, null);
        }
        if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered || answered.As(LinkedInJson.Default.LinkedInMediumState) is not { } state) return (null, false, Refusal(answer));
        return state.Status switch
        {
            "AVAILABLE" => (ready, true, null),
            "PROCESSING" => (medium, false, null),
            "WAITING_UPLOAD" => (null, false, new Outcome.SubmitAgain("LinkedIn does not have all bytes of the medium.")),
            "PROCESSING_FAILED" => (null, false, new Outcome.Reject("media_urls", $"LinkedIn does not take the medium: {state.ProcessingFailureReason ?? "no reason given"}.")),
            _ => (null, false, new Outcome.Unknown($"The medium is in the unknown state '{state.Status}'.")),
        };
    }

    private LinkedInMedium Sent(LinkedInMedium medium) => medium with { Stage = LinkedInStage.Processing, Ranges = [], ETags = [], UploadToken = null, SentAt = clock.GetUtcNow().ToUnixTimeSeconds() };

    private static IReadOnlyList<LinkedInRange>? Ranges(LinkedInUpload upload, long length) =>
        upload.UploadInstructions ?? (upload.UploadUrl is { } url ? [new LinkedInRange(url, 0, length - 1)] : null);

    private static string? Kind(string contentType) => contentType switch
    {
        "application/pdf" => "documents",
        _ when contentType.StartsWith("image/", StringComparison.Ordinal) => "images",
        _ when contentType.StartsWith("video/", StringComparison.Ordinal) => "videos",
        _ => null,
    };

    private static bool IsVideo(LinkedInMedium medium) => KindOf(medium) == "videos";

    private static string KindOf(LinkedInMedium medium) => medium.Urn.Split(':') switch
    {
        [_, _, "video", ..] => "videos",
        [_, _, "document", ..] => "documents",
        _ => "images",
    };

    private Outcome Refusal(PlatformAnswer answer) => answer switch
    {
        PlatformAnswer.Answered { IsSuccess: true } => new Outcome.Unknown("LinkedIn answered to the upload in a way that is not documented."),
        PlatformAnswer.Answered refused => LinkedInErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow()) is Outcome.Reject("caption", var reason)
            ? new Outcome.Reject("media_urls", reason)
            : LinkedInErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow()),
        PlatformAnswer.Lost lost => lost.AsHarmless(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
