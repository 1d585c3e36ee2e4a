using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Slots;

/// <summary>Reads and stores how accounts publish. Statements run on the connection that they are given, within its transaction.</summary>
internal static class PublishingPlans
{
    /// <summary>How an account publishes, as JSON; the defaults where nothing was written.</summary>
    public static async Task<string> ReadAsync(NpgsqlConnection connection, Guid accountId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select json_build_object(
                'time_zone', coalesce(own.time_zone, 'UTC'), 'max_lateness_minutes', (extract(epoch from own.max_lateness) / 60)::int, 'min_gap_minutes', coalesce((extract(epoch from own.min_gap) / 60)::int, 0),
                'max_posts', own.max_posts, 'max_posts_per_hours', (extract(epoch from own.max_posts_per) / 3600)::int,
                'slots', (select coalesce(json_agg(json_build_object('weekdays', days, 'time', to_char(at, 'HH24:MI')) order by at), '[]')
                          from (select at, array_agg(weekday order by weekday) as days from marketing_ops.posting_slots where account_id = $1 group by at) s),
                'blackouts', (select coalesce(json_agg(json_build_object('from', from_at, 'until', until_at, 'reason', reason) order by from_at), '[]') from marketing_ops.posting_blackouts where account_id = $1),
                'pause', case when own.paused_at is not null then json_build_object('paused_at', own.paused_at, 'paused_by', own.paused_by, 'reason', own.pause_reason) end)::text
            from   (values (1)) one left join marketing_ops.account_publishing own on own.account_id = $1
            """, connection);
        command.Parameters.AddWithValue(accountId);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Stores it, all but the pause.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, Guid accountId, AccountPublishing plan, CancellationToken cancellationToken)
    {
        var own = new NpgsqlBatchCommand("""
            insert into marketing_ops.account_publishing (account_id, time_zone, max_lateness, min_gap, max_posts, max_posts_per) values ($1, $2, $3, $4, $5, $6)
            on conflict (account_id) do update set time_zone = excluded.time_zone, max_lateness = excluded.max_lateness, min_gap = excluded.min_gap,
                max_posts = excluded.max_posts, max_posts_per = excluded.max_posts_per, updated_at = now()
            """);
        own.Parameters.AddWithValue(accountId);
        own.Parameters.AddWithValue(plan.TimeZone);
        own.Parameters.Add(new() { Value = (object?)plan.MaxLateness ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval });
        own.Parameters.AddWithValue(plan.MinGap);
        own.Parameters.Add(new() { Value = (object?)plan.MaxPosts ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        own.Parameters.Add(new() { Value = (object?)plan.MaxPostsPer ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval });
        var clear = Command("delete from marketing_ops.posting_slots where account_id = $1", accountId);
        var open = Command("delete from marketing_ops.posting_blackouts where account_id = $1", accountId);
        var slots = Command("insert into marketing_ops.posting_slots (account_id, weekday, at) select $1, weekday, at from unnest($2, $3) s (weekday, at)", accountId,
            plan.Slots.Select(slot => (short)slot.Weekday).ToArray(), plan.Slots.Select(slot => slot.At).ToArray());
        var blackouts = Command("insert into marketing_ops.posting_blackouts (account_id, from_at, until_at, reason) select $1, f, u, nullif(r, '') from unnest($2, $3, $4) b (f, u, r)", accountId,
            plan.Blackouts.Select(stretch => stretch.From).ToArray(), plan.Blackouts.Select(stretch => stretch.Until).ToArray(), plan.Blackouts.Select(stretch => stretch.Reason ?? "").ToArray());
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { own, clear, open, slots, blackouts } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Pauses an account, or lets it go on.</summary>
    public static async Task PauseAsync(NpgsqlConnection connection, Guid accountId, string? by, string? reason, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            insert into marketing_ops.account_publishing (account_id, paused_at, paused_by, pause_reason) values ($1, case when $2::text is not null then now() end, $2, $3)
            on conflict (account_id) do update set paused_at = excluded.paused_at, paused_by = excluded.paused_by, pause_reason = excluded.pause_reason, updated_at = now()
            """, connection);
        command.Parameters.AddWithValue(accountId);
        command.Parameters.Add(new() { Value = (object?)by ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The plan and the times of the account's posts from an instant on. The account is held, so that two callers do not get one slot.</summary>
    public static async Task<(PostingPlan Plan, List<DateTimeOffset> Taken)> HoldAsync(NpgsqlConnection connection, Guid accountId, DateTimeOffset from, CancellationToken cancellationToken)
    {
        await using (var hold = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('posting slots ' || $1, 0))", connection))
        {
            hold.Parameters.AddWithValue(accountId.ToString());
            await hold.ExecuteNonQueryAsync(cancellationToken);
        }
        var (zone, gap) = (TimeZoneInfo.Utc, TimeSpan.Zero);
        await using (var own = Single("select time_zone, min_gap from marketing_ops.account_publishing where account_id = $1", connection, accountId))
        await using (var reader = await own.ExecuteReaderAsync(cancellationToken))
            if (await reader.ReadAsync(cancellationToken)) (zone, gap) = (TimeZoneInfo.FindSystemTimeZoneById(reader.GetString(0)), reader.GetTimeSpan(1));
        var slots = new List<(int, TimeOnly)>();
        await using (var command = Single("select weekday, at from marketing_ops.posting_slots where account_id = $1", connection, accountId))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken)) slots.Add((reader.GetInt16(0), reader.GetFieldValue<TimeOnly>(1)));
        var blackouts = new List<(DateTimeOffset, DateTimeOffset)>();
        await using (var command = Single("select from_at, until_at from marketing_ops.posting_blackouts where account_id = $1", connection, accountId))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken)) blackouts.Add((reader.GetFieldValue<DateTimeOffset>(0), reader.GetFieldValue<DateTimeOffset>(1)));
        var taken = new List<DateTimeOffset>();
        await using (var command = Single("select scheduled_at from marketing.social_posts where account_id = $1 and status in ('scheduled', 'publishing', 'published') and scheduled_at >= $2 - interval '7 days' order by 1", connection, accountId))
        {
            command.Parameters.AddWithValue(from.ToUniversalTime());
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) taken.Add(reader.GetFieldValue<DateTimeOffset>(0));
        }
        return (new PostingPlan(zone, slots, blackouts, gap), taken);
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return command;
    }

    private static NpgsqlCommand Single(string sql, NpgsqlConnection connection, Guid accountId)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(accountId);
        return command;
    }
}
