using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;

namespace Marketing.Social.Platforms.X;

/// <summary>
/// Hands media over to X, one call at a time: open, segments, finalize, status, alternative text. Each call may be repeated: a segment sent
/// twice is stored once (unverified), and a medium that no post names expires.
/// </summary>
internal sealed class XUploads(XClient x, ReadMedia media, TimeProvider clock)
{
    /// <summary>Longest alternative text, in characters. Source: X API v2, "Create metadata".</summary>
    private const int MaxAltText = 1_000;

    /// <summary>Most segments of one medium. Source: X API v2, "Append media upload".</summary>
    private const int MaxSegments = 1_000;

    /// <summary>Opens the upload of one medium.</summary>
    public async Task<(XMedia? Opened, Outcome? Refusal)> OpenAsync(PublishTarget target, int index, CancellationToken cancellationToken)
    {
        var file = (await media.DescribeAsync(target.MediaUrls[index], cancellationToken)).Typed(target.MediaUrls[index]);
        if (file.Length > (long)x.SegmentBytes * MaxSegments)
            return (null, new Outcome.Reject("media_urls", $"The medium has {file.Length} bytes; at most {(long)x.SegmentBytes * MaxSegments} can be handed to X."));
        var category = file.ContentType switch
        {
            "image/gif" => "tweet_gif",
            _ when file.ContentType.StartsWith("image/", StringComparison.Ordinal) => "tweet_image",
            _ when file.ContentType.StartsWith("video/", StringComparison.Ordinal) => "tweet_video",
            _ => null,
        };
        if (category is null) return (null, new Outcome.Reject("media_urls", $"X takes images and videos, not {file.ContentType}."));

        return await x.InitializeAsync(target.Token, new XInitialize(file.ContentType, file.Length, category), cancellationToken) switch
        {
            PlatformAnswer.Answered { IsSuccess: true } answer when answer.As(XJson.Default.XDataXUpload)?.Data?.Id is { } id => (new XMedia(id, file.Length, 0, XStage.Sending), null),
            var other => (null, Refusal(other)),
        };
    }

    /// <summary>Makes the next call for one medium.</summary>
    /// <returns>The medium as it is now, and whether the next call may follow at once; or the refusal.</returns>
    public Task<(XMedia? Medium, bool GoOn, Outcome? Refusal)> AdvanceAsync(PublishTarget target, int index, XMedia medium, CancellationToken cancellationToken) => medium.Stage switch
    {
        XStage.Sending when (long)medium.Sent * x.SegmentBytes < medium.Bytes => SendSegmentAsync(target, index, medium, cancellationToken),
        XStage.Sending => ReadStateAsync(medium, x.FinalizeAsync(target.Token, medium.Id, cancellationToken)),
        XStage.Processing => ReadStateAsync(medium, x.StatusAsync(target.Token, medium.Id, cancellationToken)),
        _ => DescribeAsync(target, index, medium, cancellationToken),
    };

    private async Task<(XMedia? Medium, bool GoOn, Outcome? Refusal)> SendSegmentAsync(PublishTarget target, int index, XMedia medium, CancellationToken cancellationToken)
    {
        var offset = (long)medium.Sent * x.SegmentBytes;
        var bytes = await media.PartAsync(target.MediaUrls[index], offset, (int)Math.Min(x.SegmentBytes, medium.Bytes - offset), cancellationToken);
        return await x.AppendAsync(target.Token, medium.Id, medium.Sent, bytes, cancellationToken) switch
        {
            PlatformAnswer.Answered { IsSuccess: true } => (medium with { Sent = medium.Sent + 1 }, true, null),
            var other => (null, false, Refusal(other)),
        };
    }

    private async Task<(XMedia? Medium, bool GoOn, Outcome? Refusal)> ReadStateAsync(XMedia medium, Task<PlatformAnswer> call)
    {
        var answer = await call;
        if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered || answered.As(XJson.Default.XDataXUpload)?.Data is not { } upload) return (null, false, Refusal(answer));
        return upload.ProcessingInfo switch
        {
            null or { State: "succeeded" } => (medium with { Stage = XStage.Describing }, true, null),
            { State: "pending" or "in_progress" } => (medium with { Stage = XStage.Processing }, false, null),
            { State: "failed", Error: var error } => (null, false, new Outcome.Reject("media_urls", $"X does not take the medium: {error?.Message ?? error?.Name ?? "no reason given"}.")),
            { State: var state } => (null, false, new Outcome.Unknown($"The medium is in the unknown state '{state}'.")),
        };
    }

    private async Task<(XMedia? Medium, bool GoOn, Outcome? Refusal)> DescribeAsync(PublishTarget target, int index, XMedia medium, CancellationToken cancellationToken)
    {
        var ready = medium with { Stage = XStage.Ready };
        if (target.AltTextOf(index)?.Shortened(MaxAltText) is not { } altText) return (ready, true, null);
        return await x.DescribeAsync(target.Token, medium.Id, altText, cancellationToken) switch
        {
            PlatformAnswer.Answered { IsSuccess: true } => (ready, true, null),
            var other => (null, false, Refusal(other)),
        };
    }

    // A 400 to finalize or status is what a medium gets whose earlier answer was lost: it is handed over afresh.
    private Outcome Refusal(PlatformAnswer answer) => answer switch
    {
        PlatformAnswer.Answered refused when XErrors.IsGone(refused) => new Outcome.SubmitAgain("X does not know the upload any more."),
        PlatformAnswer.Answered { IsSuccess: true } => new Outcome.Unknown("X answered to the upload in a way that is not documented."),
        PlatformAnswer.Answered refused => XErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow()) is Outcome.Reject("caption", var reason)
            ? new Outcome.Reject("media_urls", reason)
            : XErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow()),
        PlatformAnswer.Lost lost => lost.AsHarmless(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
