using System.Globalization;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Marketing.Social.Platforms.Meta;

namespace Marketing.Social.Platforms.Facebook;

/// <summary>
/// Brings photos and videos to a Page without publishing them. Sources: Graph API, "Page Photos", "Page Videos", "Video API, Reels" and
/// "Page Stories" (2026); the order of a video's phases is unverified.
/// </summary>
internal sealed class FacebookUpload(FacebookClient graph, ReadMedia media)
{
    /// <summary>Sends the next photo, unpublished; it lives for 24 hours.</summary>
    public async Task<Outcome> PhotoAsync(PublishTarget target, FacebookState state, CancellationToken cancellationToken)
    {
        var photos = state.Photos ?? [];
        var fields = new List<KeyValuePair<string, string>> { new("url", target.MediaUrls[photos.Count]), new("published", "false") };
        if (target.AltTextOf(photos.Count) is { } altText) fields.Add(new("alt_text_custom", altText));
        var answer = await graph.PostAsync($"{target.ExternalAccountId}/photos", target.Token, fields, cancellationToken);
        if (answer is not GraphAnswer.Ok(var body) || body.Text("id") is not { } id) return answer.Failure();

        var moved = (state with { Photos = [.. photos, id] }).ToJson();
        return photos.Count == 0 ? new Outcome.Submitted(id, moved) : new Outcome.Processing(moved, GoOn: true);
    }

    /// <summary>Opens the upload of a video.</summary>
    public async Task<Outcome> StartAsync(PublishTarget target, FacebookForm form, CancellationToken cancellationToken)
    {
        var fields = new List<KeyValuePair<string, string>> { new("upload_phase", "start") };
        long length = 0;
        if (form == FacebookForm.Video)
        {
            try
            {
                length = (await media.DescribeAsync(target.MediaUrls[0], cancellationToken)).Length;
            }
            catch (MediaUnreadableException unreadable)
            {
                return new Outcome.RetryLater(null, unreadable.Message);
            }
            fields.Add(new("file_size", length.ToString(CultureInfo.InvariantCulture)));
        }
        var answer = await graph.PostAsync($"{target.ExternalAccountId}/{Edge(form)}", target.Token, fields, cancellationToken);
        return answer is GraphAnswer.Ok(var body) && body.Text("video_id") is { } video
            ? new Outcome.Submitted(video, new FacebookState(
                form, UploadUrl: body.Text("upload_url"), Session: body.Text("upload_session_id"), Sent: body.Number("start_offset") ?? 0, PartEnd: body.Number("end_offset") ?? 0, Length: length).ToJson())
            : answer.Failure();
    }

    /// <summary>Sends the next part of a video, from where Facebook says that it is.</summary>
    public async Task<Outcome> PartAsync(PublishTarget target, string video, FacebookState state, CancellationToken cancellationToken)
    {
        if (state.Sent >= state.Length) return new Outcome.Ready();

        var count = (int)Math.Min(Math.Min(state.PartEnd > state.Sent ? state.PartEnd - state.Sent : ReadMedia.MaxPart, ReadMedia.MaxPart), state.Length - state.Sent);
        byte[] part;
        try
        {
            part = await media.PartAsync(target.MediaUrls[0], state.Sent, count, cancellationToken);
        }
        catch (MediaUnreadableException unreadable)
        {
            return new Outcome.RetryLater(null, unreadable.Message);
        }
        var answer = await graph.TransferAsync(target.ExternalAccountId, target.Token, state.Session ?? "", state.Sent, part, cancellationToken);
        if (answer is GraphAnswer.Ok(var body) && body.Number("start_offset") is { } next)
            return new Outcome.Processing((state with { Sent = next, PartEnd = body.Number("end_offset") ?? next }).ToJson(), GoOn: true);

        // A part whose answer was lost may have been taken: the video tells how far it is.
        var read = await graph.GetAsync($"{video}?fields=status", target.Token, cancellationToken);
        return read is GraphAnswer.Ok(var status) && status.Child("status").Child("uploading_phase").Number("bytes_transfered") is { } has && has != state.Sent && has <= state.Length
            ? new Outcome.Processing((state with { Sent = has, PartEnd = Math.Min(state.Length, has + count) }).ToJson(), GoOn: true)
            : answer.Failure();
    }

    /// <summary>Has Facebook fetch a reel's or story's video, unless it has begun to.</summary>
    public async Task<Outcome> FetchAsync(PublishTarget target, string video, FacebookState state, CancellationToken cancellationToken)
    {
        var read = await graph.GetAsync($"{video}?fields=status", target.Token, cancellationToken);
        if (read is not GraphAnswer.Ok(var body)) return read.Failure();
        var status = new FacebookVideoStatus(body.Child("status"));
        if (status.Error is { } error) return new Outcome.Reject("media_urls", error);
        if (status.IsUploaded) return new Outcome.Ready();
        if (status.IsUploading) return new Outcome.Processing();
        if (state.UploadUrl is not { } address) return new Outcome.SubmitAgain("Facebook gave no address to send the video to.");

        var sent = await graph.FetchAsync(address, target.Token, target.MediaUrls[0], cancellationToken);
        if (sent is not GraphAnswer.Ok(var taken)) return sent.Failure();
        if (taken.Flag("success")) return new Outcome.Processing(GoOn: true);
        var problem = taken.Child("debug_info");
        var words = $"{problem.Text("type")}: {problem.Text("message")}";
        return problem.Flag("retriable") ? new Outcome.RetryLater(null, words) : new Outcome.Reject("media_urls", words);
    }

    /// <summary>The edge of a Page that takes videos of a form.</summary>
    public static string Edge(FacebookForm form) => form switch
    {
        FacebookForm.Video => "videos",
        FacebookForm.Reel => "video_reels",
        FacebookForm.VideoStory => "video_stories",
        _ => throw new System.Diagnostics.UnreachableException($"{form}"),
    };
}
