using System.Text.Json;
using Marketing.IntegrationTests.Support;
using Marketing.Problems;
using Marketing.Segments.Criteria;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Segments;

public sealed class CriteriaFuzzTests(ProductFixture product) : IClassFixture<ProductFixture>
{
    private const int Trees = 1_500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_random_tree_finds_what_an_evaluation_in_memory_finds_or_is_refused_with_a_code(int seed)
    {
        var random = new Random(seed);
        await PopulateAsync(product, random);
        await using var services = product.Build([new("ExternalTables:ContactBirthDate", "birth_date")]);
        var read = services.GetRequiredService<ReadCriteria>();
        var oracle = await CriteriaOracle.LoadAsync(product.Database);
        var trees = new RandomCriteria(random, await product.QueryAsync<string[]>("select array_agg(segment_id order by segment_id) from marketing.segments"),
            await product.QueryAsync<string[]>("select array_agg(campaign_id order by campaign_id) from marketing.campaigns"), await product.QueryAsync<string[]>("select array_agg(id::text order by id) from property.properties"));
        var (answered, refused, some) = (0, 0, 0);
        for (var i = 0; i < Trees; i++)
        {
            var text = trees.Tree().ToJsonString();
            using var tree = JsonDocument.Parse(text);
            CompiledCriteria compiled;
            try
            {
                compiled = await read.RunAsync(tree.RootElement, TestContext.Current.CancellationToken);
            }
            catch (ProblemException refusal)
            {
                Assert.Equal(422, refusal.Problem.Status);
                Assert.NotEmpty(refusal.Problem.Errors);
                Assert.All(refusal.Problem.Errors, error => Assert.True(error.Field.StartsWith("criteria", StringComparison.Ordinal) && error.Code.Length > 0 && error.Message.Length > 10, $"{text}: {error}"));
                refused++;
                continue;
            }
            var found = await FindAsync(compiled);
            var expected = oracle.Matching(tree.RootElement);
            Assert.True(expected.SequenceEqual(found), $"{text}\nin memory {expected.Count}, by SQL {found.Count}\n{compiled.From}\nwhere {compiled.Where}");
            answered++;
            if (found.Count > 0 && found.Count < oracle.People) some++;
        }
        // A test that refuses or finds nobody most of the time would prove little.
        Assert.True(answered > Trees * 0.85 && refused > Trees * 0.03 && some > Trees * 0.5, $"answered {answered}, refused {refused}, some but not all contacts {some}");
    }

    /// <summary>Events, a static segment or two, and contacts and bookings with odd values.</summary>
    internal static async Task PopulateAsync(ProductFixture product, Random random)
    {
        if (await product.QueryAsync<long>("select count(*) from marketing.campaigns") > 0) return;
        await product.ExecuteAsync("update directory.contacts set email = replace(email, 'example.com', 'EXAMPLE.org'), birth_date = null where substr(id::text, 1, 1) in ('a', 'b')");
        await product.ExecuteAsync("update directory.contacts set email = 'nowhere' || id where substr(id::text, 1, 1) = 'c'");
        await product.ExecuteAsync("update directory.contacts set birth_date = '2000-02-29' where substr(id::text, 1, 1) = 'd'");
        await product.ExecuteAsync("update directory.contacts set created_at = now() - make_interval(days => ('x' || left(id::text, 2))::bit(8)::int)");
        await product.ExecuteAsync("insert into marketing.campaigns (campaign_name, campaign_type) values ('A', 'email'), ('B', 'email'), ('C', 'email')");
        var (contacts, campaigns) = (await product.QueryAsync<Guid[]>("select array_agg(id order by id) from directory.contacts"), await product.QueryAsync<Guid[]>("select array_agg(id order by campaign_name) from marketing.campaigns"));
        var types = new[] { "sent", "delivered", "opened", "opened", "clicked", "bounced", "unsubscribed" };
        for (var i = 0; i < 900; i++)
            await product.ExecuteAsync("insert into marketing.campaign_events (campaign_id, contact_id, event_type, event_timestamp, event_data) values ($1, $2, $3, now() - make_interval(hours => $4), $5::jsonb)",
                campaigns[random.Next(3)], contacts[random.Next(200)], types[random.Next(types.Length)], random.Next(0, 9000), random.Next(5) == 0 ? """{"machine":true}""" : "{}");
        foreach (var share in new[] { 3, 7 })
        {
            var segment = await product.QueryAsync<Guid>("insert into marketing.segments (segment_name, segment_type) values ('Static', 'static') returning id");
            await product.ExecuteAsync("insert into marketing.segment_members (segment_id, contact_id, added_by, removed_at) select $1, id, 'manual', case when number % 5 = 0 then now() end from (select id, row_number() over (order by id) as number from directory.contacts) c where number % $2 = 0", segment, share);
        }
    }

    private async Task<List<Guid>> FindAsync(CompiledCriteria compiled)
    {
        await using var command = product.Database.CreateCommand($"select c.id from {compiled.From} where {compiled.Where} order by c.id");
        foreach (var value in compiled.Values) command.Parameters.AddWithValue(value);
        var found = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) found.Add(reader.GetGuid(0));
        return found;
    }
}
