using System.Globalization;
using System.Text.Json;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Marketing.Social.Platforms.Meta;

namespace Marketing.Social.Platforms.Facebook;

/// <summary>
/// Publishes to a Facebook Page: whatever is large is brought there unpublished first, so that one call makes the post visible and reading
/// can tell whether it did. Source: Pages API, "Posts", "Page Video Reels", "Page Stories" (2026).
/// </summary>
internal sealed class FacebookPublisher(FacebookClient graph, FacebookUpload upload, ReadMedia media) : IPublisher, IFirstComment
{
    private const string Site = "https://www.facebook.com";

    public string Platform => "facebook";

    public TimeSpan ShownWithin => TimeSpan.Zero;

    public async Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var (form, refusal) = await FormAsync(target, cancellationToken);
        return form switch
        {
            null => refusal!,
            FacebookForm.Text => new Outcome.Submitted("feed", new FacebookState(FacebookForm.Text).ToJson()),
            FacebookForm.Photos or FacebookForm.PhotoStory => await upload.PhotoAsync(target, new FacebookState(form.Value), cancellationToken),
            _ => await upload.StartAsync(target, form.Value, cancellationToken),
        };
    }

    public async Task<Outcome> PollAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        var state = FacebookState.Parse(target.ContainerState);
        return state.Form switch
        {
            FacebookForm.Photos when state.Photos!.Count < target.MediaUrls.Count => await upload.PhotoAsync(target, state, cancellationToken),
            FacebookForm.Video => await upload.PartAsync(target, containerId, state, cancellationToken),
            FacebookForm.Reel or FacebookForm.VideoStory => await upload.FetchAsync(target, containerId, state, cancellationToken),
            _ => new Outcome.Ready(),
        };
    }

    public async Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        var state = FacebookState.Parse(target.ContainerState);
        var answer = await graph.PostAsync($"{target.ExternalAccountId}/{(state.Form) switch
        {
            FacebookForm.Text or FacebookForm.Photos => "feed",
            FacebookForm.PhotoStory => "photo_stories",
            var video => FacebookUpload.Edge(video),
        }}", target.Token, Finish(target, containerId, state), cancellationToken);
        return answer switch
        {
            GraphAnswer.Ok(var body) when (body.Text("id") ?? body.Text("post_id")) is { } id => new Outcome.Published(id, null),
            // The video is taken and shown when Facebook has worked on it.
            GraphAnswer.Ok(var body) when body.Flag("success") => new Outcome.Accepted(),
            _ => answer.Failure(mayHavePublished: true),
        };
    }

    public async Task<Outcome> FindAsync(PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        var state = FacebookState.Parse(target.ContainerState);
        return state.Form switch
        {
            FacebookForm.Video or FacebookForm.Reel => await FindVideoAsync(target, containerId, cancellationToken),
            FacebookForm.VideoStory => await FindStoryAsync(target, containerId, cancellationToken),
            FacebookForm.PhotoStory => await FindStoryAsync(target, state.Photos![0], cancellationToken),
            _ => await FindInFeedAsync(target, state, since, isOurs, cancellationToken),
        };
    }

    public async Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken)
    {
        if (target.PostType == "story") return new Outcome.Published(externalPostId, null); // a story has no address that lasts
        return await graph.GetAsync($"{externalPostId}?fields=permalink_url", target.Token, cancellationToken) switch
        {
            GraphAnswer.Ok(var body) => new Outcome.Published(externalPostId, Url(body)),
            var other => other.Failure(),
        };
    }

    public async Task<Outcome> CommentAsync(PublishTarget target, string externalPostId, string text, CancellationToken cancellationToken)
    {
        if (target.PostType == "story") return new Outcome.Reject("first_comment", "A Page's stories take no comments.");
        var answer = await graph.PostAsync($"{externalPostId}/comments", target.Token, [new("message", text)], cancellationToken);
        return answer is GraphAnswer.Ok(var body) && body.Text("id") is { } id ? new Outcome.Published(id, null) : answer.Failure(mayHavePublished: true);
    }

    public async Task<Outcome> FindCommentAsync(PublishTarget target, string externalPostId, string text, CancellationToken cancellationToken)
    {
        var answer = await graph.GetAsync($"{externalPostId}/comments?fields=id,message&limit=50", target.Token, cancellationToken);
        if (answer is not GraphAnswer.Ok(var list)) return answer.Failure();
        return list.Items("data").FirstOrDefault(comment => CaptionMatch.IsSame(text, comment.Text("message"))) is { ValueKind: JsonValueKind.Object } found
            ? new Outcome.Published(found.Text("id"), null)
            : new Outcome.NotPublished();
    }

    private async Task<(FacebookForm? Form, Outcome? Refusal)> FormAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        static (FacebookForm?, Outcome?) Refuse(string column, string reason) => (null, new Outcome.Reject(column, reason));
        if (target.PostType is not ("post" or "carousel" or "video" or "reel" or "story")) return Refuse("post_type", $"A Facebook Page takes no post of type '{target.PostType}'.");
        if (target.MediaUrls.Count == 0)
            return target.PostType != "post" ? Refuse("media_urls", $"A {target.PostType} needs a file.")
                : target.Caption.Length == 0 && target.LinkUrl is null ? Refuse("caption", "A post without a file needs a caption or a link.") : (FacebookForm.Text, null);

        var videos = 0;
        try
        {
            foreach (var url in target.MediaUrls)
                if (await media.IsVideoAsync(url, cancellationToken)) videos++;
        }
        catch (MediaUnreadableException unreadable)
        {
            return (null, new Outcome.RetryLater(null, unreadable.Message));
        }
        return (target.PostType, target.MediaUrls.Count, videos) switch
        {
            ("post" or "carousel", _, 0) => (FacebookForm.Photos, null),
            ("post" or "video", 1, 1) => (FacebookForm.Video, null),
            ("reel", 1, 1) => (FacebookForm.Reel, null),
            ("story", 1, 0) => (FacebookForm.PhotoStory, null),
            ("story", 1, 1) => (FacebookForm.VideoStory, null),
            ("reel" or "video", _, 0) => Refuse("media_urls", $"A {target.PostType} needs a video."),
            ("post" or "carousel", _, _) => Refuse("media_urls", "A Facebook post takes several photos or one video, not both."),
            var (type, count, _) => Refuse("media_urls", $"A {type} has one file; this one has {count}."),
        };
    }

    private static List<KeyValuePair<string, string>> Finish(PublishTarget target, string containerId, FacebookState state)
    {
        var fields = new List<KeyValuePair<string, string>>();
        switch (state.Form)
        {
            case FacebookForm.Text or FacebookForm.Photos:
                if (target.Caption.Length > 0) fields.Add(new("message", target.Caption));
                if (state.Form == FacebookForm.Text && target.LinkUrl is { Length: > 0 } link) fields.Add(new("link", link));
                fields.AddRange((state.Photos ?? []).Select((photo, i) => KeyValuePair.Create(
                    string.Create(CultureInfo.InvariantCulture, $"attached_media[{i}]"), $$"""{"media_fbid":"{{photo}}"}""")));
                break;
            case FacebookForm.PhotoStory:
                fields.Add(new("photo_id", state.Photos![0]));
                break;
            default:
                fields.Add(new("upload_phase", "finish"));
                if (state.Form == FacebookForm.Video) fields.Add(new("upload_session_id", state.Session ?? ""));
                else fields.Add(new("video_id", containerId));
                if (state.Form == FacebookForm.Reel) fields.Add(new("video_state", "PUBLISHED"));
                if (state.Form != FacebookForm.VideoStory && target.Caption.Length > 0) fields.Add(new("description", target.Caption));
                if (state.Form != FacebookForm.VideoStory && target.Options.Text("title") is { Length: > 0 } title) fields.Add(new("title", title));
                break;
        }
        return fields;
    }

    private async Task<Outcome> FindVideoAsync(PublishTarget target, string video, CancellationToken cancellationToken)
    {
        var answer = await graph.GetAsync($"{video}?fields=status,permalink_url", target.Token, cancellationToken);
        if (answer is not GraphAnswer.Ok(var body)) return answer.Failure();
        return new FacebookVideoStatus(body.Child("status")) switch
        {
            { IsPublished: true } => new Outcome.Published(video, Url(body)),
            { Error: { } error } => new Outcome.GivenUp(new Outcome.Reject("media_urls", error)),
            { IsAtWork: true } => new Outcome.Processing(),
            _ => new Outcome.NotPublished(),
        };
    }

    private async Task<Outcome> FindStoryAsync(PublishTarget target, string medium, CancellationToken cancellationToken)
    {
        var answer = await graph.GetAsync($"{target.ExternalAccountId}/stories?fields=post_id,status,creation_time,media_id&limit=100", target.Token, cancellationToken);
        if (answer is not GraphAnswer.Ok(var list)) return answer.Failure();
        return list.Items("data").FirstOrDefault(story => story.Text("media_id") == medium) is { ValueKind: JsonValueKind.Object } found
            ? new Outcome.Published(found.Text("post_id"), null)
            : new Outcome.NotPublished();
    }

    // A photo that we sent proves the post whatever its text; a text alone must be new and nobody else's.
    private async Task<Outcome> FindInFeedAsync(PublishTarget target, FacebookState state, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        var earliest = since.AddMinutes(-1); // some clocks differ
        var answer = await graph.PublishedSinceAsync(target.ExternalAccountId, target.Token, earliest, cancellationToken);
        if (answer is not GraphAnswer.Ok(var list)) return answer.Failure();

        var posts = list.Items("data").Where(post => post.Text("id") is { } id && !isOurs(id)).ToList();
        var found = state.Photos is { Count: > 0 } photos
            ? posts.FirstOrDefault(post => Attached(post).Any(photos.Contains))
            : posts.Where(post => CaptionMatch.IsSame(target.Caption, post.Text("message")) && GraphTime.Parse(post.Text("created_time")) >= earliest)
                .OrderBy(post => post.Text("created_time"), StringComparer.Ordinal).FirstOrDefault();
        return found.ValueKind == JsonValueKind.Object ? new Outcome.Published(found.Text("id"), Url(found)) : new Outcome.NotPublished();
    }

    private static IEnumerable<string> Attached(JsonElement post) => post.Child("attachments").Items("data")
        .SelectMany(attachment => attachment.Child("subattachments").Items("data").Prepend(attachment))
        .Select(attachment => attachment.Child("target").Text("id")).OfType<string>();

    private static string? Url(JsonElement node) => node.Text("permalink_url") switch
    {
        null => null,
        ['/', ..] path => Site + path, // videos name a path
        var url => url,
    };
}
