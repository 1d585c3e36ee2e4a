using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Marketing.Social.Accounts.Connectors;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Insights.Readers;

/// <summary>
/// YouTube: days of each video and of the channel; the last week is read again, since figures come two to three days late and are corrected.
/// Source: YouTube Analytics API, "Reports: query" and "Metrics"; the zone of its days and its delay are unverified.
/// </summary>
internal sealed class YouTubeReader : IInsightsReader
{
    private const string AnalyticsUrl = "https://youtubeanalytics.googleapis.com";
    private const string DataUrl = "https://www.googleapis.com";
    private const int ReadAgainDays = 9;

    /// <inheritdoc />
    public string Platform => "youtube";

    /// <inheritdoc />
    public async IAsyncEnumerable<Reading> ReadAsync(AccountToRead account, InsightsCalls calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var analytics = calls.ApiUrl == DataUrl ? AnalyticsUrl : calls.ApiUrl;
        foreach (var post in account.Posts)
        {
            var from = post.FirstDay(ReadAgainDays);
            var answer = await calls.GetAsync($"{analytics}/v2/reports?ids=channel==MINE&startDate={Wire.Day(from)}&endDate={Wire.Day(account.Today)}&metrics=views,estimatedMinutesWatched,likes,comments,shares&dimensions=day&filters=video=={Uri.EscapeDataString(post.ExternalId)}", cancellationToken);
            if (Ends(answer) is { } stop)
            {
                yield return stop;
                yield break;
            }
            if (!answer.IsOk)
            {
                yield return new Reading.Failed(post.PostId, Words(answer));
                continue;
            }
            // No rows: not counted yet.
            foreach (var row in Rows(answer))
                if (Day(row) is { } day) yield return new Reading.Post(post.PostId, day, Figures(row));
            yield return new Reading.PostDone(post.PostId);
        }
        if (account.WantsAccount)
            await foreach (var reading in AccountAsync(account, calls, analytics, cancellationToken)) yield return reading;
    }

    private static async IAsyncEnumerable<Reading> AccountAsync(AccountToRead account, InsightsCalls calls, string analytics, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = await calls.GetAsync($"{calls.ApiUrl}/youtube/v3/channels?part=statistics&mine=true", cancellationToken);
        if (Ends(channel) is { } end)
        {
            yield return end;
            yield break;
        }
        var counts = channel.Body.Member("items").Items().FirstOrDefault(item => item.Text("id") == account.ExternalId).Member("statistics");
        if (!channel.IsOk) yield return new Reading.AccountFailed(Words(channel));
        else yield return new Reading.Account(account.Today, new AccountFigures { FollowerCount = counts.IsTrue("hiddenSubscriberCount") ? null : counts.Count("subscriberCount"), PostCount = counts.Count("videoCount") });

        var answer = await calls.GetAsync($"{analytics}/v2/reports?ids=channel==MINE&startDate={Wire.Day(account.Today.AddDays(-Math.Max(account.Days, ReadAgainDays)))}&endDate={Wire.Day(account.Today)}&metrics=views,likes,comments,shares,subscribersGained,subscribersLost&dimensions=day", cancellationToken);
        if (Ends(answer) is { } stop) yield return stop;
        else if (!answer.IsOk) yield return new Reading.AccountFailed(Words(answer));
        else
            foreach (var row in Rows(answer))
                if (Day(row) is { } day)
                    yield return new Reading.Account(day, new AccountFigures
                    {
                        FollowerChange = Of(row, "subscribersGained") - Of(row, "subscribersLost"),
                        Rate = EngagementRate.Of(PostFigures.Sum(Of(row, "likes"), Of(row, "comments"), Of(row, "shares")), Of(row, "views")),
                    });
    }

    // The project's quota ends at midnight Pacific Time, 07:00 or 08:00 UTC; an hour is waited at a time.
    private static Reading.Stop? Ends(InsightsAnswer answer) => answer.Stop ?? (answer.Body.Member("error").Member("errors").Items().FirstOrDefault().Text("reason") switch
    {
        "quotaExceeded" or "dailyLimitExceeded" => new Reading.Stop(Words(answer), TimeSpan.FromHours(1)) { IsForWholeApp = true },
        "rateLimitExceeded" or "userRateLimitExceeded" => new Reading.Stop(Words(answer), TimeSpan.FromMinutes(10)),
        _ => null,
    });

    // Columns are found by their names, whatever their order.
    private static IEnumerable<Dictionary<string, JsonElement>> Rows(InsightsAnswer answer)
    {
        var names = answer.Body.Member("columnHeaders").Items().Select(header => header.Text("name") ?? "").ToArray();
        foreach (var row in answer.Body.Member("rows").Items())
        {
            var values = row.Items().ToArray();
            yield return names.Take(values.Length).Select((name, index) => (name, index)).DistinctBy(pair => pair.name).ToDictionary(pair => pair.name, pair => values[pair.index]);
        }
    }

    private static DateOnly? Day(Dictionary<string, JsonElement> row) => row.TryGetValue("day", out var day) && DateOnly.TryParseExact(day.Text(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    private static long? Of(Dictionary<string, JsonElement> row, string name) => row.TryGetValue(name, out var value) ? value.Count() : null;

    private static PostFigures Figures(Dictionary<string, JsonElement> row)
    {
        var (likes, comments, shares, views) = (Of(row, "likes"), Of(row, "comments"), Of(row, "shares"), Of(row, "views"));
        return new PostFigures { Likes = likes, Comments = comments, Shares = shares, VideoViews = views, WatchTimeSeconds = Of(row, "estimatedMinutesWatched") * 60, Engagement = PostFigures.Sum(likes, comments, shares), RateBase = views };
    }

    private static string Words(InsightsAnswer answer) => PlatformWords.Clean(answer.Body.Member("error").Text("message"), answer.Answer.ToString());
}
