using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Social.Insights;

/// <summary>What is due to be read, by the database's clock, and what a turn came to.</summary>
internal sealed class InsightRows(NpgsqlDataSource database, IOptions<InsightsOptions> options)
{
    private const int MostMet = 5000;

    /// <summary>Makes rows for accounts and posts that have none, and gives the accounts with something due. An account that is queued is not queued again for ten minutes.</summary>
    public async Task<List<Guid>> QueueAsync(CancellationToken cancellationToken)
    {
        // Posts that were published before the account was connected are read too; many of them are met over several runs.
        await using (var begin = database.CreateCommand("""
            insert into marketing_ops.insight_accounts (account_id)
            select a.id from marketing.social_accounts a
            where  a.access_token is not null and a.external_account_id is not null and a.status is distinct from 'disconnected'
            and    not exists (select from marketing_ops.insight_accounts known where known.account_id = a.id)
            on conflict (account_id) do nothing
            """))
            await begin.ExecuteNonQueryAsync(cancellationToken);
        await using (var meet = database.CreateCommand("""
            insert into marketing_ops.insight_posts (post_id, account_id, due_at)
            select p.id, p.account_id, now() from marketing.social_posts p join marketing_ops.insight_accounts i on i.account_id = p.account_id
            where  p.status = 'published' and p.external_post_id is not null and p.published_at is not null
            and    not exists (select from marketing_ops.insight_posts known where known.post_id = p.id)
            limit  $1
            on conflict (post_id) do nothing
            """))
        {
            meet.Parameters.AddWithValue(MostMet);
            await meet.ExecuteNonQueryAsync(cancellationToken);
        }
        await using var command = database.CreateCommand("""
            with due as (
                select i.account_id from marketing_ops.insight_accounts i join marketing.social_accounts a on a.id = i.account_id
                where  a.status is distinct from 'disconnected' and a.access_token is not null
                and    (i.queued_at is null or i.queued_at < now() - interval '10 minutes') and (i.leased_until is null or i.leased_until < now())
                and    (i.held_until is null or i.held_until <= now())
                and    (i.due_at <= now() or exists (select from marketing_ops.insight_posts p where p.account_id = i.account_id and p.due_at <= now()))
                order by i.due_at limit $1 for update of i skip locked)
            update marketing_ops.insight_accounts i set queued_at = now() from due where i.account_id = due.account_id returning i.account_id
            """);
        command.Parameters.AddWithValue(options.Value.Batch);
        var queued = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) queued.Add(reader.GetGuid(0));
        return queued;
    }

    /// <summary>Takes an account's turn.</summary>
    /// <returns>The account with its token as stored; null when it is held, unknown or disconnected.</returns>
    public async Task<LeasedAccount?> LeaseAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with taken as (
                update marketing_ops.insight_accounts set leased_until = now() + $2, lease_token = gen_random_uuid(), queued_at = null
                where  account_id = $1 and (leased_until is null or leased_until < now()) returning *)
            select a.platform, a.external_account_id, a.access_token, taken.lease_token, taken.due_at <= now(), taken.backfilled_at is null, (now() at time zone 'UTC')::date, coalesce(t.login, a.platform), taken.failures
            from   taken join marketing.social_accounts a on a.id = taken.account_id left join marketing_ops.account_tokens t on t.account_id = a.id
            where  a.status is distinct from 'disconnected' and a.access_token is not null and a.external_account_id is not null
            """);
        command.Parameters.AddWithValue(accountId);
        command.Parameters.AddWithValue(options.Value.Lease);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new LeasedAccount(accountId, reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetGuid(3))
        {
            WantsAccount = reader.GetBoolean(4),
            IsNew = reader.GetBoolean(5),
            Today = reader.GetFieldValue<DateOnly>(6),
            Login = reader.GetString(7),
            Failures = reader.GetInt32(8),
        };
    }

    /// <summary>The posts of an account that are due, the youngest first, since theirs move.</summary>
    public async Task<List<PostToRead>> DuePostsAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select p.id, p.external_post_id, p.post_type, p.published_at, i.read_at from marketing_ops.insight_posts i join marketing.social_posts p on p.id = i.post_id
            where  i.account_id = $1 and i.due_at <= now() and p.external_post_id is not null and p.published_at is not null order by p.published_at desc limit $2
            """);
        command.Parameters.AddWithValue(accountId);
        command.Parameters.AddWithValue(options.Value.PostsAtOnce);
        var posts = new List<PostToRead>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) posts.Add(new PostToRead(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)) { ReadAt = reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4) });
        return posts;
    }

    /// <summary>Writes that a post was read, and when it is read again.</summary>
    public async Task PostReadAsync(Guid postId, DateTimeOffset? dueAt, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update marketing_ops.insight_posts set read_at = now(), due_at = $2, failures = 0, last_error = null, gone_at = null where post_id = $1");
        command.Parameters.AddWithValue(postId);
        command.Parameters.Add(new() { Value = dueAt is { } at ? at.ToUniversalTime() : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Writes that a post could not be read. One that the platform has not found three times, hours apart, is gone and read no more.</summary>
    /// <param name="postId">The post.</param>
    /// <param name="reason">Why.</param>
    /// <param name="isMissing">True when the platform does not find it.</param>
    /// <param name="isLast">True when the post is past the age up to which its figures are read.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task PostFailedAsync(Guid postId, string reason, bool isMissing, bool isLast, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update marketing_ops.insight_posts
            set    failures = failures + 1, last_error = $2, due_at = case when $4 or ($3 and failures >= 2) then null else now() + least(interval '1 day', interval '15 minutes' * power(2, least(failures, 10)) * case when $3 then 8 else 1 end) end,
                   gone_at = case when $3 and failures >= 2 then now() end
            where  post_id = $1
            """);
        foreach (var value in new object[] { postId, reason, isMissing, isLast }) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends the turn.</summary>
    /// <param name="account">The leased account.</param>
    /// <param name="next">When its own figures are due again; null leaves that as it was.</param>
    /// <param name="hold">How long neither it nor its posts are read; null for no hold.</param>
    /// <param name="error">Why the turn failed; null when it did not.</param>
    /// <param name="isAccountRead">True when its own figures were read.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task ReleaseAsync(LeasedAccount account, TimeSpan? next, TimeSpan? hold, string? error, bool isAccountRead, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update marketing_ops.insight_accounts
            set    leased_until = null, lease_token = null, due_at = coalesce(now() + $3, due_at), held_until = now() + $6, last_error = $4, failures = case when $4::text is null then 0 else failures + 1 end,
                   read_at = case when $5 then now() else read_at end, backfilled_at = case when $5 then coalesce(backfilled_at, now()) else backfilled_at end
            where  account_id = $1 and lease_token = $2
            """);
        command.Parameters.AddWithValue(account.AccountId);
        command.Parameters.AddWithValue(account.LeaseToken);
        command.Parameters.Add(new() { Value = (object?)next ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.AddWithValue(isAccountRead);
        command.Parameters.Add(new() { Value = (object?)hold ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>An account whose turn is taken.</summary>
/// <param name="AccountId">Its row.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="ExternalId">The platform's id of it.</param>
/// <param name="SealedToken">Its token, as stored.</param>
/// <param name="LeaseToken">Proof of the turn.</param>
internal sealed record LeasedAccount(Guid AccountId, string Platform, string ExternalId, string SealedToken, Guid LeaseToken)
{
    /// <summary>True when its own figures are due.</summary>
    public bool WantsAccount { get; init; }

    /// <summary>True when it was never read.</summary>
    public bool IsNew { get; init; }

    /// <summary>The day, UTC.</summary>
    public DateOnly Today { get; init; }

    /// <summary>Whose consent connected it; the platform for an account written by hand.</summary>
    public string Login { get; init; } = "";

    /// <summary>Failed turns in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"{Platform} account {AccountId}";
}
