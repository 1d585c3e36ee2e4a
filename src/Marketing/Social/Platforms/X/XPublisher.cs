using System.Globalization;
using System.Text.Json;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.X;

/// <summary>
/// Publishes texts, up to four images, or one video to X. Media are handed over first and are seen by nobody; the post itself is one call,
/// and an unconfirmed one is looked for in the account's timeline.
/// </summary>
internal sealed class XPublisher(XClient x, XUploads uploads, IOptions<XOptions> options, TimeProvider clock) : IPublisher
{
    /// <summary>Most images of a post. Source: X API v2, "Create post", media_ids.</summary>
    private const int MaxMedia = 4;

    /// <summary>Container of a post without media.</summary>
    private const string TextOnly = "text";

    /// <summary>How far the clocks of two workers may be apart, with room to spare.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(10);

    /// <summary>How long a refusal as duplicate may go unexplained by the timeline. A choice.</summary>
    private static readonly TimeSpan DuplicateIsOurs = TimeSpan.FromMinutes(15);

    public string Platform => "twitter";

    public TimeSpan ShownWithin => options.Value.ShownWithin;

    public async Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (Unsuitable(target) is { } refusal) return refusal;
        var at = clock.GetUtcNow().ToUnixTimeSeconds();
        if (target.MediaUrls.Count == 0) return new Outcome.Submitted(TextOnly, Write(new XState(at, [])));
        try
        {
            var (opened, refused) = await uploads.OpenAsync(target, 0, cancellationToken);
            return opened is null ? refused! : new Outcome.Submitted(opened.Id, Write(new XState(at, [opened])));
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
            for (var index = 0; index < state.Media.Count; index++)
            {
                if (state.Media[index].Stage == XStage.Ready) continue;
                var (medium, goOn, refusal) = await uploads.AdvanceAsync(target, index, state.Media[index], cancellationToken);
                if (medium is null) return refusal!;
                var changed = state with { Media = [.. state.Media.Take(index), medium, .. state.Media.Skip(index + 1)] };
                return new Outcome.Processing(medium == state.Media[index] ? null : Write(changed), goOn);
            }
            if (state.Media.Count == target.MediaUrls.Count) return new Outcome.Ready();

            var (opened, refused) = await uploads.OpenAsync(target, state.Media.Count, cancellationToken);
            return opened is null ? refused! : new Outcome.Processing(Write(state with { Media = [.. state.Media, opened] }), GoOn: true);
        }
        catch (MediaUnreadableException unreadable)
        {
            return new Outcome.RetryLater(null, unreadable.Message);
        }
    }

    public async Task<Outcome> FinaliseAsync(PublishTarget target, string containerId, CancellationToken cancellationToken)
    {
        var state = Read(target);
        var post = new XNewPost(
            Text(target) is { Length: > 0 } text ? text : null,
            state.Media.Count > 0 ? new XNewPostMedia([.. state.Media.Select(medium => medium.Id)]) : null,
            target.Options.Flag("is_ai_generated"), target.Options.Flag("paid_partnership"), target.Options.Text("reply_settings"));
        return await x.PostAsync(target.Token, post, cancellationToken) switch
        {
            PlatformAnswer.Answered { IsSuccess: true } answer => answer.As(XJson.Default.XDataXPost)?.Data?.Id is { } id
                ? new Outcome.Published(id, Url: null)
                : new Outcome.Unconfirmed("X accepted the post without naming it."),
            PlatformAnswer.Answered refused when XErrors.IsDuplicate(refused) => await ExplainDuplicateAsync(target, state, refused, cancellationToken),
            PlatformAnswer.Answered refused => XErrors.Classify(refused, mayHavePublished: true, clock.GetUtcNow()),
            PlatformAnswer.Lost lost => lost.AsFinalise(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public async Task<Outcome> FindAsync(PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        // An earlier finalise of the same post that was taken for lost lies after the submit, not after this finalise.
        var submitted = DateTimeOffset.FromUnixTimeSeconds(Read(target).At) - ClockDifference;
        var start = submitted < since.AddMinutes(-1) ? submitted : since.AddMinutes(-1);
        var (posts, failure) = await SinceAsync(target, start, cancellationToken);
        if (failure is not null) return failure;
        return posts.Where(post => post.Id is { } id && post.CreatedAt >= start && PostMatch.IsSame(Text(target), post) && !isOurs(id)).MinBy(post => post.CreatedAt) is { } found
            ? new Outcome.Published(found.Id, Url: null)
            : new Outcome.NotPublished();
    }

    public async Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken)
    {
        var answer = await x.PostByIdAsync(target.Token, externalPostId, cancellationToken);
        if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered) return Unanswered(answer);
        if (answered.As(XJson.Default.XDataXPost) is not { Data.Id: { } id } read) return new Outcome.Unknown("X does not show the post.");
        return new Outcome.Published(id, $"https://x.com/{(read.Includes?.Users is [{ Username: { } name }, ..] ? name : "i/web")}/status/{id}");
    }

    /// <summary>The text as it goes out: the caption, and the link when the caption does not hold it.</summary>
    internal static string Text(PublishTarget target) => target.LinkUrl switch
    {
        { Length: > 0 } link when !target.Caption.Contains(link, StringComparison.Ordinal) => target.Caption.Length == 0 ? link : $"{target.Caption}\n{link}",
        _ => target.Caption,
    };

    private static Outcome.Reject? Unsuitable(PublishTarget target) => (target.PostType, target.MediaUrls.Count) switch
    {
        ("post", 0) when Text(target).Length == 0 => new("caption", "A post needs a text or a medium."),
        ("post", 0 or 1) or ("carousel", >= 2 and <= MaxMedia) or ("video", 1) => null,
        ("post", _) => new("media_urls", "A post on X has one medium or none; use post_type 'carousel' for several images."),
        ("carousel", var count) => new("media_urls", $"A carousel on X has 2 to {MaxMedia} images; this one has {count}."),
        ("video", var count) => new("media_urls", $"A video post on X has one video; this one has {count} media."),
        (var type, _) => new("post_type", $"X has no posts of type '{type}'."),
    };

    // X refuses a text that the account has posted already: perhaps this very post, whose answer was lost; perhaps an older one.
    private async Task<Outcome> ExplainDuplicateAsync(PublishTarget target, XState state, PlatformAnswer.Answered refused, CancellationToken cancellationToken)
    {
        var answer = await x.TimelineAsync(target.Token, target.ExternalAccountId, since: null, next: null, cancellationToken);
        var submitted = DateTimeOffset.FromUnixTimeSeconds(state.At);
        var twin = (answer as PlatformAnswer.Answered)?.As(XJson.Default.Timeline)?.Data?.FirstOrDefault(post => PostMatch.IsSame(Text(target), post));
        if (twin is { CreatedAt: { } at } && at < submitted - ClockDifference)
            return new Outcome.Reject("caption", $"X refuses the text because the account posted the same on {at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC (post {twin.Id}). Change the caption.");
        var unexplained = twin is null && answer is PlatformAnswer.Answered { IsSuccess: true } && clock.GetUtcNow() - submitted > DuplicateIsOurs;
        return unexplained
            ? new Outcome.Reject("caption", "X refuses the text as a duplicate, but the account's timeline does not show the other post. Change the caption.")
            : XErrors.Classify(refused, mayHavePublished: true, clock.GetUtcNow());
    }

    private async Task<(List<XPost> Posts, Outcome? Failure)> SinceAsync(PublishTarget target, DateTimeOffset start, CancellationToken cancellationToken)
    {
        const int maxPages = 5;
        var posts = new List<XPost>();
        string? next = null;
        for (var page = 0; page < maxPages; page++)
        {
            var answer = await x.TimelineAsync(target.Token, target.ExternalAccountId, start, next, cancellationToken);
            if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered) return ([], Unanswered(answer));
            if (answered.As(XJson.Default.Timeline) is not { } read) return ([], new Outcome.Unconfirmed("The timeline of X cannot be read."));
            posts.AddRange(read.Data ?? []);
            if ((next = read.Meta?.NextToken) is null) return (posts, null);
        }
        return posts.Exists(post => PostMatch.IsSame(Text(target), post))
            ? (posts, null)
            : ([], new Outcome.Unconfirmed($"The account has posted more than {posts.Count} times since; the timeline is not read further."));
    }

    // For calls that publish nothing.
    private Outcome Unanswered(PlatformAnswer answer) => answer switch
    {
        PlatformAnswer.Answered refused => XErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow()),
        PlatformAnswer.Lost lost => lost.AsHarmless(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Write(XState state) => JsonSerializer.Serialize(state, XJson.Default.XState);

    private static XState Read(PublishTarget target) => JsonSerializer.Deserialize(target.ContainerState!, XJson.Default.XState)!;
}
