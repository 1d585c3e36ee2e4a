using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Insights.Reports;

/// <summary>How one post did: totals, days, and how that compares with the account's other posts of its type.</summary>
internal sealed class PostPerformance(NpgsqlDataSource database)
{
    /// <summary>The report as JSON.</summary>
    /// <param name="postId">The post.</param>
    /// <param name="others">Posts that may be compared with; null for all.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<string> RunAsync(Guid postId, Guid[]? others, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($$"""
            with this as (select p.id, p.social_post_id, p.account_id, p.post_type, p.status, p.published_at, a.platform, coalesce(series.series, 'lifetime') as series, series.note
                          from marketing.social_posts p join marketing.social_accounts a on a.id = p.account_id left join marketing_ops.insight_series series on series.platform = a.platform where p.id = $5),
            {{Totals.Expression}},
            days as (
                select s.*, s.impressions - lag(s.impressions) over w as impressions_added, s.engagement - lag(s.engagement) over w as engagement_added, s.video_views - lag(s.video_views) over w as video_views_added
                from marketing.social_analytics s where s.post_id = $5 window w as (order by s.metric_date))
            select json_build_object(
                'post_id', this.id, 'social_post_id', this.social_post_id, 'platform', this.platform, 'post_type', this.post_type, 'status', this.status, 'published_at', this.published_at,
                'series', this.series, 'series_note', this.note,
                'totals', (select json_build_object('impressions', t.impressions, 'reach', t.reach, 'engagement', t.engagement, 'likes', t.likes, 'comments', t.comments, 'shares', t.shares, 'saves', t.saves, 'clicks', t.clicks,
                    'video_views', t.video_views, 'watch_time_seconds', t.watch_time_seconds, 'engagement_rate', t.engagement_rate) from totals t where t.post_id = this.id),
                'days', (select coalesce(json_agg(json_build_object('metric_date', d.metric_date, 'impressions', d.impressions, 'reach', d.reach, 'engagement', d.engagement, 'likes', d.likes, 'comments', d.comments, 'shares', d.shares, 'saves', d.saves,
                    'clicks', d.clicks, 'video_views', d.video_views, 'watch_time_seconds', d.watch_time_seconds, 'engagement_rate', d.engagement_rate,
                    'added', case when this.series = 'lifetime' then json_build_object('impressions', d.impressions_added, 'engagement', d.engagement_added, 'video_views', d.video_views_added) end) order by d.metric_date), '[]') from days d),
                'compared', (select json_build_object('with', 'published posts of the account and type', 'posts', count(*), 'median_engagement_rate', round(percentile_cont(0.5) within group (order by t.engagement_rate)::numeric, 4), 'median_impressions', percentile_cont(0.5) within group (order by coalesce(t.impressions, t.video_views)),
                    'rank_by_engagement_rate', (select 1 + count(better.post_id) from totals own left join totals better on better.post_type = this.post_type and better.engagement_rate > own.engagement_rate where own.post_id = this.id and own.engagement_rate is not null having count(*) > 0)) from totals t where t.post_type = this.post_type and t.post_id <> this.id),
                'reading', (select json_build_object('read_at', i.read_at, 'next_at', i.due_at, 'failures', i.failures, 'last_error', i.last_error, 'gone_at', i.gone_at) from marketing_ops.insight_posts i where i.post_id = this.id))::text
            from this
            """);
        await using (var which = database.CreateCommand("select account_id from marketing.social_posts where id = $1"))
        {
            which.Parameters.AddWithValue(postId);
            Parameters(command, others is null ? null : [.. others, postId], await which.ExecuteScalarAsync(cancellationToken) as Guid?, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        }
        command.Parameters.AddWithValue(postId);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The parameters of <see cref="Totals.Expression"/>.</summary>
    public static void Parameters(NpgsqlCommand command, Guid[]? posts, Guid? account, DateTimeOffset from, DateTimeOffset until)
    {
        command.Parameters.Add(new() { Value = (object?)posts ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)account ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = from.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = until.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
    }
}
