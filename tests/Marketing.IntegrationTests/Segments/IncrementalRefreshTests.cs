using System.Text.Json;
using Azure.Storage.Queues;
using Marketing.IntegrationTests.Support;
using Marketing.Segments.Refresh;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.IntegrationTests.Segments;

public sealed class IncrementalRefreshTests(ProductFixture product) : IClassFixture<ProductFixture>, IAsyncLifetime
{
    private static readonly string[] Trees =
    [
        """{"field":"country","op":"eq","value":"DE"}""",
        """{"all":[{"field":"stays","op":"gte","value":1},{"field":"marketing_consent","op":"eq","value":true}]}""",
        """{"any":[{"field":"total_spent","op":"gt","value":2000},{"field":"nights","op":"lt","value":5},{"field":"cancelled_bookings","op":"gte","value":1}]}""",
        """{"not":{"performed":{"event":"opened","count":{"gte":2},"within":"P200D"}}}""",
        """{"any":[{"performed":{"event":"clicked"}},{"field":"unsubscribed","op":"eq","value":true},{"field":"email_opened","op":"within_last_days","value":90}]}""",
        """{"any":[{"field":"booking_channel","op":"in","value":["direct"]},{"field":"random_bucket","op":"lt","value":20}]}""",
        """{"all":[{"segment":"STATIC"},{"not":{"segment":"FIRST"}}]}""",
        """{"any":[{"segment":"LAST"},{"field":"lead_time","op":"is_null","value":true}]}""",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ServiceProvider services = null!;

    public async ValueTask InitializeAsync()
    {
        services = product.Build([new("ExternalTables:ContactUpdatedAt", "updated_at"), new("ExternalTables:ReservationUpdatedAt", "updated_at"), new("Segments:OverlapMinutes", "0")]);
        // Nothing but the columns that other teams keep may tell of their changes, so no overlap.
        await product.ExecuteAsync("""
            alter table directory.contacts add column if not exists updated_at timestamptz not null default now();
            alter table reservations.reservations add column if not exists updated_at timestamptz not null default now();
            create or replace function public.touch() returns trigger language plpgsql as $$ begin new.updated_at = now(); return new; end $$;
            create or replace trigger touch before insert or update on directory.contacts for each row execute function public.touch();
            create or replace trigger touch before insert or update on reservations.reservations for each row execute function public.touch();
            """);
        await CriteriaFuzzTests.PopulateAsync(product, new Random(3));
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Fact]
    public async Task After_random_changes_an_incremental_refresh_finds_what_a_full_one_finds()
    {
        var random = new Random(11);
        var segments = await SegmentsAsync();
        foreach (var (id, _) in segments) Assert.Equal("full", (await RefreshAsync(id)).Kind);
        var (incremental, moved) = (0, 0);
        for (var round = 0; round < 60; round++)
        {
            var changes = random.Next(0, 12);
            for (var i = 0; i < changes; i++) await ChangeAsync(random, segments);
            var counts = new Dictionary<Guid, int>();
            foreach (var (id, _) in segments)
            {
                var outcome = await RefreshAsync(id);
                if (outcome.Kind == "incremental") incremental++;
                moved += outcome.Added + outcome.Removed;
                counts[id] = outcome.MemberCount;
            }
            // Segments come before those that ask for their members, so all of them are right by now.
            var oracle = await CriteriaOracle.LoadAsync(product.Database);
            foreach (var (id, tree) in segments)
            {
                using var json = JsonDocument.Parse(tree);
                var expected = oracle.Matching(json.RootElement);
                Assert.True(expected.SequenceEqual(await MembersAsync(id)), $"round {round}: {tree}");
                Assert.Equal(expected.Count, counts[id]);
                Assert.Equal(expected.Count, await product.QueryAsync<int>("select member_count from marketing.segments where id = $1", id));
            }
        }
        Assert.True(incremental == 60 * segments.Count && moved > 300, $"{incremental} of {60 * segments.Count} were incremental, {moved} members moved");
    }

    [Fact]
    public async Task A_change_that_commits_after_the_refresh_it_began_before_is_seen_by_the_next()
    {
        var segment = await SegmentAsync("""{"performed":{"event":"complained"}}""");
        await RefreshAsync(segment);
        await using var late = await product.Database.OpenConnectionAsync(Stop);
        await using var transaction = await late.BeginTransactionAsync(Stop);
        await using (var add = new NpgsqlCommand("insert into marketing.campaign_events (campaign_id, contact_id, event_type) select (select id from marketing.campaigns limit 1), c.id, 'complained' from directory.contacts c order by c.id limit 1", late)) await add.ExecuteNonQueryAsync(Stop);
        await product.ExecuteAsync("insert into marketing.campaign_events (campaign_id, contact_id, event_type) select (select id from marketing.campaigns limit 1), c.id, 'complained' from directory.contacts c order by c.id desc limit 1");
        Assert.Equal(new RefreshOutcome("incremental", 1, 1, 0), await RefreshAsync(segment));
        await transaction.CommitAsync(Stop);
        Assert.Equal(new RefreshOutcome("incremental", 2, 1, 0), await RefreshAsync(segment));
        Assert.Equal(new RefreshOutcome("incremental", 2, 0, 0), await RefreshAsync(segment));
        await product.ExecuteAsync("delete from marketing.campaign_events where event_type = 'complained'");
        Assert.Equal(new RefreshOutcome("incremental", 0, 0, 2), await RefreshAsync(segment));
    }

    [Fact]
    public async Task What_cannot_be_told_from_changes_is_refreshed_in_full()
    {
        var segment = await SegmentAsync("""{"field":"stays","op":"gte","value":1}""");
        Assert.Equal("full", (await RefreshAsync(segment)).Kind);
        Assert.Equal("incremental", (await RefreshAsync(segment)).Kind);
        // Another day: a stay may have ended.
        await product.ExecuteAsync("update marketing_ops.segment_refreshes set day = day - 1 where segment_id = $1", segment);
        Assert.Equal("full", (await RefreshAsync(segment)).Kind);
        await product.ExecuteAsync("update marketing.segments set criteria = '{\"field\":\"stays\",\"op\":\"gte\",\"value\":2}' where id = $1", segment);
        Assert.Equal("full", (await RefreshAsync(segment)).Kind);
        await product.ExecuteAsync("update marketing_ops.segment_refreshes set full_at = now() - interval '25 hours' where segment_id = $1", segment);
        Assert.Equal("full", (await RefreshAsync(segment)).Kind);
        Assert.Equal("full", (await product.Services.GetRequiredService<RefreshSegment>().RunAsync(segment, isFull: false, Stop)).Kind);
        await using var few = product.Build([new("ExternalTables:ContactUpdatedAt", "updated_at"), new("ExternalTables:ReservationUpdatedAt", "updated_at"), new("Segments:MaxChangedContacts", "10")]);
        Assert.Equal("incremental", (await RefreshAsync(segment)).Kind);
        await product.ExecuteAsync("update directory.contacts set language = language where id in (select id from directory.contacts limit 11)");
        Assert.Equal("full", (await few.GetRequiredService<RefreshSegment>().RunAsync(segment, isFull: false, Stop)).Kind);
    }

    [Fact]
    public async Task A_refresh_killed_in_the_middle_leaves_nothing_and_the_next_does_it_all()
    {
        var segment = await SegmentAsync("""{"field":"marketing_consent","op":"eq","value":true}""");
        await using var other = await product.Database.OpenConnectionAsync(Stop);
        await using (var transaction = await other.BeginTransactionAsync(Stop))
        {
            // Holding one contact stops the refresh at the foreign key of its last rows.
            await using (var hold = new NpgsqlCommand("select from directory.contacts where marketing_consent order by id desc limit 1 for update", other)) await hold.ExecuteNonQueryAsync(Stop);
            var refresh = RefreshAsync(segment);
            var pid = await Eventually.BecomesAsync(() => product.QueryAsync<int>("select coalesce(max(pid), 0) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%segment_members%'"), found => found != 0);
            await product.ExecuteAsync("select pg_terminate_backend($1)", pid);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => refresh);
        }
        Assert.Equal(0, await product.QueryAsync<long>("select count(*) from marketing.segment_members where segment_id = $1", segment));
        Assert.Equal(0, await product.QueryAsync<int>("select member_count from marketing.segments where id = $1", segment));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RefreshAsync(segment)));
        var expected = await product.QueryAsync<long>("select count(*) from directory.contacts where marketing_consent");
        Assert.All(outcomes, outcome => Assert.Equal(expected, outcome.MemberCount));
        Assert.Equal(expected, outcomes.Sum(outcome => outcome.Added));
    }

    [Fact]
    public async Task Due_segments_are_queued_once_and_failures_are_kept_with_their_reason()
    {
        await product.ExecuteAsync("update marketing.segments set auto_refresh = false");
        var segment = await SegmentAsync("""{"field":"country","op":"eq","value":"FR"}""");
        var broken = await SegmentAsync("""{"field":"country","op":"eq","value":"FR"}""");
        var dependent = await SegmentAsync($$"""{"segment":"{{await product.QueryAsync<string>("select segment_id from marketing.segments where id = $1", segment)}}"}""");
        await product.ExecuteAsync("update marketing.segments set auto_refresh = true where id in ($1, $2, $3)", segment, broken, dependent);
        await product.ExecuteAsync("update marketing.segments set criteria = '{\"field\":\"moon\"}' where id = $1", broken);
        var due = services.GetRequiredService<QueueDueSegments>();
        Assert.Equal(3, (await Task.WhenAll(due.RunAsync(Stop), due.RunAsync(Stop))).Sum());
        Assert.Equal(0, await due.RunAsync(Stop));
        var messages = await services.GetRequiredService<QueueServiceClient>().GetQueueClient("segment-refresh").ReceiveMessagesAsync(10, cancellationToken: Stop);
        Assert.Equal(new[] { segment, broken, dependent }.Order(), messages.Value.Select(message => Guid.Parse(message.MessageText)).Order());

        var refresh = services.GetRequiredService<RefreshSegment>();
        foreach (var id in new[] { dependent, broken, segment }) await refresh.RunAsync(id, Stop);
        Assert.True(await product.QueryAsync<int>("select member_count from marketing.segments where id = $1", segment) > 0);
        Assert.Contains("Unknown field", await product.QueryAsync<string>("select error from marketing_ops.segment_refreshes where segment_id = $1", broken), StringComparison.Ordinal);
        // The one that asks for members of the first follows at once.
        Assert.Equal(1, await due.RunAsync(Stop));
        await refresh.RunAsync(dependent, Stop);
        Assert.Equal(await MembersAsync(segment), await MembersAsync(dependent));
        Assert.Equal(0, await due.RunAsync(Stop));
        await product.ExecuteAsync("update marketing_ops.segment_refreshes set due_at = now(), redispatch_at = now()");
        Assert.Equal(3, await due.RunAsync(Stop));
    }

    private async Task<List<(Guid Id, string Tree)>> SegmentsAsync()
    {
        var known = await product.QueryAsync<string>("select segment_id from marketing.segments where segment_type = 'static' order by segment_id limit 1");
        var segments = new List<(Guid, string)>();
        var (first, last) = ("", "");
        foreach (var tree in Trees)
        {
            var text = tree.Replace("STATIC", known, StringComparison.Ordinal).Replace("FIRST", first, StringComparison.Ordinal).Replace("LAST", last, StringComparison.Ordinal);
            var id = await SegmentAsync(text);
            segments.Add((id, text));
            last = await product.QueryAsync<string>("select segment_id from marketing.segments where id = $1", id);
            if (first.Length == 0) first = last;
        }
        return segments;
    }

    private async Task ChangeAsync(Random random, List<(Guid Id, string Tree)> segments)
    {
        const string contact = "(select id from directory.contacts order by md5(id::text || $1) limit 1)";
        const string booking = "(select id from reservations.reservations order by md5(id::text || $1) limit 1)";
        const string happening = "(select id from marketing.campaign_events order by md5(id::text || $1) limit 1)";
        var own = segments[random.Next(segments.Count)].Id;
        var sql = random.Next(14) switch
        {
            0 => $"update directory.contacts set country = case country when 'DE' then 'FR' else 'DE' end where id = {contact}",
            1 => $"update directory.contacts set marketing_consent = not marketing_consent where id = {contact}",
            2 => "insert into directory.contacts (id, first_name, last_name, email, country, language, marketing_consent) values (md5($1)::uuid, 'N', 'N', md5($1) || '@example.com', 'DE', 'de', true)",
            3 => "delete from directory.contacts where id = (select id from directory.contacts c where not exists (select from reservations.reservations r where r.contact_id = c.id) order by md5(id::text || $1) limit 1)",
            4 => $"update reservations.reservations set status = case status when 'cancelled' then 'completed' else 'cancelled' end where id = {booking}",
            5 => $"update reservations.reservations set total_amount = total_amount * 3, channel = 'direct', guests = 9 where id = {booking}",
            6 => $"update reservations.reservations set check_in = check_in - 300, check_out = check_out - 299 where id = {booking}",
            7 => $"insert into reservations.reservations (id, reservation_code, property_id, contact_id, booked_at, check_in, check_out, guests, total_amount, channel, status) values (md5($1)::uuid, $1, (select id from property.properties limit 1), {contact}, now() - interval '90 days', current_date - 20, current_date - 10, 2, 900, 'vrbo', 'completed')",
            8 => $"insert into marketing.campaign_events (campaign_id, contact_id, event_type, event_timestamp) select (select id from marketing.campaigns limit 1), {contact}, (array['opened','clicked','unsubscribed'])[1 + length($1) % 3], now() from generate_series(1, 2)",
            9 => $"delete from marketing.campaign_events where id = {happening}",
            10 => $"update marketing.campaign_events set contact_id = {contact}, event_type = 'opened', event_data = case when length($1) % 2 = 0 then '{{\"machine\":true}}'::jsonb end where id = {happening}",
            11 => "update marketing.segment_members set removed_at = case when removed_at is null then now() end where id = (select m.id from marketing.segment_members m join marketing.segments s on s.id = m.segment_id where s.segment_type = 'static' order by md5(m.id::text || $1) limit 1)",
            12 => $"insert into marketing.segment_members (segment_id, contact_id, added_by) values ((select id from marketing.segments where segment_type = 'static' order by segment_id limit 1), {contact}, 'manual') on conflict do nothing",
            // Somebody writes into a dynamic segment's own members.
            _ => $"with gone as (delete from marketing.segment_members where segment_id = '{own}' and md5(contact_id::text || $1) < '02') insert into marketing.segment_members (segment_id, contact_id, added_by) values ('{own}', {contact}, 'manual') on conflict do nothing",
        };
        await product.ExecuteAsync(sql, Convert.ToHexString(BitConverter.GetBytes(random.NextInt64()))[..random.Next(8, 17)]);
    }

    private Task<Guid> SegmentAsync(string criteria) => product.QueryAsync<Guid>("insert into marketing.segments (segment_name, segment_type, criteria) values ('Segment', 'dynamic', $1::jsonb) returning id", criteria);

    private Task<RefreshOutcome> RefreshAsync(Guid segment) => services.GetRequiredService<RefreshSegment>().RunAsync(segment, isFull: false, Stop);

    private Task<Guid[]> MembersAsync(Guid segment) => product.QueryAsync<Guid[]>("select coalesce(array_agg(contact_id order by contact_id), '{}') from marketing.segment_members where segment_id = $1 and removed_at is null", segment);
}
