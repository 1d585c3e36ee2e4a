using CsCheck;
using Marketing.Campaigns;
using Marketing.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Campaigns;

public sealed class RollupTests(ProductFixture product) : IClassFixture<ProductFixture>
{
    private const string Recount = """
        select coalesce(jsonb_object_agg(event_type, jsonb_build_array(events, contacts)), '{}')::text
        from (select event_type, count(*) as events, count(distinct contact_id) as contacts from marketing.campaign_events where campaign_id = $1 group by event_type) counted
        """;

    private const string RolledUp = """
        select coalesce((select jsonb_object_agg(key, jsonb_build_array(value, actual_metrics -> 'contacts' -> key))
            from jsonb_each(actual_metrics -> 'events') where value <> '0'), '{}')::text
        from marketing.campaigns where id = $1
        """;

    [Fact]
    public async Task Whatever_is_written_in_whatever_order_the_sums_are_those_of_a_recount()
    {
        var contacts = await product.QueryAsync<Guid[]>("select array_agg(id) from (select id from directory.contacts order by email limit 4) c");
        var step = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3], Gen.OneOfConst("sent", "delivered", "opened", "clicked"));
        await step.Array[1, 30].SampleAsync(async script =>
        {
            var campaign = await CampaignAsync();
            foreach (var (action, contact, type) in script)
            {
                await (action switch
                {
                    0 => product.ExecuteAsync("delete from marketing.campaign_events where id in (select id from marketing.campaign_events where campaign_id = $1 order by id limit 1)", campaign),
                    1 => product.ExecuteAsync("update marketing.campaign_events set event_type = $2 where id in (select id from marketing.campaign_events where campaign_id = $1 order by id desc limit 2)", campaign, type),
                    2 => product.Services.GetRequiredService<RollupMetrics>().RunAsync(TestContext.Current.CancellationToken),
                    _ => product.ExecuteAsync("insert into marketing.campaign_events (campaign_id, contact_id, event_type) select $1, $2, $3 from generate_series(1, 3)", campaign, contacts[contact], type),
                });
            }
            await RollUpAsync();
            Assert.Equal(await product.QueryAsync<string>(Recount, campaign), await product.QueryAsync<string>(RolledUp, campaign));
        }, iter: 15, threads: 1);
    }

    [Fact]
    public async Task Running_it_again_changes_nothing_and_other_keys_stay()
    {
        var campaign = await CampaignAsync();
        await product.ExecuteAsync("update marketing.campaigns set actual_metrics = '{\"bookings\": 4}' where id = $1", campaign);
        await product.ExecuteAsync("insert into marketing.campaign_events (campaign_id, contact_id, event_type) select $1, id, 'sent' from directory.contacts limit 10", campaign);
        await RollUpAsync();
        const string version = "select xmin::text || actual_metrics::text from marketing.campaigns where id = $1";
        var first = await product.QueryAsync<string>(version, campaign);
        await RollUpAsync();
        Assert.Equal(first, await product.QueryAsync<string>(version, campaign));
        Assert.Contains("\"bookings\": 4", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_at_once_beside_writers_lose_and_double_nothing()
    {
        var campaign = await CampaignAsync();
        var writers = Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < 25; i++)
                await product.ExecuteAsync("insert into marketing.campaign_events (campaign_id, contact_id, event_type) select $1, id, 'opened' from directory.contacts order by random() limit 3", campaign);
        });
        var runs = Enumerable.Range(0, 30).Select(_ => RollUpAsync());
        await Task.WhenAll([.. writers, .. runs]);
        await RollUpAsync();
        Assert.Equal(await product.QueryAsync<string>(Recount, campaign), await product.QueryAsync<string>(RolledUp, campaign));
    }

    private Task<int> RollUpAsync() => product.Services.GetRequiredService<RollupMetrics>().RunAsync(TestContext.Current.CancellationToken);

    private Task<Guid> CampaignAsync() => product.QueryAsync<Guid>("insert into marketing.campaigns (campaign_name, campaign_type) values ('Rollup', 'email') returning id");
}
