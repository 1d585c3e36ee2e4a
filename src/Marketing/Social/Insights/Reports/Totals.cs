namespace Marketing.Social.Insights.Reports;

/// <summary>
/// Figures of posts as totals, whatever a row of the platform means: the newest figure of each column where rows are totals, their sum where rows are days.
/// Reach is no sum, since days may reach the same people; and a rate is worked out from the totals, never averaged.
/// </summary>
internal static class Totals
{
    /// <summary>
    /// A common table expression <c>totals</c> (post_id, account_id, platform, post_type, published_at, hashtags, media_urls and the figures), to follow <c>with</c>.
    /// It reads <c>$1</c>: the posts as an array of uuid, null for all; <c>$2</c>: the account, null for all; <c>$3</c> and <c>$4</c>: published from and until.
    /// </summary>
    public const string Expression = """
        picked as (
            select p.id, p.account_id, a.platform, p.post_type, p.published_at, p.hashtags, p.media_urls, coalesce(series.series, 'lifetime') as series
            from   marketing.social_posts p join marketing.social_accounts a on a.id = p.account_id left join marketing_ops.insight_series series on series.platform = a.platform
            where  p.published_at is not null and p.published_at >= $3 and p.published_at < $4 and ($1::uuid[] is null or p.id = any($1)) and ($2::uuid is null or p.account_id = $2)),
        newest as (
            select s.post_id, (array_agg(s.impressions order by s.metric_date desc) filter (where s.impressions is not null))[1] as impressions,
                   (array_agg(s.reach order by s.metric_date desc) filter (where s.reach is not null))[1] as reach,
                   (array_agg(s.engagement order by s.metric_date desc) filter (where s.engagement is not null))[1] as engagement,
                   (array_agg(s.likes order by s.metric_date desc) filter (where s.likes is not null))[1] as likes,
                   (array_agg(s.comments order by s.metric_date desc) filter (where s.comments is not null))[1] as comments,
                   (array_agg(s.shares order by s.metric_date desc) filter (where s.shares is not null))[1] as shares,
                   (array_agg(s.saves order by s.metric_date desc) filter (where s.saves is not null))[1] as saves,
                   (array_agg(s.clicks order by s.metric_date desc) filter (where s.clicks is not null))[1] as clicks,
                   (array_agg(s.video_views order by s.metric_date desc) filter (where s.video_views is not null))[1] as video_views,
                   (array_agg(s.watch_time_seconds order by s.metric_date desc) filter (where s.watch_time_seconds is not null))[1] as watch_time_seconds,
                   (array_agg(s.engagement_rate order by s.metric_date desc) filter (where s.engagement_rate is not null))[1] as engagement_rate
            from   marketing.social_analytics s join picked on picked.id = s.post_id where picked.series = 'lifetime' group by s.post_id),
        summed as (
            select s.post_id, sum(s.impressions) as impressions, sum(s.engagement) as engagement, sum(s.likes) as likes, sum(s.comments) as comments, sum(s.shares) as shares, sum(s.saves) as saves,
                   sum(s.clicks) as clicks, sum(s.video_views) as video_views, sum(s.watch_time_seconds) as watch_time_seconds,
                   round(sum(s.engagement)::numeric / nullif(coalesce(sum(s.impressions), sum(s.video_views)), 0), 4) as engagement_rate
            from   marketing.social_analytics s join picked on picked.id = s.post_id where picked.series = 'day' group by s.post_id),
        totals as (
            select picked.id as post_id, picked.account_id, picked.platform, picked.post_type, picked.published_at, picked.hashtags, picked.media_urls, f.*
            from   picked join (
                select post_id as of_post, impressions::bigint, reach::bigint, engagement::bigint, likes::bigint, comments::bigint, shares::bigint, saves::bigint, clicks::bigint, video_views::bigint, watch_time_seconds::bigint, engagement_rate from newest
                union all
                select post_id, impressions, null, engagement, likes, comments, shares, saves, clicks, video_views, watch_time_seconds, engagement_rate from summed) f on f.of_post = picked.id)
        """;
}
