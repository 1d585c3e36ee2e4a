using Marketing.Data;
using Marketing.DevHost.ExternalTables;
using Marketing.DevHost.Servers;
using Marketing.IntegrationTests.Support;
using Npgsql;

namespace Marketing.IntegrationTests.Schema;

/// <summary>Holds live databases to the contract, on the embedded PostgreSQL 18 and on a PostgreSQL 15 of the machine where there is one.</summary>
public sealed class SchemaTests(TestServers servers)
{
    private const string Postgres15 = "/usr/lib/postgresql/15/bin";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<int> Versions() => Directory.Exists(Postgres15) ? [18, 15] : [18];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_live_database_holds_every_fact_of_the_map(int version)
    {
        await using var server = await StartAsync(version);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await StandInTables.CreateAsync(server.ConnectionString, 1, Stop);
        await DatabaseMigrator.MigrateAsync(server.ConnectionString, Stop);

        var (contract, live) = (SchemaFacts.OfContract(), await SchemaFacts.OfDatabaseAsync(database, Stop));
        TestContext.Current.TestOutputHelper!.WriteLine($"PostgreSQL {version}: {contract.Count} facts");
        var drift = contract.Except(live).Select(fact => $"missing: {fact}").Concat(live.Except(contract).Select(fact => $"not in the map: {fact}")).ToList();
        Assert.True(drift.Count == 0, $"{drift.Count} differences:\n{string.Join("\n", drift)}");
        await BusinessIdsPassAMillionAsync(database);
        await KeysAreTimeOrderedAsync(database);
        await UpdatedAtFollowsEveryWriterAsync(database);
        await EveryAllowedValueIsDescribedAsync(database);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Three_migrators_at_once_and_late_external_tables_end_in_the_same_schema(int version)
    {
        await using var server = await StartAsync(version);
        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => DatabaseMigrator.MigrateAsync(server.ConnectionString, Stop)));
        Assert.Single(results, result => result.Applied.Count > 0);
        Assert.Contains("property.properties", results[0].AbsentExternalTables);

        await StandInTables.CreateAsync(server.ConnectionString, 1, Stop);
        var again = await DatabaseMigrator.MigrateAsync(server.ConnectionString, Stop);
        Assert.Empty(again.Applied);
        Assert.Empty(again.AbsentExternalTables);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        Assert.Equal(SchemaFacts.OfContract(), await SchemaFacts.OfDatabaseAsync(database, Stop));
        Assert.Equal(1L, await ScalarAsync(database, "select count(*) from pg_constraint where conrelid = to_regclass('property_listings.listing_photos') and confrelid = 'marketing.content_library'::regclass and confdeltype = 'c'"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_script_can_be_run_twice(int version)
    {
        await using var server = await StartAsync(version);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await StandInTables.CreateAsync(server.ConnectionString, 1, Stop);
        for (var run = 0; run < 2; run++)
        {
            await using var command = database.CreateCommand(DatabaseMigrator.WriteScript());
            await command.ExecuteNonQueryAsync(Stop);
        }
        Assert.Equal(SchemaFacts.OfContract(), await SchemaFacts.OfDatabaseAsync(database, Stop));
    }

    [Fact]
    public async Task Stand_in_rows_are_the_same_for_the_same_seed()
    {
        await using var first = NpgsqlDataSource.Create(await servers.CreateEmptyDatabaseAsync());
        await using var second = NpgsqlDataSource.Create(await servers.CreateEmptyDatabaseAsync());
        const string digest = "select md5(string_agg(id::text || email, ',' order by id)) from directory.contacts";
        await StandInTables.CreateAsync(first.ConnectionString + ";Password=marketing", 7, Stop);
        await StandInTables.CreateAsync(second.ConnectionString + ";Password=marketing", 7, Stop);
        await StandInTables.CreateAsync(second.ConnectionString + ";Password=marketing", 8, Stop);
        Assert.Equal(await ScalarAsync(first, digest), await ScalarAsync(second, digest));
        Assert.Equal(300L, await ScalarAsync(first, "select count(*) from directory.contacts"));
    }

    private static async Task BusinessIdsPassAMillionAsync(NpgsqlDataSource database)
    {
        const string insert = "insert into marketing.segments (segment_name) values ('n') returning segment_id";
        Assert.Equal("SEG-010001", await ScalarAsync(database, insert));
        await ScalarAsync(database, "select setval('marketing_ops.segments_business_id', 999998)");
        Assert.Equal("SEG-999999", await ScalarAsync(database, insert));
        Assert.Equal("SEG-1000000", await ScalarAsync(database, insert));
    }

    private static async Task KeysAreTimeOrderedAsync(NpgsqlDataSource database)
    {
        Assert.Equal(0L, await ScalarAsync(database, "select count(*) from (select marketing_id::text as id from (select generate_uuid_v7() as marketing_id from generate_series(1, 1000)) u) i where substr(id, 15, 1) <> '7' or substr(id, 20, 1) !~ '[89ab]'"));
        await ScalarAsync(database, "create table public.k (n bigint generated always as identity, id uuid default generate_uuid_v7(), at text default to_char(clock_timestamp(), 'SS.MS'))");
        for (var i = 0; i < 20; i++) await ScalarAsync(database, "insert into public.k default values");
        Assert.Equal(0L, await ScalarAsync(database, "select count(*) from (select left(id::text, 13) as stamp, lag(left(id::text, 13)) over (order by n) as before from public.k) s where before > stamp"));
    }

    private static async Task UpdatedAtFollowsEveryWriterAsync(NpgsqlDataSource database)
    {
        await ScalarAsync(database, "insert into marketing.segments (segment_name, updated_at) values ('old', '2000-01-01')");
        await ScalarAsync(database, "update marketing.segments set updated_at = '2001-01-01', description = 'x' where segment_name = 'old'");
        Assert.Equal(1L, await ScalarAsync(database, "select count(*) from marketing.segments where segment_name = 'old' and updated_at > now() - interval '1 minute'"));
    }

    private static async Task EveryAllowedValueIsDescribedAsync(NpgsqlDataSource database)
    {
        foreach (var (constraint, table) in new[] { ("ck_content_content_type", "ref_content_types"), ("ck_social_accounts_platform", "ref_social_platforms"), ("ck_campaigns_campaign_type", "ref_campaign_types") })
            Assert.Equal(0L, await ScalarAsync(database, $"""
                select count(*) from (select (regexp_matches(pg_get_constraintdef(oid), '''([^'']+)''', 'g'))[1] as value from pg_constraint where conname = '{constraint}') allowed
                full join marketing.{table} described on described.code = allowed.value where allowed.value is null or described.code is null
                """));
        Assert.True((long)(await ScalarAsync(database, "select count(*) from marketing.ref_segment_criteria"))! >= 10);
        Assert.Equal(30, await ScalarAsync(database, "select hashtag_max_count from marketing.ref_social_platforms where code = 'instagram'"));
    }

    private async Task<Server> StartAsync(int version)
    {
        if (version == 18) return new Server(await servers.CreateEmptyDatabaseAsync(), null);
        var server = await PostgresServer.StartAsync(Postgres15, Path.Combine(servers.Folder, $"postgres15-{Guid.NewGuid():N}"), durable: false, Stop);
        await server.CreateDatabaseAsync("schema", "template0", Stop);
        return new Server(server.ConnectionString("schema"), server);
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Stop);
    }

    private sealed record Server(string ConnectionString, PostgresServer? Own) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            NpgsqlConnection.ClearAllPools();
            if (Own is not null) await Own.DisposeAsync();
        }
    }
}
