using CsCheck;
using Marketing.IntegrationTests.Support;
using Marketing.Social.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.IntegrationTests.Social;

/// <summary>Claims and turns: approval, lateness, order, pauses, the fence, limits.</summary>
public sealed class PublishTurnTests(PublishingFixture fixture) : IClassFixture<PublishingFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_post_whose_time_is_long_past_is_missed_and_says_so()
    {
        await using var worker = Worker();
        var post = await fixture.DuePostAsync("missed");
        await fixture.Product.ExecuteAsync("update marketing.social_posts set scheduled_at = now() - interval '3 hours' where id = $1", post);
        await ClaimAsync(worker);
        await RunAsync(worker, post);
        Assert.Equal("failed", await StatusAsync(post));
        Assert.Equal("missed", await JobAsync<string>(post, "state"));
        Assert.Contains("Retry it now, or reschedule it", await fixture.Product.QueryAsync<string>("select detail from marketing_ops.publish_attempts where post_id = $1", post), StringComparison.Ordinal);
        Assert.DoesNotContain("missed", await fixture.PublishedAsync());

        await fixture.Product.ExecuteAsync("update marketing.social_posts set status = 'scheduled', scheduled_at = now() where id = $1", post);
        await PublishAsync(worker, post);
        Assert.Single(await fixture.PublishedAsync(), "missed");
    }

    [Fact]
    public async Task An_account_and_a_post_have_their_own_lateness()
    {
        await using var worker = Worker();
        var (strict, patient) = (await fixture.DuePostAsync("strict account"), await fixture.DuePostAsync("patient post"));
        await fixture.Product.ExecuteAsync("insert into marketing_ops.account_publishing (account_id, max_lateness) select account_id, interval '10 minutes' from marketing.social_posts where id in ($1, $2)", strict, patient);
        await fixture.Product.ExecuteAsync("insert into marketing_ops.post_options (post_id, options) values ($1, '{\"max_lateness_minutes\": 60}')", patient);
        await fixture.Product.ExecuteAsync("update marketing.social_posts set scheduled_at = now() - interval '30 minutes', approval_status = 'approved' where id in ($1, $2)", strict, patient);
        await ClaimAsync(worker);
        Assert.Equal(("failed", "publishing"), (await StatusAsync(strict), await StatusAsync(patient)));
    }

    [Fact]
    public async Task A_change_that_no_trigger_saw_is_seen_by_the_claim()
    {
        await using var worker = Worker();
        var post = await fixture.DuePostAsync("approved words");
        await BehindTheTriggersAsync($"update marketing.social_posts set caption = 'other words' where id = '{post}'");
        await ClaimAsync(worker);
        Assert.Equal("scheduled", await StatusAsync(post));
        Assert.Equal("pending", await fixture.Product.QueryAsync<string>("select approval_status from marketing.social_posts where id = $1", post));
        Assert.DoesNotContain("other words", await fixture.PublishedAsync());
    }

    [Fact]
    public async Task A_change_after_the_claim_is_seen_before_the_first_step()
    {
        await using var worker = Worker();
        var post = await fixture.DuePostAsync("claimed words");
        await ClaimAsync(worker);
        await BehindTheTriggersAsync($"update marketing.social_posts set caption = 'swapped words' where id = '{post}'");
        await RunAsync(worker, post);
        Assert.Equal("failed", await StatusAsync(post));
        Assert.DoesNotContain("swapped words", await fixture.PublishedAsync());
    }

    /// <summary>Random sequences of what people, SQL and the timer do: whatever is claimed is, word for word, what was approved.</summary>
    [Fact]
    public async Task No_sequence_of_changes_gets_anything_claimed_that_was_not_approved_as_it_is()
    {
        await using var worker = Worker();
        var random = new Random(7);
        var claimed = 0;
        for (var run = 0; run < 40; run++)
        {
            var post = await fixture.DuePostAsync($"run {run}", approval: "pending");
            string? approved = null;
            for (var step = 0; step < 12; step++)
            {
                if (await StatusAsync(post) == "publishing") break;
                switch (random.Next(8))
                {
                    case 0 or 1:
                        await SetAsync(post, "approval_status = 'approved'");
                        approved = await ContentAsync(post);
                        break;
                    case 2: await SetAsync(post, $"caption = 'words {random.Next(1000)}'"); break;
                    case 3: await BehindTheTriggersAsync($"update marketing.social_posts set caption = 'sneaked {random.Next(1000)}' where id = '{post}'"); break;
                    case 4: await fixture.Product.ExecuteAsync("insert into marketing_ops.post_options (post_id, options) values ($1, jsonb_build_object('first_comment', $2)) on conflict (post_id) do update set options = excluded.options", post, $"c{random.Next(3)}"); break;
                    case 5: await SetAsync(post, "approval_status = 'rejected'"); break;
                    case 6: await SetAsync(post, random.Next(2) == 0 ? "status = 'draft'" : "status = 'scheduled', scheduled_at = now() - interval '1 minute'"); break;
                    default: await ClaimAsync(worker); break;
                }
            }
            await ClaimAsync(worker);
            if (await StatusAsync(post) != "publishing") continue;
            claimed++;
            Assert.Equal(approved, await ContentAsync(post));
            await fixture.Product.ExecuteAsync("delete from marketing.social_posts where id = $1", post);
        }
        Assert.True(claimed > 3, $"{claimed} of 40 runs were claimed");
    }

    [Fact]
    public async Task Posts_of_one_account_go_out_in_the_order_of_their_times()
    {
        await using var worker = Worker();
        var first = await fixture.DuePostAsync("in order 0");
        var posts = new List<Guid> { first };
        for (var i = 1; i < 6; i++) posts.Add(await CopyAsync(first, $"in order {i}", minutesLater: i * 0.1));
        await ClaimAsync(worker);
        // Workers take them in any order, and again and again.
        await Eventually.BecomesAsync(async () =>
        {
            await Task.WhenAll(posts.AsEnumerable().Reverse().Select(post => RunAsync(worker, post)));
            return await fixture.Product.QueryAsync<long>("select count(*) from marketing.social_posts where id = any($1) and status = 'published'", posts.ToArray());
        }, published => published == posts.Count);
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"in order {i}"), (await fixture.PublishedAsync()).Where(caption => caption.StartsWith("in order", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_paused_account_and_a_paused_product_wait_and_go_on()
    {
        await using var worker = Worker();
        var (claimed, waiting) = (await fixture.DuePostAsync("claimed before the pause"), Guid.Empty);
        await ClaimAsync(worker);
        waiting = await CopyAsync(claimed, "due in the pause", minutesLater: 0.1);
        await fixture.Product.ExecuteAsync("insert into marketing_ops.account_publishing (account_id, paused_at, paused_by) select account_id, now(), 'ana' from marketing.social_posts where id = $1", claimed);
        await ClaimAsync(worker);
        await RunAsync(worker, claimed);
        Assert.Equal(("publishing", "scheduled"), (await StatusAsync(claimed), await StatusAsync(waiting)));
        Assert.Equal(0L, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.publish_attempts where post_id in ($1, $2)", claimed, waiting));
        await fixture.Product.ExecuteAsync("update marketing_ops.account_publishing set paused_at = null where account_id = (select account_id from marketing.social_posts where id = $1)", claimed);
        await PublishAsync(worker, claimed);
        await PublishAsync(worker, waiting);

        var everyone = await fixture.DuePostAsync("everybody paused");
        await fixture.Product.ExecuteAsync("insert into marketing_ops.publishing_pause (paused_by) values ('ana')");
        await ClaimAsync(worker);
        Assert.Equal("scheduled", await StatusAsync(everyone));
        await fixture.Product.ExecuteAsync("delete from marketing_ops.publishing_pause");
        await PublishAsync(worker, everyone);
    }

    [Fact]
    public async Task A_copied_database_claims_nothing_and_works_on_nothing()
    {
        await using var worker = Worker();
        var (claimed, due) = (await fixture.DuePostAsync("on its way when copied"), Guid.Empty);
        await ClaimAsync(worker);
        due = await fixture.DuePostAsync("due when copied");
        await using (var copy = fixture.Product.Build([.. fixture.Settings(), new("Environment:Name", "a copy")]))
        {
            await ClaimAsync(copy);
            await RunAsync(copy, claimed);
            Assert.Equal(("publishing", "scheduled"), (await StatusAsync(claimed), await StatusAsync(due)));
            Assert.Equal(0L, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.publish_attempts where post_id = $1", claimed));
        }
        await fixture.Product.ExecuteAsync("update marketing_ops.publish_jobs set due_at = now() where post_id = $1", claimed);
        await PublishAsync(worker, claimed);
        await PublishAsync(worker, due);
    }

    [Fact]
    public async Task What_a_platform_asks_one_post_to_wait_holds_for_its_account()
    {
        await using var worker = Worker();
        var throttled = await fixture.DuePostAsync("throttled first");
        var next = await CopyAsync(throttled, "throttled second", minutesLater: 0.1);
        await fixture.ArrangeAsync(new
        {
            method = "POST",
            path = "/media",
            status = 400,
            body = """{"error":{"message":"limit","type":"OAuthException","code":4,"fbtrace_id":"A"}}""",
            headers = new Dictionary<string, string> { ["X-Business-Use-Case-Usage"] = """{"1":[{"type":"instagram","call_count":100,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":1}]}""" },
        });
        await ClaimAsync(worker);
        await RunAsync(worker, throttled);
        Assert.Equal(1L, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.rate_blocks block join marketing.social_posts post on block.key = 'instagram/account/' || post.account_id where post.id = $1 and block.until > now()", throttled));
        await RunAsync(worker, next);
        Assert.Equal(0L, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.publish_attempts where post_id = $1", next));
        await fixture.Product.ExecuteAsync("delete from marketing_ops.rate_blocks");
        await fixture.Product.ExecuteAsync("update marketing_ops.publish_jobs set due_at = now() where post_id in ($1, $2)", throttled, next);
        await PublishAsync(worker, throttled);
        await PublishAsync(worker, next);
    }

    [Fact]
    public async Task No_window_ever_holds_more_uses_than_its_limit()
    {
        await fixture.Product.ExecuteAsync("""
            create table public.used (key text, used_at timestamptz);
            """);
        await fixture.Product.ExecuteAsync("""
            create function public.note_use() returns trigger language plpgsql as $$ begin insert into public.used values (new.key, new.used_at); return null; end $$
            """);
        await fixture.Product.ExecuteAsync("create trigger note_use after insert on marketing_ops.rate_uses for each row execute function public.note_use()");
        try
        {
            await Gen.Select(Gen.Int[1, 6], Gen.Int[40, 250], Gen.Int[2, 8]).SampleAsync(async (count, milliseconds, callers) =>
            {
                var key = Guid.NewGuid().ToString();
                var (window, until) = (TimeSpan.FromMilliseconds(milliseconds), Environment.TickCount64 + 700);
                await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
                {
                    while (Environment.TickCount64 < until)
                    {
                        await using var command = fixture.Product.Database.CreateCommand("select marketing_ops.take_uses(array[$1, $1 || '/app'], array[$2, 1000], array[$3, interval '1 minute'])");
                        command.Parameters.AddWithValue(key);
                        command.Parameters.AddWithValue(count);
                        command.Parameters.AddWithValue(window);
                        if (await command.ExecuteScalarAsync(Stop) is TimeSpan wait) await Task.Delay(wait < TimeSpan.FromMilliseconds(50) ? wait : TimeSpan.FromMilliseconds(50), Stop);
                    }
                }));
                var most = await fixture.Product.QueryAsync<long>("""
                    select max(in_window) from (select count(*) over (order by used_at range between $2 preceding and current row) as in_window from public.used where key = $1) w
                    """, key, window - TimeSpan.FromTicks(10));
                Assert.InRange(most, 1, count);
                Assert.Equal(await CountAsync(key), await CountAsync(key + "/app"));
            }, iter: 12, threads: 1);
        }
        finally
        {
            await fixture.Product.ExecuteAsync("drop trigger note_use on marketing_ops.rate_uses");
        }

        async Task<long> CountAsync(string key) => await fixture.Product.QueryAsync<long>("select count(*) from public.used where key = $1", key);
    }

    [Fact]
    public async Task The_claim_reads_an_index_however_many_posts_wait()
    {
        await using (var connection = await fixture.Product.Database.OpenConnectionAsync(Stop))
        await using (var transaction = await connection.BeginTransactionAsync(Stop))
        {
            await using (var fill = new NpgsqlCommand("""
                set local session_replication_role = replica;
                insert into marketing_ops.post_schedule (post_id, account_id, due_at) select gen_random_uuid(), gen_random_uuid(), now() + n * interval '1 second' from generate_series(1, 20000) n;
                analyze marketing_ops.post_schedule;
                """, connection, transaction)) await fill.ExecuteNonQueryAsync(Stop);
            await using var explain = new NpgsqlCommand($"explain {ClaimDuePosts.Due}", connection, transaction);
            explain.Parameters.AddWithValue(500);
            explain.Parameters.AddWithValue(TimeSpan.FromHours(2));
            var plan = new List<string>();
            await using (var reader = await explain.ExecuteReaderAsync(Stop))
                while (await reader.ReadAsync(Stop)) plan.Add(reader.GetString(0));
            Assert.Contains(plan, line => line.Contains("ix_post_schedule_due_at", StringComparison.Ordinal));
            Assert.DoesNotContain(plan, line => line.Contains("Seq Scan on post_schedule", StringComparison.Ordinal));
            await transaction.RollbackAsync(Stop);
        }
    }

    [Fact]
    public async Task An_attempt_tells_what_was_sent_without_token_and_signature()
    {
        await using var worker = Worker();
        var post = await fixture.DuePostAsync("what was sent");
        await PublishAsync(worker, post);
        var sent = await fixture.Product.QueryAsync<string>("select sent::text from marketing_ops.publish_attempts where post_id = $1 and step = 'submit'", post);
        Assert.Contains("\"caption\": \"what was sent\"", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("test-instagram-token", sent, StringComparison.Ordinal);
    }

    private ServiceProvider Worker() => fixture.Product.Build(fixture.Settings());

    private static async Task ClaimAsync(ServiceProvider worker)
    {
        await using var scope = worker.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ClaimDuePosts>().RunAsync(Stop);
    }

    private static async Task RunAsync(ServiceProvider worker, Guid post)
    {
        await using var scope = worker.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<PublishPost>().RunAsync(post, Stop);
    }

    private Task<string> PublishAsync(ServiceProvider worker, Guid post) => Eventually.BecomesAsync(async () =>
    {
        await ClaimAsync(worker);
        await RunAsync(worker, post);
        return await StatusAsync(post);
    }, status => status == "published");

    private Task<string> StatusAsync(Guid post) => fixture.Product.QueryAsync<string>("select status from marketing.social_posts where id = $1", post);

    private Task<T> JobAsync<T>(Guid post, string column) => fixture.Product.QueryAsync<T>($"select {column} from marketing_ops.publish_jobs where post_id = $1", post);

    private Task SetAsync(Guid post, string assignment) => fixture.Product.ExecuteAsync($"update marketing.social_posts set {assignment} where id = $1", post);

    private Task<string> ContentAsync(Guid post) => fixture.Product.QueryAsync<string>(
        "select p.caption || coalesce((select options::text from marketing_ops.post_options o where o.post_id = p.id), '{}') from marketing.social_posts p where id = $1", post);

    private Task<Guid> CopyAsync(Guid post, string caption, double minutesLater) => fixture.Product.QueryAsync<Guid>("""
        insert into marketing.social_posts (account_id, post_type, caption, media_urls, status, scheduled_at, approval_status)
        select account_id, post_type, $2, media_urls, 'scheduled', scheduled_at + $3 * interval '1 minute', 'approved' from marketing.social_posts where id = $1 returning id
        """, post, caption, minutesLater);

    private async Task BehindTheTriggersAsync(string sql)
    {
        await using var connection = await fixture.Product.Database.OpenConnectionAsync(Stop);
        await using var command = new NpgsqlCommand($"begin; set local session_replication_role = replica; {sql}; commit", connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
