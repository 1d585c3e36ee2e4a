using Marketing.Websites.Analytics;

namespace Marketing.Functions.Timers;

/// <summary>Pulls the figures of websites' pages that are due, every quarter of an hour; each website once a day.</summary>
public sealed class PullPageViewsFunction(PullPageViews pull)
{
    [Function("pull_page_views")]
    public Task RunAsync([TimerTrigger("40 */15 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => pull.RunAsync(cancellationToken);
}
