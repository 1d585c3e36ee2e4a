using Npgsql;

namespace Marketing.Social.Insights.Reports;

/// <summary>Posts compared by what they have in common. A post counts once for each of its hashtags and asset tags.</summary>
internal sealed class Comparison(NpgsqlDataSource database)
{
    private const int MaxLines = 200;

    // Each gives lines (key, post) from totals; the words are never a caller's.
    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["platform"] = "select t.platform as key, t.post_id from totals t",
        ["type"] = "select t.post_type as key, t.post_id from totals t",
        ["account"] = "select a.social_account_id as key, t.post_id from totals t join marketing.social_accounts a on a.id = t.account_id",
        ["hashtag"] = "select distinct lower(ltrim(tag, '#')) as key, t.post_id from totals t cross join lateral unnest(t.hashtags) tag where ltrim(tag, '#') <> ''",
        ["asset_tag"] = """
            select distinct lower(tag) as key, t.post_id from totals t cross join lateral unnest(t.media_urls) url cross join lateral marketing_ops.assets_at(url) found (id)
            join marketing.content_library asset on asset.id = found.id cross join lateral unnest(coalesce(asset.tags, '{}') || coalesce(asset.ai_tags, '{}')) tag where tag <> ''
            """,
    };

    /// <summary>What posts can be compared by.</summary>
    public static IReadOnlyCollection<string> By => Keys.Keys;

    /// <summary>The lines as JSON, the best median engagement rate first.</summary>
    public async Task<string> RunAsync(string by, Guid[]? posts, Guid? account, (DateTimeOffset From, DateTimeOffset Until) published, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($$"""
            with {{Totals.Expression}},
            keyed as ({{Keys[by]}})
            select coalesce(json_agg(line), '[]')::text from (
                select keyed.key, count(*) as posts, round(percentile_cont(0.5) within group (order by t.engagement_rate)::numeric, 4) as median_engagement_rate,
                       sum(t.engagement) as engagement, sum(t.impressions) as impressions, sum(t.video_views) as video_views, round(avg(t.engagement), 1) as mean_engagement, sum(t.clicks) as clicks, sum(t.saves) as saves
                from   keyed join totals t on t.post_id = keyed.post_id group by keyed.key order by median_engagement_rate desc nulls last, count(*) desc, keyed.key limit {{MaxLines}}) line
            """);
        PostPerformance.Parameters(command, posts, account, published.From, published.Until);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
