using System.Globalization;
using System.Runtime.CompilerServices;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Insights.Readers;

/// <summary>Facebook Pages: totals of posts and reels, days of the Page. Source: Graph API, "Page Insights" (September 2026); names for reels are unverified.</summary>
internal sealed class FacebookReader : IInsightsReader
{
    private const string Post = "post_media_view,post_total_media_view_unique,post_clicks,post_video_views,post_video_view_time";
    private const string Reel = "fb_reels_total_plays,post_video_view_time";
    private const string Page = "page_media_view,page_total_media_view_unique,page_post_engagements,page_follows,page_daily_follows_unique,page_daily_unfollows_unique,page_views_total,page_total_actions";

    /// <inheritdoc />
    public string Platform => "facebook";

    /// <inheritdoc />
    public async IAsyncEnumerable<Reading> ReadAsync(AccountToRead account, InsightsCalls calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var post in account.Posts)
        {
            var id = Uri.EscapeDataString(post.ExternalId);
            // Posts are page_post; a video alone has one number.
            var isReel = !post.ExternalId.Contains('_', StringComparison.Ordinal) && post.PostType is "reel" or "video";
            var answer = await calls.GetAsync(isReel ? $"{calls.ApiUrl}/{id}/video_insights?metric={Reel}" : $"{calls.ApiUrl}/{id}/insights?metric={Post}", cancellationToken);
            var counters = GraphReadings.Ends(answer) is null && GraphReadings.Refusal(answer, post) is null
                ? await calls.GetAsync($"{calls.ApiUrl}/{id}?fields=shares,comments.summary(true).limit(0),reactions.summary(true).limit(0)", cancellationToken) : null;
            if ((GraphReadings.Ends(answer) ?? (counters is null ? null : GraphReadings.Ends(counters))) is { } end)
            {
                yield return end;
                yield break;
            }
            if (GraphReadings.Refusal(answer, post) is { } refusal)
            {
                yield return refusal;
                continue;
            }
            var figures = Figures(GraphReadings.Values(answer.Body), counters!, isReel);
            if (figures.IsEmpty) yield return new Reading.NothingYet(post.PostId, "The platform has no figures yet.");
            else
            {
                yield return new Reading.Post(post.PostId, account.Today, figures);
                yield return new Reading.PostDone(post.PostId);
            }
            if (GraphReadings.NearLimit(counters ?? answer) is { } near)
            {
                yield return near;
                yield break;
            }
        }
        if (account.WantsAccount)
            await foreach (var reading in AccountAsync(account, calls, cancellationToken)) yield return reading;
    }

    // Counters that could not be read leave their columns as they were, and the sum of engagement with them.
    private static PostFigures Figures(Dictionary<string, long> values, InsightsAnswer counters, bool isReel)
    {
        long? Of(string name) => values.TryGetValue(name, out var value) ? value : null;
        var isCounted = counters.IsOk && counters.Body.Text("id") is not null;
        var (likes, comments) = (counters.Body.Member("reactions").Member("summary").Count("total_count"), counters.Body.Member("comments").Member("summary").Count("total_count"));
        // A post without shares has no member for them.
        long? shares = isCounted ? counters.Body.Member("shares").Count("count") ?? 0 : null;
        return new PostFigures
        {
            Impressions = Of("post_media_view"),
            Reach = Of("post_total_media_view_unique"),
            Engagement = isCounted ? PostFigures.Sum(likes, comments, shares, Of("post_clicks")) : null,
            Likes = likes,
            Comments = comments,
            Shares = shares,
            Clicks = Of("post_clicks"),
            VideoViews = isReel ? Of("fb_reels_total_plays") : Of("post_video_views"),
            WatchTimeSeconds = Wire.Seconds(Of("post_video_view_time")),
            RateBase = Of("post_total_media_view_unique"),
        };
    }

    private static async IAsyncEnumerable<Reading> AccountAsync(AccountToRead account, InsightsCalls calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var id = Uri.EscapeDataString(account.ExternalId);
        var counts = await calls.GetAsync($"{calls.ApiUrl}/{id}?fields=followers_count,fan_count", cancellationToken);
        if (GraphReadings.Ends(counts) is { } end)
        {
            yield return end;
            yield break;
        }
        if (GraphReadings.AccountRefusal(counts) is { } refused) yield return new Reading.AccountFailed(refused);
        else yield return new Reading.Account(account.Today, new AccountFigures { FollowerCount = counts.Body.Count("followers_count") });

        var answer = await calls.GetAsync($"{calls.ApiUrl}/{id}/insights?metric={Page}&period=day&since={Wire.Day(account.Today.AddDays(-account.Days))}&until={Wire.Day(account.Today)}", cancellationToken);
        if (GraphReadings.Ends(answer) is { } stop)
        {
            yield return stop;
            yield break;
        }
        if (GraphReadings.AccountRefusal(answer) is { } reason)
        {
            yield return new Reading.AccountFailed(reason);
            yield break;
        }
        foreach (var (day, values) in Days(answer)) yield return new Reading.Account(day, Figures(values));
    }

    // A day ends at midnight Pacific Time, 07:00 or 08:00 UTC of the day after (unverified).
    private static SortedDictionary<DateOnly, Dictionary<string, long>> Days(InsightsAnswer answer)
    {
        var days = new SortedDictionary<DateOnly, Dictionary<string, long>>();
        foreach (var metric in answer.Body.Member("data").Items())
            foreach (var entry in metric.Member("values").Items())
            {
                if (metric.Text("name") is not { } name || entry.Count("value") is not { } value || entry.Text("end_time") is not { } written) continue;
                if (!DateTimeOffset.TryParseExact(written, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:sszz00"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var ends)) continue;
                var day = DateOnly.FromDateTime(ends.UtcDateTime.AddHours(-12));
                if (!days.TryGetValue(day, out var values)) days[day] = values = new Dictionary<string, long>(StringComparer.Ordinal);
                values[name] = value;
            }
        return days;
    }

    private static AccountFigures Figures(Dictionary<string, long> values)
    {
        long? Of(string name) => values.TryGetValue(name, out var value) ? value : null;
        return new AccountFigures
        {
            FollowerCount = Of("page_follows"),
            FollowerChange = Of("page_daily_follows_unique") - Of("page_daily_unfollows_unique"),
            Impressions = Of("page_media_view"),
            Reach = Of("page_total_media_view_unique"),
            ProfileViews = Of("page_views_total"),
            WebsiteClicks = Of("page_total_actions"),
            Rate = EngagementRate.Of(Of("page_post_engagements"), Of("page_total_media_view_unique")),
        };
    }
}
