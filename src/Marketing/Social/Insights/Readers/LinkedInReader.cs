using System.Runtime.CompilerServices;
using System.Text.Json;
using Marketing.Social.Accounts.Connectors;
using Marketing.Webhooks.Events;

namespace Marketing.Social.Insights.Readers;

/// <summary>LinkedIn organisations: totals of posts, twenty in a call, days of the page, followers. Source: LinkedIn, "Organization Share Statistics" and "Network Sizes"; members' own posts cannot be read.</summary>
internal sealed class LinkedInReader : IInsightsReader
{
    private const int AtOnce = 20;

    /// <inheritdoc />
    public string Platform => "linkedin";

    /// <inheritdoc />
    public async IAsyncEnumerable<Reading> ReadAsync(AccountToRead account, InsightsCalls calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var organisation = Uri.EscapeDataString(account.ExternalId.StartsWith("urn:", StringComparison.Ordinal) ? account.ExternalId : $"urn:li:organization:{account.ExternalId}");
        var root = $"{calls.ApiUrl}/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={organisation}";
        // Shares and other posts are asked for by different names.
        foreach (var group in account.Posts.GroupBy(post => post.ExternalId.StartsWith("urn:li:ugcPost:", StringComparison.Ordinal) ? "ugcPosts" : "shares"))
            foreach (var posts in group.Chunk(AtOnce))
            {
                var answer = await calls.GetAsync($"{root}&{group.Key}=List({string.Join(',', posts.Select(post => Uri.EscapeDataString(post.ExternalId)))})", cancellationToken, AccountLists.LinkedInHeaders);
                if (answer.Stop is { } stop)
                {
                    yield return stop;
                    yield break;
                }
                if (!answer.IsOk)
                {
                    foreach (var post in posts) yield return new Reading.Failed(post.PostId, Words(answer));
                    continue;
                }
                foreach (var post in posts)
                {
                    var found = answer.Body.Member("elements").Items().FirstOrDefault(element => (element.Text("share") ?? element.Text("ugcPost")) == post.ExternalId).Member("totalShareStatistics");
                    // Posts without activity are left out.
                    if (found.ValueKind != JsonValueKind.Object) yield return new Reading.NothingYet(post.PostId, "No activity yet.");
                    else
                    {
                        yield return new Reading.Post(post.PostId, account.Today, Figures(found));
                        yield return new Reading.PostDone(post.PostId);
                    }
                }
            }
        if (account.WantsAccount)
            await foreach (var reading in AccountAsync(account, calls, organisation, root, cancellationToken)) yield return reading;
    }

    private static async IAsyncEnumerable<Reading> AccountAsync(AccountToRead account, InsightsCalls calls, string organisation, string root, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var size = await calls.GetAsync($"{calls.ApiUrl}/networkSizes/{organisation}?edgeType=COMPANY_FOLLOWED_BY_MEMBER", cancellationToken, AccountLists.LinkedInHeaders);
        // Which spelling a version takes is not settled: the other one is tried.
        if (size.Answer.Status == 400) size = await calls.GetAsync($"{calls.ApiUrl}/networkSizes/{organisation}?edgeType=CompanyFollowedByMember", cancellationToken, AccountLists.LinkedInHeaders);
        if (size.Stop is { } end)
        {
            yield return end;
            yield break;
        }
        if (!size.IsOk) yield return new Reading.AccountFailed(Words(size));
        else yield return new Reading.Account(account.Today, new AccountFigures { FollowerCount = size.Body.Count("firstDegreeSize") });

        var (from, until) = (Wire.Unix(account.Today.AddDays(-account.Days)) * 1000, Wire.Unix(account.Today) * 1000);
        var days = await calls.GetAsync($"{root}&timeIntervals=(timeRange:(start:{from},end:{until}),timeGranularityType:DAY)", cancellationToken, AccountLists.LinkedInHeaders);
        if (days.Stop is { } stop) yield return stop;
        else if (!days.IsOk) yield return new Reading.AccountFailed(Words(days));
        else
            foreach (var element in days.Body.Member("elements").Items())
            {
                if (element.Member("timeRange").Member("start").UnixTime() is not { } start) continue;
                var figures = Figures(element.Member("totalShareStatistics"));
                yield return new Reading.Account(DateOnly.FromDateTime(start.UtcDateTime), new AccountFigures { Impressions = figures.Impressions, Reach = figures.Reach, Rate = figures.Rate });
            }
    }

    private static PostFigures Figures(JsonElement statistics)
    {
        var (likes, comments, shares, clicks) = (statistics.Count("likeCount"), statistics.Count("commentCount"), statistics.Count("shareCount"), statistics.Count("clickCount"));
        return new PostFigures
        {
            Impressions = statistics.Count("impressionCount"),
            Reach = statistics.Count("uniqueImpressionsCount"),
            Likes = likes,
            Comments = comments,
            Shares = shares,
            Clicks = clicks,
            Engagement = PostFigures.Sum(likes, comments, shares, clicks),
            RateBase = statistics.Count("impressionCount"),
        };
    }

    private static string Words(InsightsAnswer answer) => PlatformWords.Clean(answer.Body.Text("message"), answer.Answer.ToString());
}
