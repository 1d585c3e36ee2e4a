using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.TikTok;

/// <summary>
/// Publishes to TikTok. A video is sent in parts: TikTok publishes with the last one, which therefore is the finalise, and its status
/// tells afterwards whether it is out. Photos (and videos, when the settings say so) are fetched by TikTok, and the opening call publishes
/// them by itself: when its answer is lost no call lists the job, so that only a public video can be proven to be out, and nothing that it
/// is not.
/// </summary>
internal sealed class TikTokPublisher(TikTokClient tiktok, ReadMedia media, IOptions<TikTokOptions> options) : IPublisher
{
    private const string Posting = "post/publish/";

    // The list cuts descriptions here.
    private const int ListedCaption = 150;

    public string Platform => "tiktok";

    public TimeSpan ShownWithin => TimeSpan.Zero;

    public async Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var (form, refusal) = await FormAsync(target, cancellationToken);
        if (refusal is not null) return refusal;
        var (creator, unanswered) = await CreatorAsync(target, cancellationToken);
        if (unanswered is not null) return unanswered;

        var state = new TikTokState(form, target.Options.Text("privacy_level")!);
        return form == TikTokForm.SentVideo ? await OpenUploadAsync(target, creator, state, cancellationToken) : new Outcome.Submitted("pull", state.ToJson());
    }

    public async Task<Outcome> PollAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        var state = TikTokState.Parse(target.ContainerState);
        if (state.Form != TikTokForm.SentVideo)
        {
            // A job that TikTok gave up is of no more use; without one the opening call is next.
            return state.PublishId is null ? new Outcome.Ready() : new Outcome.SubmitAgain("TikTok gave the job up.");
        }
        if (state.Sent >= state.LastPartAt) return new Outcome.Ready();

        switch (await PutAsync(target, state, (int)state.ChunkSize, cancellationToken))
        {
            case (PlatformAnswer.Answered { Status: HttpStatusCode.PartialContent }, _):
                return new Outcome.Processing((state with { Sent = state.Sent + state.ChunkSize }).ToJson(), GoOn: true);
            case (PlatformAnswer.Answered { Status: HttpStatusCode.Created }, _):
                return new Outcome.Unconfirmed("TikTok has all parts although the last one was not recorded.");
            case (PlatformAnswer.Answered { Status: HttpStatusCode.Forbidden or HttpStatusCode.NotFound }, _):
                return new Outcome.SubmitAgain("The upload's address has expired.");
            case (PlatformAnswer.Answered { Status: HttpStatusCode.BadRequest }, _):
                return new Outcome.Unknown("TikTok refused a part: HTTP 400.");
            case (null, var unreadable):
                return unreadable!;
            default:
                // Taken or not: TikTok knows how far it is.
                var status = await StatusAsync(target, state, cancellationToken);
                if (status is not TikTokAnswer.Ok(var data)) return status.Failure();
                if (data.Text("status") == "FAILED") return TikTokErrors.ClassifyFailure(data.Text("fail_reason"));
                if (data.Text("status") != "PROCESSING_UPLOAD") return new Outcome.Unconfirmed("TikTok works on the video although the last part was not recorded.");
                return data.Number("uploaded_bytes") is { } has && has != state.Sent
                    ? new Outcome.Processing((state with { Sent = has }).ToJson(), GoOn: true)
                    : new Outcome.RetryLater(null, "A part was not taken.");
        }
    }

    public async Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        var state = TikTokState.Parse(target.ContainerState);
        if (state.Form != TikTokForm.SentVideo) return await OpenPullAsync(target, state, cancellationToken);

        return await PutAsync(target, state, (int)(state.Length - state.Sent), cancellationToken) switch
        {
            (PlatformAnswer.Answered { Status: HttpStatusCode.Created }, _) => new Outcome.Accepted(),
            (PlatformAnswer.Answered { Status: HttpStatusCode.Forbidden or HttpStatusCode.NotFound } answered, _) =>
                await IsIncompleteAsync(target, state, cancellationToken)
                    ? new Outcome.SubmitAgain("The upload's address has expired.")
                    : new Outcome.Unconfirmed($"TikTok answered HTTP {(int)answered.Status} to the last part."),
            (PlatformAnswer.Answered { Status: HttpStatusCode.BadRequest }, _) => new Outcome.Unknown("TikTok refused the last part: HTTP 400."),
            (PlatformAnswer.Answered answered, _) => new Outcome.Unconfirmed($"TikTok answered HTTP {(int)answered.Status} to the last part."),
            (PlatformAnswer.Lost(var reason, MayHaveArrived: true), _) => new Outcome.Unconfirmed(reason),
            (PlatformAnswer.Lost(var reason, _), _) => new Outcome.RetryLater(null, reason),
            (_, var unreadable) => unreadable!,
        };
    }

    public async Task<Outcome> FindAsync(PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        var state = TikTokState.Parse(target.ContainerState);
        if (state.PublishId is null) return await FindListedAsync(target, since, isOurs, cancellationToken);

        var status = await StatusAsync(target, state, cancellationToken);
        if (status is not TikTokAnswer.Ok(var data)) return status.Failure();
        return data.Text("status") switch
        {
            "PUBLISH_COMPLETE" => data.Items("publicaly_available_post_id").Select(id => id.Text()).FirstOrDefault() is { } post
                ? new Outcome.Published(post, null)
                : new Outcome.Published(null, null) { MayBeNamedLater = TikTokPost.IsNamed(state.PrivacyLevel) },
            "FAILED" => new Outcome.GivenUp(TikTokErrors.ClassifyFailure(data.Text("fail_reason"))),
            "PROCESSING_UPLOAD" => data.Number("uploaded_bytes") >= state.Length ? new Outcome.Processing() : new Outcome.NotPublished(),
            "PROCESSING_DOWNLOAD" => new Outcome.Processing(),
            var other => new Outcome.Unconfirmed($"TikTok names the unknown status '{other}'."),
        };
    }

    public async Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["filters"] = new JsonObject { ["video_ids"] = new JsonArray(JsonValue.Create(externalPostId)) } };
        return await tiktok.PostAsync("video/query/?fields=id,share_url", target.Token, body, cancellationToken) switch
        {
            TikTokAnswer.Ok(var data) => new Outcome.Published(externalPostId, data.Items("videos").FirstOrDefault().Text("share_url")),
            var other => other.Failure(),
        };
    }

    private async Task<(TikTokForm Form, Outcome? Refusal)> FormAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (target.PostType is not ("post" or "carousel" or "video" or "reel")) return (default, new Outcome.Reject("post_type", $"TikTok takes no post of type '{target.PostType}'."));
        if (target.MediaUrls.Count == 0) return (default, new Outcome.Reject("media_urls", "TikTok takes no post without a video or photos."));
        var videos = 0;
        try
        {
            foreach (var url in target.MediaUrls)
                if (await media.IsVideoAsync(url, cancellationToken)) videos++;
        }
        catch (MediaUnreadableException unreadable)
        {
            return (default, new Outcome.RetryLater(null, unreadable.Message));
        }
        return (target.PostType, target.MediaUrls.Count, videos) switch
        {
            ("post" or "video" or "reel", 1, 1) => (options.Value.PullVideos ? TikTokForm.PulledVideo : TikTokForm.SentVideo, null),
            ("post" or "carousel", <= TikTokPost.MaxPhotos, 0) => (TikTokForm.Photos, null),
            (_, > TikTokPost.MaxPhotos, 0) => (default, new Outcome.Reject("media_urls", $"TikTok takes at most {TikTokPost.MaxPhotos} photos.")),
            _ => (default, new Outcome.Reject("media_urls", "TikTok takes one video, or photos alone.")),
        };
    }

    private async Task<(JsonElement Creator, Outcome? Refusal)> CreatorAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var answer = await tiktok.PostAsync($"{Posting}creator_info/query/", target.Token, [], cancellationToken);
        return answer is TikTokAnswer.Ok(var creator) ? (creator, TikTokPost.Refusal(target, creator)) : (default, answer.Failure());
    }

    private async Task<Outcome> OpenUploadAsync(PublishTarget target, JsonElement creator, TikTokState state, CancellationToken cancellationToken)
    {
        MediaFile file;
        try
        {
            file = await media.DescribeAsync(target.MediaUrls[0], cancellationToken);
        }
        catch (MediaUnreadableException unreadable)
        {
            return new Outcome.RetryLater(null, unreadable.Message);
        }
        var opened = state with { Length = file.Length, ContentType = VideoType(target.MediaUrls[0]) };
        var answer = await tiktok.PostAsync($"{Posting}video/init/", target.Token, new JsonObject
        {
            ["post_info"] = TikTokPost.Video(target, creator),
            ["source_info"] = new JsonObject { ["source"] = "FILE_UPLOAD", ["video_size"] = opened.Length, ["chunk_size"] = opened.ChunkSize, ["total_chunk_count"] = opened.ChunkCount },
        }, cancellationToken);
        return answer is TikTokAnswer.Ok(var data) && data.Text("publish_id") is { } id && data.Text("upload_url") is { } address
            ? new Outcome.Submitted(id, (opened with { PublishId = id, UploadUrl = address }).ToJson())
            : answer.Failure();
    }

    private async Task<Outcome> OpenPullAsync(PublishTarget target, TikTokState state, CancellationToken cancellationToken)
    {
        var (creator, refusal) = await CreatorAsync(target, cancellationToken);
        if (refusal is not null) return refusal;

        var answer = state.Form == TikTokForm.Photos
            ? await tiktok.PostAsync($"{Posting}content/init/", target.Token, TikTokPost.Photos(target, creator), cancellationToken)
            : await tiktok.PostAsync($"{Posting}video/init/", target.Token, new JsonObject
            {
                ["post_info"] = TikTokPost.Video(target, creator),
                ["source_info"] = new JsonObject { ["source"] = "PULL_FROM_URL", ["video_url"] = target.MediaUrls[0] },
            }, cancellationToken);
        return answer is TikTokAnswer.Ok(var data) && data.Text("publish_id") is { } id
            ? new Outcome.Accepted(id, (state with { PublishId = id }).ToJson())
            : answer.Failure(mayHavePublished: true);
    }

    // Shows public videos alone, after moderation: proof that a post is out, never that it is not.
    private async Task<Outcome> FindListedAsync(PublishTarget target, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        var answer = await tiktok.PostAsync("video/list/?fields=id,create_time,video_description,title,share_url", target.Token, new JsonObject { ["max_count"] = 20 }, cancellationToken);
        if (answer is not TikTokAnswer.Ok(var data)) return answer.Failure();
        var found = data.Items("videos").FirstOrDefault(video =>
            video.Number("create_time") >= since.AddMinutes(-1).ToUnixTimeSeconds() && video.Text("id") is { } id && !isOurs(id)
            && Listed(target.Caption) is { Length: > 0 } caption && (Listed(video.Text("video_description")) == caption || Listed(video.Text("title")) == caption));
        return found.ValueKind == JsonValueKind.Object
            ? new Outcome.Published(found.Text("id"), found.Text("share_url"))
            : new Outcome.Unconfirmed("The answer that names TikTok's job was lost, and the account's videos do not show the post. Look at the account before you post it again.");
    }

    private Task<TikTokAnswer> StatusAsync(PublishTarget target, TikTokState state, CancellationToken cancellationToken) =>
        tiktok.PostAsync($"{Posting}status/fetch/", target.Token, new JsonObject { ["publish_id"] = state.PublishId }, cancellationToken);

    private async Task<bool> IsIncompleteAsync(PublishTarget target, TikTokState state, CancellationToken cancellationToken) =>
        await StatusAsync(target, state, cancellationToken) is TikTokAnswer.Ok(var data) && data.Text("status") is "PROCESSING_UPLOAD" && data.Number("uploaded_bytes") < state.Length;

    private async Task<(PlatformAnswer? Answer, Outcome? Unreadable)> PutAsync(PublishTarget target, TikTokState state, int count, CancellationToken cancellationToken)
    {
        byte[] part;
        try
        {
            part = await media.PartAsync(target.MediaUrls[0], state.Sent, count, cancellationToken);
        }
        catch (MediaUnreadableException unreadable)
        {
            return (null, new Outcome.RetryLater(null, unreadable.Message));
        }
        return (await tiktok.PutAsync(state.UploadUrl!, part, state.Sent, state.Length, state.ContentType!, cancellationToken), null);
    }

    private static string VideoType(string url) => Path.GetExtension(new Uri(url).AbsolutePath).ToUpperInvariant() switch
    {
        ".MOV" => "video/quicktime",
        ".WEBM" => "video/webm",
        _ => "video/mp4",
    };

    private static string Listed(string? caption)
    {
        var text = (caption ?? "").Normalize(NormalizationForm.FormC).Trim();
        return text.Length <= ListedCaption ? text : text[..ListedCaption].TrimEnd();
    }
}
