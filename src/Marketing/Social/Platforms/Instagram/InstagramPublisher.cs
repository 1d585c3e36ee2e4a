using System.Text.Json;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Marketing.Social.Platforms.Meta;

namespace Marketing.Social.Platforms.Instagram;

/// <summary>
/// Publishes to an Instagram professional account: media container, status, media_publish, read back. A carousel first gets a container
/// for each item, one a poll, then one for itself; the state keeps them, so that a restart makes none twice.
/// </summary>
internal sealed class InstagramPublisher(InstagramClient graph, InstagramContainer content) : IPublisher, IFirstComment
{
    public string Platform => "instagram";

    public TimeSpan ShownWithin => TimeSpan.Zero;

    public async Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (InstagramContainer.Refusal(target) is { } refused) return refused;
        if (await QuotaUsedUpAsync(target, cancellationToken) is { } refusal) return refusal;

        var isCarousel = InstagramContainer.IsCarousel(target);
        return await CreateAsync(target, isCarousel ? 0 : null, cancellationToken) switch
        {
            (var id, null) => new Outcome.Submitted(id!, isCarousel ? new CarouselState([id!], null).ToString() : null),
            var (_, failure) => failure,
        };
    }

    public async Task<Outcome> PollAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        if (CarouselState.Parse(target.ContainerState) is not { Parent: null } carousel)
            return await StateAsync(target, ToPublish(target, containerId), cancellationToken);

        if (carousel.Children.Count < target.MediaUrls.Count)
        {
            var (child, failure) = await CreateAsync(target, carousel.Children.Count, cancellationToken);
            return failure ?? new Outcome.Processing(new CarouselState([.. carousel.Children, child!], null).ToString(), GoOn: true);
        }
        foreach (var child in carousel.Children)
            if (await StateAsync(target, child, cancellationToken) is not Outcome.Ready and var unready) return unready;

        var made = await graph.CreateContainerAsync(target.ExternalAccountId, target.Token, InstagramContainer.Carousel(target, carousel.Children), cancellationToken);
        return made is GraphAnswer.Ok(var parent) && parent.Text("id") is { } id
            ? new Outcome.Processing((carousel with { Parent = id }).ToString(), GoOn: true)
            : made.Failure();
    }

    public async Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        var container = ToPublish(target, containerId);
        var answer = await graph.PublishAsync(target.ExternalAccountId, target.Token, container, cancellationToken);
        var outcome = answer is GraphAnswer.Ok(var body) && body.Text("id") is { } media ? new Outcome.Published(media, Url: null) : answer.Failure(mayHavePublished: true);

        // What Instagram answers to a second publish of the same container is not documented: it must not pass for bad content.
        return outcome is Outcome.Reject or Outcome.SubmitAgain or Outcome.Unknown
            && await StateAsync(target, container, cancellationToken) is Outcome.Unconfirmed published ? published : outcome;
    }

    public async Task<Outcome> FindAsync(
        PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        var isProven = false;
        switch (await graph.ContainerAsync(ToPublish(target, containerId), target.Token, cancellationToken))
        {
            case GraphAnswer.Ok(var container) when container.Text("status_code") is "PUBLISHED": isProven = true; break;
            case GraphAnswer.Ok(var container) when container.Text("status_code") is "EXPIRED": break;
            case GraphAnswer.Ok: return new Outcome.NotPublished();
            case GraphAnswer.Refused { Error: { Code: 24 } or { Code: 100, ErrorSubcode: 33 } }: break;
            case var other: return other.Failure();
        }

        // Some clocks differ, hence the minute; the ledger of our own ids keeps an earlier twin from matching.
        var edge = target.PostType == "story" ? "stories" : "media";
        var published = await graph.PublishedSinceAsync(target.ExternalAccountId, target.Token, edge, since.AddMinutes(-1), cancellationToken);
        if (published is not GraphAnswer.Ok(var list)) return published.Failure();

        var candidates = list.Items("data").Where(media =>
            (target.PostType == "story" || CaptionMatch.IsSame(target.Caption, media.Text("caption")))
            && GraphTime.Parse(media.Text("timestamp")) >= since.AddMinutes(-1) && media.Text("id") is { } id && !isOurs(id)).ToList();
        // A story carries no caption: where several may be it, none is named.
        var found = target.PostType == "story" && candidates.Count > 1 ? default : candidates.OrderBy(media => media.Text("timestamp"), StringComparer.Ordinal).FirstOrDefault();
        return (found.ValueKind, isProven) switch
        {
            (JsonValueKind.Object, true) => new Outcome.Published(found.Text("id"), found.Text("permalink")),
            (JsonValueKind.Object, false) when target.PostType != "story" => new Outcome.Published(found.Text("id"), found.Text("permalink")),
            (_, true) => new Outcome.Published(null, null),
            (_, false) when candidates.Count > 0 => new Outcome.Unconfirmed("The account has a new story, and nothing tells whether it is this one."),
            _ => new Outcome.NotPublished(),
        };
    }

    public async Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken) =>
        await graph.MediaAsync(externalPostId, target.Token, cancellationToken) switch
        {
            GraphAnswer.Ok(var media) => new Outcome.Published(externalPostId, media.Text("permalink")),
            var other => other.Failure(),
        };

    public async Task<Outcome> CommentAsync(PublishTarget target, string externalPostId, string text, CancellationToken cancellationToken)
    {
        if (target.PostType == "story") return new Outcome.Reject("first_comment", "Instagram's stories take no comments of their own account.");
        var answer = await graph.CommentAsync(externalPostId, target.Token, text, cancellationToken);
        return answer is GraphAnswer.Ok(var body) && body.Text("id") is { } id ? new Outcome.Published(id, null) : answer.Failure(mayHavePublished: true);
    }

    public async Task<Outcome> FindCommentAsync(PublishTarget target, string externalPostId, string text, CancellationToken cancellationToken)
    {
        var answer = await graph.CommentsAsync(externalPostId, target.Token, cancellationToken);
        if (answer is not GraphAnswer.Ok(var list)) return answer.Failure();
        return list.Items("data").FirstOrDefault(comment => CaptionMatch.IsSame(text, comment.Text("text"))) is { ValueKind: JsonValueKind.Object } found
            ? new Outcome.Published(found.Text("id"), null)
            : new Outcome.NotPublished();
    }

    private static string ToPublish(PublishTarget target, string containerId) => CarouselState.Parse(target.ContainerState)?.Parent ?? containerId;

    private async Task<(string? Id, Outcome? Failure)> CreateAsync(PublishTarget target, int? child, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> fields;
        try
        {
            fields = child is { } medium ? await content.ChildAsync(target, medium, cancellationToken) : await content.SingleAsync(target, cancellationToken);
        }
        catch (MediaUnreadableException unreadable)
        {
            return (null, new Outcome.RetryLater(null, unreadable.Message));
        }
        var answer = await graph.CreateContainerAsync(target.ExternalAccountId, target.Token, fields, cancellationToken);
        return answer is GraphAnswer.Ok(var container) && container.Text("id") is { } id ? (id, null) : (null, answer.Failure());
    }

    private async Task<Outcome> StateAsync(PublishTarget target, string container, CancellationToken cancellationToken) =>
        await graph.ContainerAsync(container, target.Token, cancellationToken) switch
        {
            GraphAnswer.Ok(var body) => body.Text("status_code") switch
            {
                "FINISHED" => new Outcome.Ready(),
                "IN_PROGRESS" => new Outcome.Processing(),
                "PUBLISHED" => new Outcome.Unconfirmed("The container is published although no publish was recorded."),
                "EXPIRED" => new Outcome.SubmitAgain("The container expired: it was not published within 24 hours."),
                "ERROR" => GraphErrors.ClassifyContainer(body.Text("status")),
                var unknown => new Outcome.Unknown($"The container is in the unknown state '{unknown}'."),
            },
            var other => other.Failure(),
        };

    private async Task<Outcome?> QuotaUsedUpAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var answer = await graph.PublishingLimitAsync(target.ExternalAccountId, target.Token, cancellationToken);
        if (answer is not GraphAnswer.Ok(var body)) return answer.Failure();
        var limit = body.Items("data").FirstOrDefault();
        return limit.Child("config").Number("quota_total") is { } total && limit.Number("quota_usage") >= total
            ? new Outcome.RetryLater(TimeSpan.FromHours(1), $"The account has used its {total} posts of the last 24 hours.")
            : null;
    }
}
