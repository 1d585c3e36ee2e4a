using System.Text;
using System.Text.Json;
using Marketing.Social.Platforms.Http;
using Marketing.Social.Platforms.Media;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Platforms.LinkedIn;

/// <summary>
/// Publishes texts, links, images, videos and documents to a LinkedIn page or member. Media are handed over first and are seen by nobody; the
/// post itself is one call. A page's posts can be read, so that an unconfirmed one is found there; a member's cannot.
/// </summary>
internal sealed class LinkedInPublisher(LinkedInClient linkedIn, LinkedInUploads uploads, IOptions<LinkedInOptions> options, TimeProvider clock) : IPublisher
{
    /// <summary>Most images of a post. Source: LinkedIn, "MultiImage API".</summary>
    private const int MaxImages = 20;

    /// <summary>Longest alternative text, in characters. Source: LinkedIn, "Images API".</summary>
    private const int MaxAltText = 4_086;

    /// <summary>Container of a post without media.</summary>
    private const string TextOnly = "text";

    /// <summary>How far the clocks of two workers may be apart, with room to spare.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(10);

    public string Platform => "linkedin";

    public TimeSpan ShownWithin => options.Value.ShownWithin;

    public async Task<Outcome> SubmitAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (Unsuitable(target) is { } refusal) return refusal;
        var at = clock.GetUtcNow().ToUnixTimeSeconds();
        if (target.MediaUrls.Count == 0) return new Outcome.Submitted(TextOnly, Write(new LinkedInState(at, [])));
        try
        {
            var (opened, refused) = await uploads.OpenAsync(target, 0, Author(target), cancellationToken);
            return opened is null ? refused! : new Outcome.Submitted(opened.Urn, Write(new LinkedInState(at, [opened])));
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
                if (state.Media[index].Stage == LinkedInStage.Ready) continue;
                var (medium, goOn, refusal) = await uploads.AdvanceAsync(target, index, state.Media[index], cancellationToken);
                if (medium is null) return refusal!;
                var changed = state with { Media = [.. state.Media.Take(index), medium, .. state.Media.Skip(index + 1)] };
                return new Outcome.Processing(ReferenceEquals(medium, state.Media[index]) ? null : Write(changed), goOn);
            }
            if (state.Media.Count == target.MediaUrls.Count) return new Outcome.Ready();

            var (opened, refused) = await uploads.OpenAsync(target, state.Media.Count, Author(target), cancellationToken);
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
        var post = new LinkedInNewPost(
            Author(target), LittleText.Write(target.Caption), target.Options.Text("visibility") ?? "PUBLIC", new LinkedInDistribution("MAIN_FEED", [], []),
            Content(target, state), "PUBLISHED", IsReshareDisabledByAuthor: target.Options.Flag("disable_reshare") ?? false);
        return await linkedIn.PostAsync(target.Token, post, cancellationToken) switch
        {
            PlatformAnswer.Answered { IsSuccess: true } answer => answer.Header("x-restli-id") is { Length: > 0 } urn
                ? new Outcome.Published(urn, Link(urn))
                : new Outcome.Unconfirmed("LinkedIn accepted the post without naming it."),
            PlatformAnswer.Answered refused when LinkedInErrors.DuplicateOf(refused) is { } twin => await ExplainDuplicateAsync(target, state, twin, refused, cancellationToken),
            PlatformAnswer.Answered refused => LinkedInErrors.Classify(refused, mayHavePublished: true, clock.GetUtcNow()),
            PlatformAnswer.Lost lost => lost.AsFinalise(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public async Task<Outcome> FindAsync(PublishTarget target, string containerId, DateTimeOffset since, Func<string, bool> isOurs, CancellationToken cancellationToken)
    {
        if (IsMember(Author(target))) return new Outcome.Unconfirmed("LinkedIn does not let programs read a member's posts: look at the profile.");
        // An earlier finalise of the same post that was taken for lost lies after the submit, not after this finalise.
        var submitted = Submitted(Read(target)) - ClockDifference;
        var start = (submitted < since.AddMinutes(-1) ? submitted : since.AddMinutes(-1)).ToUnixTimeMilliseconds();

        const int pageSize = 50;
        const int maxPages = 4;
        LinkedInPost? found = null;
        for (var page = 0; page < maxPages; page++)
        {
            var answer = await linkedIn.PostsAsync(target.Token, Author(target), page * pageSize, pageSize, cancellationToken);
            if (answer is not PlatformAnswer.Answered { IsSuccess: true } answered) return Unreadable(answer);
            if (answered.As(LinkedInJson.Default.LinkedInPosts)?.Elements is not { } posts) return new Outcome.Unconfirmed("The list of the page's posts cannot be read.");
            found = posts.Where(post => post.Id is { } id && PublishedAt(post) >= start && IsSame(target, post) && !isOurs(id)).MinBy(PublishedAt) ?? found;
            if (posts.Count < pageSize || posts[^1].LastModifiedAt < start || found is not null)
                return found is { Id: { } urn } ? new Outcome.Published(urn, Link(urn)) : new Outcome.NotPublished();
        }
        return new Outcome.Unconfirmed($"The page has changed more than {pageSize * maxPages} posts since; the list is not read further.");
    }

    public Task<Outcome> ReadBackAsync(PublishTarget target, string externalPostId, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome>(new Outcome.Published(externalPostId, Link(externalPostId)));

    /// <summary>The account as LinkedIn names an author: <c>external_account_id</c> is its URN, or the number of an organisation.</summary>
    internal static string Author(PublishTarget target) => target.ExternalAccountId switch
    {
        var id when id.StartsWith("urn:li:", StringComparison.Ordinal) => id,
        var id when id.All(char.IsAsciiDigit) => $"urn:li:organization:{id}",
        var id => $"urn:li:person:{id}",
    };

    private static Outcome.Reject? Unsuitable(PublishTarget target) => (target.PostType, target.MediaUrls.Count) switch
    {
        ("post", 0) when target.Caption.Length == 0 => new("caption", "A post without a medium needs a text."),
        ("post", 0 or 1) or ("carousel", >= 2 and <= MaxImages) or ("video", 1) => null,
        ("post", _) => new("media_urls", "A post on LinkedIn has one medium or none; use post_type 'carousel' for several images."),
        ("carousel", var count) => new("media_urls", $"A carousel on LinkedIn has 2 to {MaxImages} images; this one has {count}."),
        ("video", var count) => new("media_urls", $"A video post on LinkedIn has one video; this one has {count} media."),
        (var type, _) => new("post_type", $"LinkedIn has no posts of type '{type}'."),
    };

    private static LinkedInContent? Content(PublishTarget target, LinkedInState state) => state.Media switch
    {
        [] when target.LinkUrl is { Length: > 0 } link => new(Article: new LinkedInArticle(link, target.Options.Text("title") ?? new Uri(link).Host, target.Options.Text("description"))),
        [] => null,
        [var only] => new(Media: Shown(target, only, 0) with { Title = target.Options.Text("title") }),
        var several => new(MultiImage: new LinkedInImages([.. several.Select((medium, index) => Shown(target, medium, index))])),
    };

    private static LinkedInShownMedium Shown(PublishTarget target, LinkedInMedium medium, int index) =>
        new(medium.Urn, AltText: medium.Urn.StartsWith("urn:li:image:", StringComparison.Ordinal) ? target.AltTextOf(index)?.Shortened(MaxAltText) : null);

    // LinkedIn names the post that a text is a duplicate of: perhaps this very post, whose answer was lost; perhaps an older one.
    private async Task<Outcome> ExplainDuplicateAsync(PublishTarget target, LinkedInState state, string twin, PlatformAnswer.Answered refused, CancellationToken cancellationToken)
    {
        var isOlder = new Outcome.Reject("caption", $"LinkedIn refuses the text as a duplicate of {(twin.Length > 0 ? twin : "an earlier post")}. Change the caption.");
        // An unconfirmed post of a member is never sent again, so that what a member's text repeats is always another post.
        if (IsMember(Author(target)) || twin.Length == 0) return isOlder;
        var answer = await linkedIn.PostByUrnAsync(target.Token, twin, cancellationToken);
        if (answer is PlatformAnswer.Answered { Status: System.Net.HttpStatusCode.NotFound }) return isOlder; // Deleted posts count as duplicates for a day or two.
        var read = (answer as PlatformAnswer.Answered)?.As(LinkedInJson.Default.LinkedInPost);
        return read is not null && PublishedAt(read) < (Submitted(state) - ClockDifference).ToUnixTimeMilliseconds()
            ? isOlder
            : new Outcome.Unconfirmed($"LinkedIn refuses the text as a duplicate of {twin} (HTTP {(int)refused.Status}).");
    }

    private Outcome Unreadable(PlatformAnswer answer) => answer switch
    {
        PlatformAnswer.Answered refused => LinkedInErrors.Classify(refused, mayHavePublished: false, clock.GetUtcNow()) switch
        {
            Outcome.Reject(_, var reason) => new Outcome.Unconfirmed($"The page's posts cannot be read: {reason}"),
            var other => other,
        },
        PlatformAnswer.Lost lost => lost.AsHarmless(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static bool IsMember(string author) => author.StartsWith("urn:li:person:", StringComparison.Ordinal);

    private static bool IsSame(PublishTarget target, LinkedInPost post) => Plain(target.Caption) == Plain(LittleText.Read(post.Commentary ?? ""));

    private static string Plain(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Normalize(NormalizationForm.FormC).Trim();

    private static long PublishedAt(LinkedInPost post) => post.PublishedAt ?? post.CreatedAt ?? 0;

    private static DateTimeOffset Submitted(LinkedInState state) => DateTimeOffset.FromUnixTimeSeconds(state.At);

    private static string Link(string urn) => $"https://www.linkedin.com/feed/update/{urn}/";

    private static string Write(LinkedInState state) => JsonSerializer.Serialize(state, LinkedInJson.Default.LinkedInState);

    private static LinkedInState Read(PublishTarget target) => JsonSerializer.Deserialize(target.ContainerState!, LinkedInJson.Default.LinkedInState)!;
}
