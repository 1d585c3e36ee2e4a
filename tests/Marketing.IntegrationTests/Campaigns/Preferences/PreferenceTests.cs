using System.Net;
using System.Text;
using Marketing.Identity;
using Marketing.IntegrationTests.Campaigns.Messages;
using Marketing.Suppressions;

namespace Marketing.IntegrationTests.Campaigns.Preferences;

[Collection(CampaignEmailGroup.Name)]
public sealed class PreferenceTests(CampaignEmailFixture app)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HttpClient Mailbox => field ??= new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = app.Host.Address };

    [Fact]
    public async Task One_click_unsubscribes_at_once_and_once_however_often_and_in_whatever_form_it_comes()
    {
        var (campaign, members) = await app.CampaignAsync();
        var link = app.Links(campaign, members[0]).OneClick;
        using var multipart = new MultipartFormDataContent { { new StringContent("One-Click"), "List-Unsubscribe" } };
        foreach (var content in new HttpContent?[] { multipart, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]), null, new StringContent("List-Unsubscribe=One-Click", Encoding.UTF8, "text/plain") })
        {
            using var response = await Mailbox.PostAsync(link, content, Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Mailbox.PostAsync(link, null, Stop)));
        Assert.Equal("channel email unsubscribe one_click", await LedgerAsync(members[0].Email));
        Assert.Equal(1L, await EventsAsync(campaign, members[0].Id));
        Assert.Equal("", await LedgerAsync(members[1].Email));
    }

    [Fact]
    public async Task Looking_changes_nothing()
    {
        var (campaign, members) = await app.CampaignAsync();
        var (page, oneClick) = app.Links(campaign, members[0]);
        foreach (var link in new[] { page, oneClick })
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
            {
                using var request = new HttpRequestMessage(method, link);
                using var response = await Mailbox.SendAsync(request, Stop);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
                Assert.Matches("default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'", string.Join(';', response.Headers.GetValues("Content-Security-Policy")));
            }
        Assert.Equal("", await LedgerAsync(members[0].Email));
    }

    [Fact]
    public async Task A_list_is_left_alone_and_joined_again_on_the_page()
    {
        var (campaign, members) = await app.CampaignAsync(list: "offers");
        var (page, oneClick) = app.Links(campaign, members[0], "offers");
        await Mailbox.PostAsync(oneClick, null, Stop);
        Assert.Equal("list offers unsubscribe one_click", await LedgerAsync(members[0].Email));
        var shown = await Mailbox.GetStringAsync(page, Stop);
        Assert.Contains("""name="list" value="newsletter" checked""", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("""name="list" value="offers" checked""", shown, StringComparison.Ordinal);
        Assert.Contains("p•••@guests.example.com".Replace("•", "&#8226;", StringComparison.Ordinal), shown.Replace("•", "&#8226;", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(members[0].Email, shown, StringComparison.Ordinal);
        await PostAsync(page, ("action", "save"), ("shown", "newsletter"), ("shown", "offers"), ("list", "offers"));
        Assert.Equal("list newsletter unsubscribe preferences", await LedgerAsync(members[0].Email));
        Assert.Equal(2L, await EventsAsync(campaign, members[0].Id));
    }

    [Fact]
    public async Task Coming_back_lifts_what_they_set_and_nothing_else()
    {
        var (campaign, members) = await app.CampaignAsync();
        var page = app.Links(campaign, members[0]).Page;
        await PostAsync(page, ("action", "leave_all"));
        Assert.Equal(201, (await app.PostAsync("suppressions", new { email = members[0].Email, reason = "complaint" })).Status);
        Assert.Equal(201, (await app.PostAsync("suppressions", new { email = members[0].Email, reason = "unsubscribe", scope = "channel", scope_value = "email" })).Status);
        await PostAsync(page, ("action", "return"));
        Assert.Equal("all  complaint api, channel email unsubscribe api", await LedgerAsync(members[0].Email));
        Assert.Contains("We do not send marketing to this address", await Mailbox.GetStringAsync(page, Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_that_was_written_to_is_left_out_also_when_the_contact_has_another_now_and_when_it_is_gone()
    {
        var (campaign, members) = await app.CampaignAsync();
        var link = app.Links(campaign, members[0]).OneClick;
        var now = $"new-{Guid.NewGuid():N}@guests.example.com";
        await app.Product.ExecuteAsync("update directory.contacts set email = $2 where id = $1", members[0].Id, now);
        await Mailbox.PostAsync(link, null, Stop);
        Assert.Equal("channel email unsubscribe one_click", await LedgerAsync(members[0].Email));
        Assert.Equal("channel email unsubscribe one_click", await LedgerAsync(now));
        var gone = app.Links(campaign, members[1]).OneClick;
        await app.Product.ExecuteAsync("delete from directory.contacts where id = $1", members[1].Id);
        using var response = await Mailbox.PostAsync(gone, null, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("channel email unsubscribe one_click", await LedgerAsync(members[1].Email));
    }

    [Fact]
    public async Task A_forged_link_does_nothing_and_tells_nothing()
    {
        var (campaign, members) = await app.CampaignAsync();
        var link = app.Links(campaign, members[0]).OneClick;
        var forged = link[..^3] + (link.EndsWith("AAA", StringComparison.Ordinal) ? "BBB" : "AAA");
        using var response = await Mailbox.PostAsync(forged, null, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("guests.example.com", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal("", await LedgerAsync(members[0].Email));
        using var tracking = await Mailbox.PostAsync(link.Replace("/unsubscribe/", "/tracking/c/", StringComparison.Ordinal), null, Stop);
        Assert.NotEqual(HttpStatusCode.Redirect, tracking.StatusCode);
    }

    [Fact]
    public async Task Whoever_asked_to_be_erased_is_forgotten_and_never_written_to_again()
    {
        var (campaign, members) = await app.CampaignAsync();
        var (id, email) = members[0];
        await Mailbox.PostAsync(app.Links(campaign, members[0]).OneClick, null, Stop);
        await app.Product.ExecuteAsync("""insert into marketing.campaign_events (campaign_id, contact_id, event_type, event_data, device_type, location) values ($1, $2, 'clicked', '{"url":"https://x.example.com/?who=ada","variant":"A","ip":"1.2.3.4"}', 'mobile', 'Lagos')""", campaign, id);
        var (status, erased) = await app.PostAsync("suppressions/erasures", new { contact_id = id });
        Assert.Equal(200, status);
        Assert.Equal("""{"suppressed":1,"events_anonymised":2,"memberships_removed":1,"touchpoints_removed":1}""", erased!.ToJsonString());
        Assert.Equal("""{"variant": "A", "anonymised": true}""", await app.Product.QueryAsync<string>("select event_data::text from marketing.campaign_events where contact_id = $1 and event_type = 'clicked' and device_type is null and location is null", id));
        Assert.Equal(0L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.suppressions where contact_id = $1", id));
        Assert.Contains("erasure", await LedgerAsync(email), StringComparison.Ordinal);
        Assert.Equal(0, (int)(await app.PostAsync("suppressions/erasures", new { contact_id = id })).Answer!["events_anonymised"]!);
        await app.Product.ExecuteAsync("insert into marketing.segment_members (segment_id, contact_id) select segment_id, $2 from marketing.campaigns where id = $1 on conflict (segment_id, contact_id) do update set removed_at = null", campaign, id);
        Assert.Equal(1, (int)(await app.PostAsync($"campaigns/{campaign}/dry-run")).Answer!["left_out"]!["suppressed"]!);
        var entry = await app.Product.QueryAsync<Guid>("select id from marketing_ops.suppressions where address_hash = $1 and reason = 'erasure'", SuppressContact.HashOf(email));
        using var lift = await app.Admin.DeleteAsync($"suppressions/{entry}?new_consent=true", Stop);
        Assert.Equal(HttpStatusCode.Conflict, lift.StatusCode);
    }

    [Fact]
    public async Task An_operator_finds_adds_and_lifts_entries_and_lifting_a_no_needs_a_new_yes()
    {
        var contact = await app.ContactAsync();
        var (_, manual) = await app.PostAsync("suppressions", new { contact_id = contact.Id });
        var (_, no) = await app.PostAsync("suppressions", new { email = contact.Email, reason = "unsubscribe", scope = "channel", scope_value = "email" });
        Assert.Equal(2, (await app.GetAsync($"suppressions?email={Uri.EscapeDataString(contact.Email)}")).AsArray().Count);
        Assert.Equal(2, (await app.GetAsync($"suppressions?contact_id={contact.Id}&is_active=true")).AsArray().Count);
        Assert.Single((await app.GetAsync($"suppressions?contact_id={contact.Id}&reason=manual")).AsArray());
        using (var writer = await app.ClientAsync(Scopes.Read, Scopes.Write)) Assert.Equal(403, (int)(await writer.DeleteAsync($"suppressions/{manual!["id"]}", Stop)).StatusCode);
        Assert.Equal(204, (int)(await app.Admin.DeleteAsync($"suppressions/{manual!["id"]}", Stop)).StatusCode);
        Assert.Equal(409, (int)(await app.Admin.DeleteAsync($"suppressions/{no!["id"]}", Stop)).StatusCode);
        Assert.Equal(204, (int)(await app.Admin.DeleteAsync($"suppressions/{no["id"]}?new_consent=true", Stop)).StatusCode);
        Assert.Equal("", await LedgerAsync(contact.Email));
        Assert.Equal(4L, await app.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where table_name = 'suppressions' and row_id in ($1, $2)", Guid.Parse((string)manual["id"]!), Guid.Parse((string)no["id"]!)));
        Assert.Equal(422, (await app.PostAsync("suppressions", new { email = "no address", scope = "list", reason = "erasure" })).Status);
    }

    [Fact]
    public async Task An_import_takes_the_good_lines_and_names_the_bad_ones()
    {
        var tag = Guid.NewGuid().ToString("N");
        var csv = new StringBuilder("\uFEFFemail,reason,scope,scope_value\r\n");
        for (var n = 0; n < 12_000; n++) csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"p{n}@{tag}.example.com,{(n % 3 == 0 ? "unsubscribe" : "")},{(n % 2 == 0 ? "list,offers" : ",")}\r\n");
        csv.Append("not an address,,,\r\n,,,\r\nq@example.com,sneezed,,\r\n\"=cmd()@example.com\",,all,x\r\n");
        for (var time = 0; time < 2; time++)
        {
            using var content = new StringContent(csv.ToString(), Encoding.UTF8, "text/csv");
            using var response = await app.Admin.PostAsync("suppressions/import", content, Stop);
            var outcome = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
            Assert.Equal((12_004, 12_000, 4), ((int)outcome["lines"]!, (int)outcome["stored"]!, (int)outcome["refused"]!));
            Assert.Equal([12_002, 12_003, 12_004, 12_005], outcome["errors"]!.AsArray().Select(error => (int)error!["line"]!));
        }
        Assert.Equal("list offers unsubscribe api", await LedgerAsync($"p0@{tag}.example.com"));
        Assert.Equal("all  manual api", await LedgerAsync($"P1@{tag}.EXAMPLE.com"));
        using var head = new StringContent("address\nx@example.com\n", Encoding.UTF8, "text/csv");
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Admin.PostAsync("suppressions/import", head, Stop)).StatusCode);
    }

    private async Task PostAsync(string link, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await Mailbox.PostAsync(link, content, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    // What holds against an address: scope, value, reason, source.
    private Task<string> LedgerAsync(string email) => app.Product.QueryAsync<string>("""
        select coalesce(string_agg(format('%s %s %s %s', scope, scope_value, reason, split_part(source, ':', 1)), ', ' order by scope, scope_value, reason), '')
        from marketing_ops.suppressions where address_hash = $1 and lifted_at is null and (expires_at is null or expires_at > now())
        """, SuppressContact.HashOf(email));

    private Task<long> EventsAsync(Guid campaign, Guid contact) => app.Product.QueryAsync<long>("select count(*) from marketing.campaign_events where campaign_id = $1 and contact_id = $2 and event_type = 'unsubscribed'", campaign, contact);
}
