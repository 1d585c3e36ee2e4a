using System.Runtime.CompilerServices;
using System.Text.Json;
using Marketing.Social.Accounts.Connectors;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Insights.Readers;

/// <summary>X: totals of a hundred posts in a call, and clicks of those that are younger than 30 days in a second one, since one older post would fail it. Source: X API v2, "Post lookup" and "Metrics".</summary>
internal sealed class XReader : IInsightsReader
{
    private const int AtOnce = 100;
    private static readonly TimeSpan Clicks = TimeSpan.FromDays(29);

    /// <inheritdoc />
    public string Platform => "twitter";

    /// <inheritdoc />
    public async IAsyncEnumerable<Reading> ReadAsync(AccountToRead account, InsightsCalls calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var posts in account.Posts.Chunk(AtOnce))
        {
            var answer = await calls.GetAsync($"{calls.ApiUrl}/tweets?ids={Ids(posts)}&tweet.fields=public_metrics&expansions=attachments.media_keys&media.fields=public_metrics", cancellationToken);
            if (Ends(answer) is { } stop)
            {
                yield return stop;
                yield break;
            }
            if (!answer.IsOk)
            {
                foreach (var post in posts) yield return new Reading.Failed(post.PostId, Words(answer));
                continue;
            }
            var young = posts.Where(post => post.PublishedAt > new DateTimeOffset(account.Today.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) - Clicks).ToArray();
            // Clicks are an addition: without them the rest is stored all the same.
            var more = young.Length == 0 ? null : await calls.GetAsync($"{calls.ApiUrl}/tweets?ids={Ids(young)}&tweet.fields=non_public_metrics", cancellationToken);
            var views = Media(answer.Body);
            foreach (var post in posts) foreach (var reading in Read(account, post, answer.Body, more?.Body ?? default, views)) yield return reading;
            if (more is not null && Ends(more) is { } ended)
            {
                yield return ended;
                yield break;
            }
        }
        if (!account.WantsAccount) yield break;
        var user = await calls.GetAsync($"{calls.ApiUrl}/users/me?user.fields=public_metrics", cancellationToken);
        var counts = user.Body.Member("data").Member("public_metrics");
        if (Ends(user) is { } end) yield return end;
        else if (!user.IsOk) yield return new Reading.AccountFailed(Words(user));
        else yield return new Reading.Account(account.Today, new AccountFigures { FollowerCount = counts.Count("followers_count"), FollowingCount = counts.Count("following_count"), PostCount = counts.Count("tweet_count") });
    }

    // Partial answers are the rule: data and errors stand side by side.
    private static IEnumerable<Reading> Read(AccountToRead account, PostToRead post, JsonElement body, JsonElement more, Dictionary<string, long> views)
    {
        if (Find(body, post) is not { ValueKind: JsonValueKind.Object } tweet)
        {
            var isGone = body.Member("errors").Items().Any(error => error.Text("resource_id") == post.ExternalId && error.Text("type")?.EndsWith("resource-not-found", StringComparison.Ordinal) == true);
            yield return isGone ? new Reading.Missing(post.PostId, "X does not find the post.") : new Reading.Failed(post.PostId, "X left the post out of its answer.");
            yield break;
        }
        var (open, own) = (tweet.Member("public_metrics"), Find(more, post).Member("non_public_metrics"));
        var (likes, comments, saves) = (open.Count("like_count"), open.Count("reply_count"), open.Count("bookmark_count"));
        var shares = PostFigures.Sum(open.Count("retweet_count"), open.Count("quote_count"));
        yield return new Reading.Post(post.PostId, account.Today, new PostFigures
        {
            Impressions = open.Count("impression_count"),
            Likes = likes,
            Comments = comments,
            Shares = shares,
            Saves = saves,
            Clicks = own.Count("url_link_clicks"),
            VideoViews = tweet.Member("attachments").Member("media_keys").Items().Select(key => key.Text() is { } name && views.TryGetValue(name, out var count) ? count : (long?)null).Max(),
            Engagement = own.Count("engagements") ?? PostFigures.Sum(likes, comments, shares, saves),
            RateBase = open.Count("impression_count"),
        });
        yield return new Reading.PostDone(post.PostId);
    }

    private static JsonElement Find(JsonElement body, PostToRead post) => body.Member("data").Items().FirstOrDefault(tweet => tweet.Text("id") == post.ExternalId);

    private static Dictionary<string, long> Media(JsonElement body)
    {
        var views = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var medium in body.Member("includes").Member("media").Items())
            if (medium.Text("media_key") is { } key && medium.Member("public_metrics").Count("view_count") is { } count) views[key] = count;
        return views;
    }

    // Credits that are used up stop the whole app.
    private static Reading.Stop? Ends(InsightsAnswer answer) => answer.Stop is { } stop ? stop
        : answer.Answer.Status == 402 ? new Reading.Stop("The prepaid credits of the X app are used up.", TimeSpan.FromHours(6)) { IsForWholeApp = true } : null;

    private static string Ids(PostToRead[] posts) => string.Join(',', posts.Select(post => Uri.EscapeDataString(post.ExternalId)));

    private static string Words(InsightsAnswer answer) => PlatformWords.Clean(answer.Body.Text("detail") ?? answer.Body.Text("title"), answer.Answer.ToString());
}
