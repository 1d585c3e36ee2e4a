using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Insights;

/// <summary>
/// Writes figures: one row a post or account and day. A later read of the same day corrects it, downwards too; what a read did not
/// measure stays as it was, and what was never measured is null.
/// </summary>
internal sealed class StoreReadings(NpgsqlDataSource database)
{
    /// <summary>Writes a post's figures. The unique key (post_id, metric_date) makes the row the only one.</summary>
    public async Task PostAsync(Reading.Post reading, CancellationToken cancellationToken)
    {
        var figures = reading.Figures;
        if (figures.IsEmpty) return;
        await using var command = database.CreateCommand("""
            insert into marketing.social_analytics as known (id, post_id, metric_date, impressions, reach, engagement, likes, comments, shares, saves, clicks, video_views, watch_time_seconds, engagement_rate)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            on conflict (post_id, metric_date) do update set
                impressions = coalesce(excluded.impressions, known.impressions), reach = coalesce(excluded.reach, known.reach), engagement = coalesce(excluded.engagement, known.engagement),
                likes = coalesce(excluded.likes, known.likes), comments = coalesce(excluded.comments, known.comments), shares = coalesce(excluded.shares, known.shares),
                saves = coalesce(excluded.saves, known.saves), clicks = coalesce(excluded.clicks, known.clicks), video_views = coalesce(excluded.video_views, known.video_views),
                watch_time_seconds = coalesce(excluded.watch_time_seconds, known.watch_time_seconds), engagement_rate = coalesce(excluded.engagement_rate, known.engagement_rate)
            """);
        var parameters = command.Parameters;
        parameters.AddWithValue(UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql));
        parameters.AddWithValue(reading.PostId);
        parameters.AddWithValue(reading.Date);
        foreach (var count in new[] { figures.Impressions, figures.Reach, figures.Engagement, figures.Likes, figures.Comments, figures.Shares, figures.Saves, figures.Clicks, figures.VideoViews, figures.WatchTimeSeconds })
            parameters.Add(Count(count));
        parameters.Add(Rate(figures.Rate));
        await ExecuteAsync(command, cancellationToken);
    }

    /// <summary>Writes an account's figures of a day, and its newest counts into its own row. The unique key (account_id, metric_date) makes the row the only one.</summary>
    public async Task AccountAsync(Guid accountId, Reading.Account reading, DateOnly today, CancellationToken cancellationToken)
    {
        var figures = reading.Figures;
        if (figures.IsEmpty) return;
        await using var command = database.CreateCommand("""
            insert into marketing.social_account_metrics as known (id, account_id, metric_date, follower_count, follower_change, following_count, post_count, impressions, reach, profile_views, website_clicks, engagement_rate)
            values ($1, $2, $3, $4,
                    coalesce($5, $4 - (select before.follower_count from marketing.social_account_metrics before where before.account_id = $2 and before.metric_date = $3 - 1)),
                    $6, $7, $8, $9, $10, $11, $12)
            on conflict (account_id, metric_date) do update set
                follower_count = coalesce(excluded.follower_count, known.follower_count), follower_change = coalesce(excluded.follower_change, known.follower_change),
                following_count = coalesce(excluded.following_count, known.following_count), post_count = coalesce(excluded.post_count, known.post_count),
                impressions = coalesce(excluded.impressions, known.impressions), reach = coalesce(excluded.reach, known.reach), profile_views = coalesce(excluded.profile_views, known.profile_views),
                website_clicks = coalesce(excluded.website_clicks, known.website_clicks), engagement_rate = coalesce(excluded.engagement_rate, known.engagement_rate)
            """);
        var parameters = command.Parameters;
        parameters.AddWithValue(UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql));
        parameters.AddWithValue(accountId);
        parameters.AddWithValue(reading.Date);
        foreach (var count in new[] { figures.FollowerCount, figures.FollowerChange, figures.FollowingCount, figures.PostCount, figures.Impressions, figures.Reach, figures.ProfileViews, figures.WebsiteClicks })
            parameters.Add(Count(count));
        parameters.Add(Rate(figures.Rate));
        await ExecuteAsync(command, cancellationToken);
        if (figures.FollowerCount is { } followers) await TellNextDayAsync(accountId, reading.Date, followers, cancellationToken);
        if (reading.Date != today) return;

        await using var newest = database.CreateCommand("""
            update marketing.social_accounts set follower_count = coalesce($2, follower_count), following_count = coalesce($3, following_count), post_count = coalesce($4, post_count), last_synced_at = now() where id = $1
            """);
        newest.Parameters.AddWithValue(accountId);
        foreach (var count in new[] { figures.FollowerCount, figures.FollowingCount, figures.PostCount }) newest.Parameters.Add(Count(count));
        await newest.ExecuteNonQueryAsync(cancellationToken);
    }

    // Days come in any order: the day after may wait for this count to tell its change.
    private async Task TellNextDayAsync(Guid accountId, DateOnly day, long count, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update marketing.social_account_metrics set follower_change = follower_count - $3
            where  account_id = $1 and metric_date = $2 and follower_change is null and follower_count is not null
            """);
        command.Parameters.AddWithValue(accountId);
        command.Parameters.AddWithValue(day.AddDays(1));
        command.Parameters.Add(Count(count));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // A post or account that was deleted meanwhile leaves nothing to write to.
    private static async Task ExecuteAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException gone) when (gone.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
        }
    }

    // The columns are integers; a larger count is kept as the largest.
    private static NpgsqlParameter Count(long? value) => new() { Value = value is { } count ? (int)Math.Clamp(count, int.MinValue, int.MaxValue) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer };

    private static NpgsqlParameter Rate(decimal? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Numeric };
}
