using System.Text;
using Marketing.Identity;
using Marketing.Segments.Members;
using Marketing.Segments.Refresh;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Benchmarks;

/// <summary>Full and incremental refreshes of a segment, and an import of as many lines, beside SQL that does no more than the work itself.</summary>
internal static class SegmentsBenchmark
{
    private const int Rounds = 3;
    private const int Changes = 1_000;

    private const string Criteria = """
        {"all":[{"field":"country","op":"in","value":["DE","NL","PT"]},{"field":"marketing_consent","op":"eq","value":true},{"field":"stays","op":"gte","value":2}]}
        """;

    // What a person would write by hand for the same three clauses, into a table of the same columns, keys and foreign keys.
    private const string Bare = """
        insert into bare_members (segment_id, contact_id, added_by)
        select (select id from marketing.segments limit 1), c.id, 'rule'
        from   directory.contacts c
        join   (select contact_id, count(*) as stays from reservations.reservations
                where status not in ('cancelled', 'no_show') and check_out <= current_date group by 1) stay on stay.contact_id = c.id
        where  c.country in ('DE', 'NL', 'PT') and c.marketing_consent and stay.stays >= 2
        """;

    /// <summary>Runs it over that many contacts with as many reservations.</summary>
    public static Task RunAsync(int contacts) => BenchmarkDatabase.RunAsync(
        [new("ExternalTables:ContactUpdatedAt", "updated_at"), new("ExternalTables:ReservationUpdatedAt", "updated_at"), new("Segments:OverlapMinutes", "0")],
        async bench =>
        {
            await FillAsync(bench, contacts);
            var refresh = bench.Services.GetRequiredService<RefreshSegment>();
            var (bare, full, incremental) = (new List<double>(), new List<double>(), new List<double>());
            await bench.ExecuteAsync("create table bare_members (like marketing.segment_members including all)");
            await bench.ExecuteAsync("alter table bare_members add foreign key (segment_id) references marketing.segments, add foreign key (contact_id) references directory.contacts");
            await bench.ExecuteAsync("insert into marketing.segments (segment_name, segment_type) values ('Bare', 'static')");
            for (var round = 0; round < Rounds; round++)
            {
                await bench.ExecuteAsync("truncate bare_members");
                await bench.ExecuteAsync("checkpoint");
                // Both are planned and run with the memory that the refresh gives itself.
                bare.Add(await BenchmarkDatabase.TimeAsync("bare INSERT … SELECT", contacts, "contacts", () => bench.ExecuteAsync($"set work_mem = '64MB'; set jit = off; {Bare}; reset work_mem; reset jit")));
                var segment = await bench.ScalarAsync<Guid>("insert into marketing.segments (segment_name, segment_type, criteria) values ($1, 'dynamic', $2::jsonb) returning id", $"Bench {round}", Criteria);
                await bench.ExecuteAsync("checkpoint");
                full.Add(await BenchmarkDatabase.TimeAsync("full refresh", contacts, "contacts", () => RefreshAsync(refresh, segment, isFull: true)));
                await BenchmarkDatabase.TimeAsync("full refresh that finds the same", contacts, "contacts", () => RefreshAsync(refresh, segment, isFull: true));
                await bench.ExecuteAsync("update directory.contacts set marketing_consent = not marketing_consent, updated_at = clock_timestamp() where id in (select id from directory.contacts order by id limit $1)", Changes);
                incremental.Add(await BenchmarkDatabase.TimeAsync($"incremental refresh after {Changes:N0} changes", Changes, "changes", () => RefreshAsync(refresh, segment, isFull: false)));
            }
            var (median, ratio) = (BenchmarkDatabase.Median(full), BenchmarkDatabase.Median(full) / BenchmarkDatabase.Median(bare));
            Console.WriteLine($"medians: full refresh {ratio:0.00} × bare SQL; incremental {BenchmarkDatabase.Median(incremental) / median:P1} of full");
            await ImportAsync(bench, contacts);
        });

    private static async Task<RefreshOutcome> RefreshAsync(RefreshSegment refresh, Guid segment, bool isFull)
    {
        var outcome = await refresh.RunAsync(segment, isFull, CancellationToken.None);
        Console.WriteLine(outcome);
        return outcome;
    }

    private static async Task FillAsync(BenchmarkDatabase bench, int contacts)
    {
        await bench.ExecuteAsync("""
            alter table directory.contacts add column if not exists updated_at timestamptz not null default now();
            alter table reservations.reservations add column if not exists updated_at timestamptz not null default now();
            """);
        await bench.ExecuteAsync("""
            insert into directory.contacts (id, first_name, last_name, email, country, language, marketing_consent)
            select gen_random_uuid(), 'A', 'B', 'bench' || n || '@example.org', (array['DE','NL','PT','FR','ES','IT'])[1 + n % 6], 'en', n % 10 < 7 from generate_series(1, $1) n
            """, contacts);
        await bench.ExecuteAsync("""
            insert into reservations.reservations (id, reservation_code, property_id, contact_id, booked_at, check_in, check_out, guests, total_amount, channel, status)
            select gen_random_uuid(), 'B' || n, (select id from property.properties limit 1), c.ids[1 + (n::bigint * 7919 % cardinality(c.ids))::int], now() - interval '90 days', current_date - 60 + n % 30, current_date - 53 + n % 30, 2, 900, 'direct',
                   case when n % 9 = 0 then 'cancelled' else 'confirmed' end
            from (select array_agg(id) as ids from directory.contacts where hashtext(id::text) % 3 = 0) c, generate_series(1, $1) n
            """, contacts);
        await bench.ExecuteAsync("create index on directory.contacts (updated_at)");
        await bench.ExecuteAsync("create index on reservations.reservations (updated_at)");
        await bench.ExecuteAsync("create index on reservations.reservations (contact_id)");
        await bench.ExecuteAsync("vacuum analyze");
    }

    private static async Task ImportAsync(BenchmarkDatabase bench, int lines)
    {
        var segment = await bench.ScalarAsync<Guid>("insert into marketing.segments (segment_name, segment_type) values ('Bench import', 'static') returning id");
        var text = new StringBuilder("email;note\n");
        // One line in a thousand is broken in one of four ways.
        for (var line = 1; line <= lines; line++)
        {
            text.Append(line % 1000 == 0 ? (line / 1000 % 4) switch { 0 => "no address;x\n", 1 => "a;b;c\n", 2 => $"nobody{line}@example.org;x\n", _ => ";x\n" } : $"bench{line}@example.org;x\n");
        }
        var body = Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(text.ToString())).ToArray();
        var import = bench.Services.GetRequiredService<ImportMembers>();
        ImportReport? report = null;
        await BenchmarkDatabase.TimeAsync("import of a CSV file", lines, "lines", async () =>
        {
            var request = new DefaultHttpContext { Request = { ContentType = "text/csv", ContentLength = body.Length, Body = new MemoryStream(body) } }.Request;
            return report = await import.RunAsync(segment, request, refusesErrors: false, Caller.Job("benchmark"), CancellationToken.None);
        });
        Console.WriteLine($"{report!.Added} added, {report.ErrorsTotal} lines refused, {report.Errors.Count} of them told; {await bench.ScalarAsync<int>("select member_count from marketing.segments where id = $1", segment)} members");
    }
}
