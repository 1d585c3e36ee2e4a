using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Marketing.Social.Accounts.Connectors;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Insights.Readers;

/// <summary>Pinterest: days of each pin and of the account, UTC; days that are not ready are left out. Source: Pinterest API v5, "Get pin analytics" and "Get user account analytics".</summary>
internal sealed class PinterestReader : IInsightsReader
{
    private const string Metrics = "IMPRESSION,SAVE,PIN_CLICK,OUTBOUND_CLICK,VIDEO_MRC_VIEW,VIDEO_V50_WATCH_TIME";

    // As far as the platform keeps days.
    private const int MaxDays = 89;
    private const int ReadAgainDays = 7;

    /// <inheritdoc />
    public string Platform => "pinterest";

    /// <inheritdoc />
    public async IAsyncEnumerable<Reading> ReadAsync(AccountToRead account, InsightsCalls calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var post in account.Posts)
        {
            var (kept, from) = (account.Today.AddDays(-MaxDays), post.FirstDay(ReadAgainDays));
            if (from < kept) from = kept;
            var answer = await calls.GetAsync($"{calls.ApiUrl}/pins/{Uri.EscapeDataString(post.ExternalId)}/analytics?start_date={Wire.Day(from)}&end_date={Wire.Day(account.Today)}&metric_types={Metrics}", cancellationToken);
            if (answer.Stop is { } stop)
            {
                yield return stop;
                yield break;
            }
            if (!answer.IsOk)
            {
                yield return answer.Answer.Status == 404 ? new Reading.Missing(post.PostId, Words(answer)) : new Reading.Failed(post.PostId, Words(answer));
                continue;
            }
            foreach (var (day, metrics) in Days(answer.Body)) yield return new Reading.Post(post.PostId, day, Figures(metrics));
            yield return new Reading.PostDone(post.PostId);
        }
        if (account.WantsAccount)
            await foreach (var reading in AccountAsync(account, calls, cancellationToken)) yield return reading;
    }

    private static async IAsyncEnumerable<Reading> AccountAsync(AccountToRead account, InsightsCalls calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var user = await calls.GetAsync($"{calls.ApiUrl}/user_account", cancellationToken);
        if (user.Stop is { } end)
        {
            yield return end;
            yield break;
        }
        if (!user.IsOk) yield return new Reading.AccountFailed(Words(user));
        else yield return new Reading.Account(account.Today, new AccountFigures { FollowerCount = user.Body.Count("follower_count"), FollowingCount = user.Body.Count("following_count"), PostCount = user.Body.Count("pin_count") });

        var answer = await calls.GetAsync($"{calls.ApiUrl}/user_account/analytics?start_date={Wire.Day(account.Today.AddDays(-Math.Min(account.Days, MaxDays)))}&end_date={Wire.Day(account.Today)}&metric_types=IMPRESSION,ENGAGEMENT,OUTBOUND_CLICK", cancellationToken);
        if (answer.Stop is { } stop) yield return stop;
        else if (!answer.IsOk) yield return new Reading.AccountFailed(Words(answer));
        else
            foreach (var (day, metrics) in Days(answer.Body))
                yield return new Reading.Account(day, new AccountFigures { Impressions = metrics.Count("IMPRESSION"), WebsiteClicks = metrics.Count("OUTBOUND_CLICK"), Rate = EngagementRate.Of(metrics.Count("ENGAGEMENT"), metrics.Count("IMPRESSION")) });
    }

    private static IEnumerable<(DateOnly Day, JsonElement Metrics)> Days(JsonElement body)
    {
        foreach (var entry in body.Member("all").Member("daily_metrics").Items())
            if (entry.Text("data_status") == "READY" && DateOnly.TryParseExact(entry.Text("date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                yield return (day, entry.Member("metrics"));
    }

    // Comments and reactions are told as totals of all time alone, which no day's row can hold.
    private static PostFigures Figures(JsonElement metrics) => new()
    {
        Impressions = metrics.Count("IMPRESSION"),
        Saves = metrics.Count("SAVE"),
        Clicks = metrics.Count("OUTBOUND_CLICK"),
        VideoViews = metrics.Count("VIDEO_MRC_VIEW"),
        WatchTimeSeconds = Wire.Seconds(metrics.Count("VIDEO_V50_WATCH_TIME")),
        Engagement = PostFigures.Sum(metrics.Count("SAVE"), metrics.Count("PIN_CLICK"), metrics.Count("OUTBOUND_CLICK")),
        RateBase = metrics.Count("IMPRESSION"),
    };

    private static string Words(InsightsAnswer answer) => PlatformWords.Clean(answer.Body.Text("message"), answer.Answer.ToString());
}
