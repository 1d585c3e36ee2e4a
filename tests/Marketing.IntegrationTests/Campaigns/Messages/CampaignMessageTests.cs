using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.Identity;

namespace Marketing.IntegrationTests.Campaigns.Messages;

[Collection(CampaignEmailGroup.Name)]
public sealed class CampaignMessageTests(CampaignEmailFixture app)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_contact_sees_in_the_preview_what_it_would_get()
    {
        var (campaign, members) = await app.CampaignAsync(list: "offers");
        var (status, message) = await app.PostAsync($"campaigns/{campaign}/preview", new { contact_id = members[1].Id });
        Assert.Equal(200, status);
        Assert.Equal("Winter, Ada", (string)message!["subject"]!);
        Assert.Contains("Hello Ada", (string)message["html"]!, StringComparison.Ordinal);
        Assert.Contains("\"https://www.casas.example.com/winter\"", (string)message["html"]!, StringComparison.Ordinal);
        Assert.Contains("Rua do Mar 1", (string)message["text"]!, StringComparison.Ordinal);
        // Whoever looks at it cannot act for the contact: its links are as written, and its way out leads nobody out.
        Assert.DoesNotContain("/tracking/", (string)message["html"]!, StringComparison.Ordinal);
        var oneClick = ((string)message["headers"]!["List-Unsubscribe"]!).Trim('<', '>');
        Assert.StartsWith("https://links.casas.example.com/api/webhooks/unsubscribe/", oneClick, StringComparison.Ordinal);
        Assert.NotEqual(app.Links(campaign, members[1], "offers").OneClick, new Uri(oneClick).AbsolutePath);
        var ledger = await app.Product.QueryAsync<long>("select count(*) from marketing_ops.suppressions");
        foreach (var link in new[] { oneClick, oneClick.Replace("/unsubscribe/", "/preferences/", StringComparison.Ordinal) })
        {
            using var form = new FormUrlEncodedContent([new("action", "leave_all")]);
            using var response = await app.Admin.PostAsync(new Uri(link).AbsolutePath, form, Stop);
            Assert.Equal(200, (int)response.StatusCode);
        }
        Assert.Equal(ledger, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.suppressions"));
        Assert.Equal("<offers.links.casas.example.com>", (string)message["headers"]!["List-Id"]!);
    }

    [Fact]
    public async Task Wrong_fields_are_named_all_at_once()
    {
        var (campaign, _) = await app.CampaignAsync();
        using var response = await app.Admin.PutAsJsonAsync($"campaigns/{campaign}/email", new
        {
            provider = "pigeon",
            sender_email = "Ada <ada@example.com>",
            reply_to = "x\r\nBcc: y@example.com",
            list = "Not A List",
            holdout = 0.5,
            colour = "red",
            variants = new object[] { new { variant = "A", content_id = "CON-010001", share = 0.3, subject = "{% include 'x' %}" }, new { variant = "B", share = 0.3 } },
            settings = new { tracking = "maybe", language = "1", css = "@import url(http://169.254.169.254/)", surprise = true, sending = 1 },
        }, Stop);
        Assert.Equal(422, (int)response.StatusCode);
        var errors = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["errors"]!.AsArray().Select(error => $"{error!["field"]} {error["code"]}").ToHashSet();
        Assert.Superset(new HashSet<string>
        {
            "provider not_allowed", "sender_email invalid_value", "reply_to invalid_value", "list invalid_value", "colour unknown_member", "variants[0].subject liquid", "variants[1].content_id required", "variants shares",
            "settings.tracking not_allowed", "settings.language invalid_value", "settings.css invalid_value", "settings.surprise unknown_member", "settings.sending not_an_object",
        }, errors);
    }

    [Fact]
    public async Task Only_who_may_change_the_campaign_writes_its_email_and_hidden_rows_stay_hidden()
    {
        var (campaign, _) = await app.CampaignAsync();
        var reader = await app.ClientAsync(Scopes.Read);
        Assert.Equal(200, (int)(await reader.GetAsync($"campaigns/{campaign}/email", Stop)).StatusCode);
        Assert.Equal(403, (int)(await reader.PutAsJsonAsync($"campaigns/{campaign}/email", new { }, Stop)).StatusCode);
        var agency = await app.ClientAsync(new ApiClientRequest("agency", [Scopes.Read, Scopes.Write, Scopes.Publish]) { Roles = ["agency"], Claims = $$"""{"property_ids":["{{Guid.NewGuid()}}"]}""" });
        Assert.Equal(404, (int)(await agency.GetAsync($"campaigns/{campaign}/email", Stop)).StatusCode);
        foreach (var action in new[] { "preflight", "dry_run", "preview", "start", "pause", "cancel" }) Assert.Equal(404, (await app.PostAsync($"campaigns/{campaign}/{action}", null, agency)).Status);
        var viewer = await app.ClientAsync(new ApiClientRequest("viewer", [Scopes.Read, Scopes.Write, Scopes.Publish, Scopes.Admin]) { Roles = ["viewer"] });
        Assert.Equal(200, (int)(await viewer.GetAsync($"campaigns/{campaign}/email", Stop)).StatusCode);
        Assert.Equal(403, (int)(await viewer.PutAsJsonAsync($"campaigns/{campaign}/email", new { }, Stop)).StatusCode);
        Assert.Equal(403, (await app.PostAsync($"campaigns/{campaign}/start", null, viewer)).Status);
        Assert.Equal(403, (await app.PostAsync("suppressions", new { email = "a@example.com" }, viewer)).Status);
    }

    [Fact]
    public async Task Variants_divide_contacts_by_their_shares_always_the_same_way()
    {
        var (campaign, _) = await app.CampaignAsync();
        var content = (string)(await app.CreateAsync("content", new { title = "Other", content_type = "email", content_body = "Other", status = "approved" }))["id"]!;
        await app.PutEmailAsync(campaign, new { provider = "sendgrid", sender_email = "news@casas.example.com", holdout = 0.2, variants = new[] { new { variant = "A", content_id = content, share = 0.5 }, new { variant = "B", content_id = content, share = 0.3 } } });
        const string counted = """
            select string_agg(format('%s %s', variant, n), ' ' order by variant) from (
                select coalesce(range.variant, 'none') as variant, count(*) as n
                from   (select md5(n::text)::uuid as contact from generate_series(1, 20000) n) people
                left   join marketing_ops.campaign_variant_ranges range on range.campaign_id = $1 and marketing_ops.campaign_bucket($1, contact) >= from_share and marketing_ops.campaign_bucket($1, contact) < until_share
                group  by 1) divided
            """;
        var divided = await app.Product.QueryAsync<string>(counted, campaign);
        Assert.Equal(divided, await app.Product.QueryAsync<string>(counted, campaign));
        var counts = divided.Split(' ').Chunk(2).ToDictionary(pair => pair[0], pair => int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(counts["A"], 9_700, 10_300);
        Assert.InRange(counts["B"], 5_700, 6_300);
        Assert.InRange(counts["none"], 3_700, 4_300);
    }

    [Fact]
    public async Task Results_compare_people_and_leave_machines_out()
    {
        var (campaign, _) = await app.CampaignAsync(members: 1);
        var content = (string)(await app.CreateAsync("content", new { title = "Other", content_type = "email", content_body = "Other", status = "approved" }))["id"]!;
        await app.PutEmailAsync(campaign, new { provider = "sendgrid", sender_email = "news@casas.example.com", variants = new[] { new { variant = "A", content_id = content, share = 0.5 }, new { variant = "B", content_id = content, share = 0.5 } } });
        Assert.Equal("not_enough_yet", (string)(await app.GetAsync($"campaigns/{campaign}/variants"))["variants"]![1]!["against"]!["verdict"]!);
        // 2,000 people; each tenth of A and each fifth of B clicks, and a machine clicks for everybody.
        await app.Product.ExecuteAsync("""
            insert into directory.contacts (id, first_name, last_name, email, country, language, marketing_consent) select md5($1::text || n)::uuid, 'A', 'B', md5($1::text || n) || '@ab.example.com', 'PT', 'pt', true from generate_series(1, 2000) n
            """, campaign);
        await app.Product.ExecuteAsync("""
            insert into marketing.campaign_events (campaign_id, contact_id, event_type, event_data)
            select $1, contact, type, data::jsonb
            from   (select contact, variant, row_number() over (partition by variant order by contact) as n
                    from (select md5($1::text || n)::uuid as contact from generate_series(1, 2000) n) people
                    join marketing_ops.campaign_variant_ranges range on range.campaign_id = $1 and marketing_ops.campaign_bucket($1, contact) >= from_share and marketing_ops.campaign_bucket($1, contact) < until_share) placed,
            lateral (values ('sent', '{}'), ('delivered', '{}'), ('clicked', '{"machine":true}'), (case when n % case variant when 'A' then 10 else 5 end = 0 then 'clicked' end, '{}'), (case when n % 20 = 0 then 'clicked' end, '{}')) as event (type, data)
            where  type is not null
            """, campaign);
        var results = await app.GetAsync($"campaigns/{campaign}/variants");
        var (a, b) = (results["variants"]![0]!, results["variants"]![1]!);
        Assert.Equal(2000, (int)a["people"]! + (int)b["people"]!);
        Assert.Equal((int)a["people"]! / 10, (int)a["did"]!);
        Assert.Equal((int)b["people"]! / 5, (int)b["did"]!);
        Assert.Equal("different", (string)b["against"]!["verdict"]!);
        Assert.InRange((double)b["against"]!["p"]!, 0, 0.001);
    }
}
