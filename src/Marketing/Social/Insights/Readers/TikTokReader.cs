using System.Runtime.CompilerServices;
using System.Text.Json;
using Marketing.Social.Accounts.Connectors;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Insights.Readers;

/// <summary>TikTok: totals of public videos, twenty in a call, and counts of the user. Reach, impressions and watch time are not told. Source: TikTok, "Query Videos" and "Get User Info".</summary>
internal sealed class TikTokReader : IInsightsReader
{
    private const int AtOnce = 20;

    /// <inheritdoc />
    public string Platform => "tiktok";

    /// <inheritdoc />
    public async IAsyncEnumerable<Reading> ReadAsync(AccountToRead account, InsightsCalls calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var posts in account.Posts.Chunk(AtOnce))
        {
            var ids = JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, string[]>> { ["filters"] = new() { ["video_ids"] = [.. posts.Select(post => post.ExternalId)] } });
            var answer = await calls.PostAsync($"{calls.ApiUrl}/v2/video/query/?fields=id,like_count,comment_count,share_count,view_count", ids, cancellationToken);
            if (answer.Stop is { } stop)
            {
                yield return stop;
                yield break;
            }
            if (Refusal(answer) is { } reason)
            {
                foreach (var post in posts) yield return new Reading.Failed(post.PostId, reason);
                continue;
            }
            var found = answer.Body.Member("data").Member("videos").Items().Where(video => Id(video) is not null).DistinctBy(Id).ToDictionary(video => Id(video)!);
            foreach (var post in posts)
            {
                // Private and unmoderated videos are not listed; that proves nothing.
                if (!found.TryGetValue(post.ExternalId, out var video)) yield return new Reading.NothingYet(post.PostId, "The video is not public (yet).");
                else
                {
                    yield return new Reading.Post(post.PostId, account.Today, Figures(video));
                    yield return new Reading.PostDone(post.PostId);
                }
            }
        }
        if (!account.WantsAccount) yield break;
        var user = await calls.GetAsync($"{calls.ApiUrl}/v2/user/info/?fields=follower_count,following_count,likes_count,video_count", cancellationToken);
        if (user.Stop is { } end) yield return end;
        else if (Refusal(user) is { } reason) yield return new Reading.AccountFailed(reason);
        else
        {
            var counts = user.Body.Member("data").Member("user");
            yield return new Reading.Account(account.Today, new AccountFigures { FollowerCount = counts.Count("follower_count"), FollowingCount = counts.Count("following_count"), PostCount = counts.Count("video_count") });
        }
    }

    // Texts and numbers both occur.
    private static string? Id(JsonElement video) => video.Text("id") ?? (video.Member("id") is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : null);

    // The code decides, never the status.
    private static string? Refusal(InsightsAnswer answer)
    {
        var error = answer.Body.Member("error");
        if (answer.IsOk && (error.Text("code") ?? "ok") == "ok") return null;
        return PlatformWords.Clean($"{error.Text("code")} {error.Text("message")}", answer.Answer.ToString());
    }

    private static PostFigures Figures(JsonElement video)
    {
        var (likes, comments, shares, views) = (video.Count("like_count"), video.Count("comment_count"), video.Count("share_count"), video.Count("view_count"));
        return new PostFigures { Likes = likes, Comments = comments, Shares = shares, VideoViews = views, Engagement = PostFigures.Sum(likes, comments, shares), RateBase = views };
    }
}
