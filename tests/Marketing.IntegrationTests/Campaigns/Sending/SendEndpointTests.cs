using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Campaigns.Sending;

/// <summary>The ledger as callers see it.</summary>
public sealed class SendEndpointTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_ledger_is_read_page_by_page_with_counts_by_state()
    {
        var campaign = await LedgerAsync(250, 3);
        var first = await app.GetAsync($"campaigns/{campaign}/sends?limit=100");
        Assert.Equal(247, (int)first["counts"]!["accepted"]!);
        Assert.Equal(3, (int)first["counts"]!["unconfirmed"]!);
        Assert.Equal(250, (int)first["sending"]!["recipients"]!);
        var seen = new HashSet<string>();
        for (var page = first; ; page = await app.GetAsync($"campaigns/{campaign}/sends?limit=100&after={page["next_after"]}"))
        {
            foreach (var send in page["sends"]!.AsArray()) Assert.True(seen.Add((string)send!["send_id"]!));
            if (page["next_after"] is null) break;
        }
        Assert.Equal(250, seen.Count);
        Assert.Equal(3, (await app.GetAsync($"campaigns/{campaign}/sends?state=unconfirmed"))["sends"]!.AsArray().Count);
        foreach (var wrong in new[] { "state=sent", "limit=0", "limit=5000", "limit=x", "after=x" })
        {
            using var response = await app.Admin.GetAsync($"campaigns/{campaign}/sends?{wrong}", Stop);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
        using var none = await app.Admin.GetAsync($"campaigns/{Guid.NewGuid()}/sends", Stop);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task A_person_decides_about_an_unconfirmed_message_once()
    {
        var campaign = await LedgerAsync(5, 3);
        var open = (await app.GetAsync($"campaigns/{campaign}/sends?state=unconfirmed"))["sends"]!.AsArray().Select(send => (string)send!["send_id"]!).ToList();
        var others = (await app.GetAsync($"campaigns/{campaign}/sends?state=accepted"))["sends"]!.AsArray().Select(send => (string)send!["send_id"]!).ToList();
        foreach (var (send, decision, state) in new[] { (open[0], "sent", "accepted"), (open[1], "not_sent", "rejected"), (open[2], "resend", "queued") })
        {
            Assert.Equal(HttpStatusCode.OK, await DecideAsync(app.Admin, campaign, send, decision));
            Assert.Equal(state, await app.Product.QueryAsync<string>("select state from marketing_ops.campaign_sends where send_id = $1", Guid.Parse(send)));
            Assert.Equal(HttpStatusCode.Conflict, await DecideAsync(app.Admin, campaign, send, decision));
        }
        Assert.Equal(1, await app.Product.QueryAsync<long>("select count(*) from marketing.campaign_events where campaign_id = $1 and event_type = 'sent'", campaign));
        Assert.Equal(3, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and action like 'resolve_send:%'", campaign));
        Assert.Equal(HttpStatusCode.Conflict, await DecideAsync(app.Admin, campaign, others[0], "resend"));
        Assert.Equal(HttpStatusCode.NotFound, await DecideAsync(app.Admin, campaign, Guid.NewGuid().ToString(), "sent"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await DecideAsync(app.Admin, campaign, others[0], "perhaps"));
        Assert.Equal(HttpStatusCode.Forbidden, await DecideAsync(await app.ClientAsync(Scopes.Read, Scopes.Write), campaign, others[0], "sent"));
    }

    private static async Task<HttpStatusCode> DecideAsync(HttpClient client, Guid campaign, string send, string decision)
    {
        using var response = await client.PostAsJsonAsync($"campaigns/{campaign}/sends/{send}/resolve", new JsonObject { ["decision"] = decision }, Stop);
        return response.StatusCode;
    }

    private async Task<Guid> LedgerAsync(int sends, int unconfirmed)
    {
        var campaign = Guid.Parse((string)(await app.CreateAsync("campaigns", new { campaign_name = "Ledger", campaign_type = "email" }))["id"]!);
        await app.Product.ExecuteAsync("insert into marketing_ops.campaign_sendings (campaign_id, frozen_at, recipients, redispatch_at) values ($1, now(), $2, now() + interval '1 hour')", campaign, (long)sends);
        await app.Product.ExecuteAsync("""
            insert into marketing_ops.campaign_sends (campaign_id, contact_id, variant, state, provider, attempts, submitted_at)
            select $1, id, 'a', case when row_number() over (order by id) <= $3 then 'unconfirmed' else 'accepted' end, 'smtp', 1, now() from (select id from directory.contacts order by id limit $2) c
            """, campaign, sends, unconfirmed);
        return campaign;
    }
}
