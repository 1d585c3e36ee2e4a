using System.Globalization;

namespace Marketing.Social.Platforms.Instagram;

/// <summary>Publishes single images to an Instagram professional account: media container, status, media_publish, read back.</summary>
internal sealed class InstagramPublisher(InstagramClient graph) : IPublisher
{
    public string Platform => "instagram";

    public TimeSpan ShownWithin => TimeSpan.Zero;

    public async Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (await QuotaUsedUpAsync(target, cancellationToken) is { } refusal) return refusal;

        var fields = new List<KeyValuePair<string, string>> { new("image_url", target.MediaUrls[0]), new("caption", target.Caption) };
        if (target.AltText is { Length: > 0 } altText) fields.Add(new("alt_text", altText.Length > MaxAltTextLength ? altText[..MaxAltTextLength] : altText));
        return await graph.CreateContainerAsync(target.ExternalAccountId, target.Token, fields, cancellationToken) switch
        {
            GraphAnswer<GraphId>.Ok(var container) => new Outcome.Submitted(container.Id),
            var other => Unanswered(other),
        };
    }

    public async Task<Outcome> PollAsync(PublishTarget target, string containerId, CancellationToken cancellationToken) =>
        await graph.ContainerAsync(containerId, target.Token, cancellationToken) switch
        {
            GraphAnswer<GraphContainer>.Ok(var container) => container.StatusCode switch
            {
                "FINISHED" => new Outcome.Ready(),
                "IN_PROGRESS" => new Outcome.Processing(),
                "PUBLISHED" => new Outcome.Unconfirmed("The container is published although no publish was recorded."),
                "EXPIRED" => new Outcome.SubmitAgain("The container expired: it was not published within 24 hours."),
                "ERROR" => InstagramErrors.ClassifyContainer(container.Status),
                _ => new Outcome.Unknown($"The container is in the unknown state '{container.StatusCode}'."),
            },
            var other => Unanswered(other),
        };

    public async Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        var outcome = await graph.PublishAsync(target.ExternalAccountId, target.Token, containerId, cancellationToken) switch
        {
            GraphAnswer<GraphId>.Ok(var media) => new Outcome.Published(media.Id, Url: null),
            GraphAnswer<GraphId>.Refused(var error) => InstagramErrors.Classify(error, mayHavePublished: true),
            GraphAnswer<GraphId>.Lost(var reason, MayHaveArrived: true) => new Outcome.Unconfirmed(reason),
            GraphAnswer<GraphId>.Lost(var reason, _) => new Outcome.RetryLater(null, reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        // What Instagram answers to a second publish of the same container is not documented: it must not pass for bad content.
        return outcome is Outcome.Reject or Outcome.SubmitAgain or Outcome.Unknown
            && await PollAsync(target, containerId, cancellationToken) is Outcome.Unconfirmed published ? published : outcome;
    }

    public async Task<Outcome> FindAsync(
        PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        var container = await graph.ContainerAsync(containerId, target.Token, cancellationToken);
        switch (container)
        {
            case GraphAnswer<GraphContainer>.Ok { Value.StatusCode: "PUBLISHED" or "EXPIRED" }: break;
            case GraphAnswer<GraphContainer>.Ok: return new Outcome.NotPublished();
            case GraphAnswer<GraphContainer>.Refused { Error: { Code: 24 } or { Code: 100, ErrorSubcode: 33 } }: break;
            default: return Unanswered(container);
        }

        // Some clocks differ, hence the minute; the ledger of our own ids keeps an earlier twin from matching.
        var published = await graph.PublishedSinceAsync(target.ExternalAccountId, target.Token, since.AddMinutes(-1), cancellationToken);
        if (published is not GraphAnswer<GraphList<GraphMedia>>.Ok(var list)) return Unanswered(published);

        var found = (list.Data ?? [])
            .Where(media => CaptionMatch.IsSame(target.Caption, media.Caption) && IsNotBefore(media.Timestamp, since.AddMinutes(-1)) && !isOurs(media.Id))
            .MinBy(media => media.Timestamp, StringComparer.Ordinal);
        return (found, container) switch
        {
            ({ } media, _) => new Outcome.Published(media.Id, media.Permalink),
            (null, GraphAnswer<GraphContainer>.Ok { Value.StatusCode: "PUBLISHED" }) => new Outcome.Published(null, null),
            _ => new Outcome.NotPublished(),
        };
    }

    public async Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken) =>
        await graph.MediaAsync(externalPostId, target.Token, cancellationToken) switch
        {
            GraphAnswer<GraphMedia>.Ok(var media) => new Outcome.Published(media.Id, media.Permalink),
            var other => Unanswered(other),
        };

    /// <summary>Longest alt text, in characters. Source: Instagram Platform, "IG User Media", field alt_text.</summary>
    private const int MaxAltTextLength = 1_000;

    private async Task<Outcome?> QuotaUsedUpAsync(PublishTarget target, CancellationToken cancellationToken) =>
        await graph.PublishingLimitAsync(target.ExternalAccountId, target.Token, cancellationToken) switch
        {
            GraphAnswer<GraphList<GraphPublishingLimit>>.Ok(var limits) => limits.Data is [{ Config: { } quota } limit, ..] && limit.QuotaUsage >= quota.QuotaTotal
                ? new Outcome.RetryLater(TimeSpan.FromHours(1), $"The account has used its {quota.QuotaTotal} posts of the last 24 hours.")
                : null,
            var other => Unanswered(other),
        };

    // For calls that publish nothing.
    private static Outcome Unanswered<T>(GraphAnswer<T> answer) => answer switch
    {
        GraphAnswer<T>.Refused(var error) => InstagramErrors.Classify(error, mayHavePublished: false),
        GraphAnswer<T>.Lost(var reason, _) => new Outcome.RetryLater(null, reason),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static bool IsNotBefore(string? timestamp, DateTimeOffset earliest) =>
        DateTimeOffset.TryParseExact(timestamp, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss+0000"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        && at >= earliest;
}
