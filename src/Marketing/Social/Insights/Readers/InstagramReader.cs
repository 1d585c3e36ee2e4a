using System.Runtime.CompilerServices;

namespace Marketing.Social.Insights.Readers;

/// <summary>Instagram: totals of media, days of the account. Source: Instagram Platform, "Insights" (September 2026); watch times in milliseconds are unverified.</summary>
internal sealed class InstagramReader : IInsightsReader
{
    // One metric that does not fit the medium fails the whole call, so each kind has its own.
    private const string Feed = "views,reach,likes,comments,shares,saved,total_interactions";
    private const string Reel = Feed + ",ig_reels_video_view_total_time";
    private const string Story = "views,reach,shares,total_interactions";

    /// <inheritdoc />
    public string Platform => "instagram";

    /// <inheritdoc />
    public async IAsyncEnumerable<Reading> ReadAsync(AccountToRead account, InsightsCalls calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var post in account.Posts)
        {
            var metrics = post.PostType switch { "story" => Story, "reel" or "video" => Reel, _ => Feed };
            var answer = await calls.GetAsync($"{calls.ApiUrl}/{Uri.EscapeDataString(post.ExternalId)}/insights?metric={metrics}", cancellationToken);
            if (GraphReadings.Ends(answer) is { } end)
            {
                yield return end;
                yield break;
            }
            if (GraphReadings.Refusal(answer, post) is { } refusal) yield return refusal;
            else if (GraphReadings.Values(answer.Body) is { Count: > 0 } values)
            {
                yield return new Reading.Post(post.PostId, account.Today, Figures(values, post.PostType is "reel" or "video"));
                yield return new Reading.PostDone(post.PostId);
            }
            // No data is "not available", not zero.
            else yield return new Reading.NothingYet(post.PostId, "The platform has no figures yet.");
            if (GraphReadings.NearLimit(answer) is { } near)
            {
                yield return near;
                yield break;
            }
        }
        if (account.WantsAccount)
            await foreach (var reading in AccountAsync(account, calls, cancellationToken)) yield return reading;
    }

    private static PostFigures Figures(Dictionary<string, long> values, bool isVideo)
    {
        long? Of(string name) => values.TryGetValue(name, out var value) ? value : null;
        return new PostFigures
        {
            Impressions = Of("views"),
            Reach = Of("reach"),
            Engagement = Of("total_interactions"),
            Likes = Of("likes"),
            Comments = Of("comments"),
            Shares = Of("shares"),
            Saves = Of("saved"),
            VideoViews = isVideo ? Of("views") : null,
            WatchTimeSeconds = Wire.Seconds(Of("ig_reels_video_view_total_time")),
            RateBase = Of("reach"),
        };
    }

    // Totals come for a stretch of time, so each day is a call: many when the past is filled, two otherwise.
    private static async IAsyncEnumerable<Reading> AccountAsync(AccountToRead account, InsightsCalls calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var id = Uri.EscapeDataString(account.ExternalId);
        var counts = await calls.GetAsync($"{calls.ApiUrl}/{id}?fields=username,followers_count,follows_count,media_count", cancellationToken);
        if (GraphReadings.Ends(counts) is { } end)
        {
            yield return end;
            yield break;
        }
        if (GraphReadings.AccountRefusal(counts) is { } refused) yield return new Reading.AccountFailed(refused);
        else yield return new Reading.Account(account.Today, new AccountFigures { FollowerCount = counts.Body.Count("followers_count"), FollowingCount = counts.Body.Count("follows_count"), PostCount = counts.Body.Count("media_count") });

        for (var back = 1; back <= (account.Days > 7 ? account.Days : 2); back++)
        {
            var day = account.Today.AddDays(-back);
            var answer = await calls.GetAsync($"{calls.ApiUrl}/{id}/insights?metric=views,reach,total_interactions&period=day&metric_type=total_value&since={Wire.Unix(day)}&until={Wire.Unix(day.AddDays(1))}", cancellationToken);
            if ((GraphReadings.Ends(answer) ?? GraphReadings.NearLimit(answer)) is { } stop)
            {
                yield return stop;
                yield break;
            }
            if (GraphReadings.AccountRefusal(answer) is { } reason)
            {
                yield return new Reading.AccountFailed(reason);
                yield break;
            }
            var values = GraphReadings.Values(answer.Body);
            long? Of(string name) => values.TryGetValue(name, out var value) ? value : null;
            yield return new Reading.Account(day, new AccountFigures { Impressions = Of("views"), Reach = Of("reach"), Rate = EngagementRate.Of(Of("total_interactions"), Of("reach")) });
        }
    }
}
