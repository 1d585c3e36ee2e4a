using Npgsql;

namespace Marketing.Social.Insights.Reports;

/// <summary>How an account did day by day, and at which hours its posts did best.</summary>
internal sealed class AccountReports(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Fewest posts of an hour that a recommendation rests on.</summary>
    public const int FewestPosts = 3;

    /// <summary>Each day of the account with its figures and the posts that went out, as JSON. A day that was not read is absent figures, not zeroes.</summary>
    public async Task<string> TimelineAsync(Guid accountId, Guid[]? posts, DateOnly from, DateOnly until, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select json_build_object('account_id', $1::uuid, 'from', $2::date, 'until', $3::date, 'days', coalesce(json_agg(json_build_object(
                'metric_date', d.day::date, 'follower_count', m.follower_count, 'follower_change', m.follower_change, 'following_count', m.following_count, 'post_count', m.post_count, 'impressions', m.impressions, 'reach', m.reach,
                'profile_views', m.profile_views, 'website_clicks', m.website_clicks, 'engagement_rate', m.engagement_rate,
                'posts', (select coalesce(json_agg(json_build_object('id', p.id, 'social_post_id', p.social_post_id, 'post_type', p.post_type, 'published_at', p.published_at, 'external_url', p.external_url) order by p.published_at), '[]')
                          from marketing.social_posts p where p.account_id = $1 and p.published_at >= d.day at time zone 'UTC' and p.published_at < (d.day + interval '1 day') at time zone 'UTC' and ($4::uuid[] is null or p.id = any($4))))
                order by d.day), '[]'))::text
            from generate_series($2::timestamp, $3::timestamp, interval '1 day') d (day) left join marketing.social_account_metrics m on m.account_id = $1 and m.metric_date = d.day::date
            """);
        command.Parameters.AddWithValue(accountId);
        command.Parameters.AddWithValue(from);
        command.Parameters.AddWithValue(until);
        command.Parameters.Add(new() { Value = (object?)posts ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Uuid });
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Hours of the week by the median engagement rate of the posts that went out in them, best first, as JSON. Posts younger than two days are left out: their figures still move.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="posts">Posts that may be counted; null for all.</param>
    /// <param name="zone">IANA name of the zone in which hours are told.</param>
    /// <param name="days">How far back posts are counted.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<string> BestTimesAsync(Guid accountId, Guid[]? posts, string zone, int days, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($$"""
            with {{Totals.Expression}},
            rated as (
                select extract(isodow from t.published_at at time zone $5)::integer as weekday, extract(hour from t.published_at at time zone $5)::integer as hour, t.engagement_rate
                from totals t where t.engagement_rate is not null and t.published_at < now() - interval '2 days'),
            hours as (
                select weekday, hour, count(*) as posts, round(percentile_cont(0.5) within group (order by engagement_rate)::numeric, 4) as median_engagement_rate from rated group by weekday, hour)
            select json_build_object('account_id', $2::uuid, 'time_zone', $5::text, 'days', $6::integer, 'posts', (select count(*) from rated), 'fewest_posts', $7::integer,
                'note', case when not exists (select from hours where posts >= $7) then 'Too few posts for a recommendation: an hour needs ' || $7 || '.' end,
                'recommended', (select coalesce(json_agg(json_build_object('weekday', weekday, 'hour', hour, 'posts', posts, 'median_engagement_rate', median_engagement_rate)), '[]')
                                from (select * from hours where posts >= $7 order by median_engagement_rate desc, posts desc, weekday, hour limit 5) best),
                'hours', (select coalesce(json_agg(json_build_object('weekday', weekday, 'hour', hour, 'posts', posts, 'median_engagement_rate', median_engagement_rate) order by weekday, hour), '[]') from hours))::text
            """);
        PostPerformance.Parameters(command, posts, accountId, clock.GetUtcNow().AddDays(-days), DateTimeOffset.MaxValue);
        command.Parameters.AddWithValue(zone);
        command.Parameters.AddWithValue(days);
        command.Parameters.AddWithValue(FewestPosts);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
