using Marketing.Campaigns.Sending;
using Marketing.Identity;
using Marketing.Suppressions.Erasure;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Campaigns.Sending;

/// <summary>Who gets a campaign.</summary>
public sealed class FreezeTests(SendingFixture fixture) : IClassFixture<SendingFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_members_who_agreed_and_can_be_written_to_are_frozen_one_an_address()
    {
        string[] emails =
        [
            "freeze.good@example.com", "Freeze.Twice@example.com", "freeze.twice@example.com", " freeze.twice@example.com ", "\tfreeze.twice@example.com\n", "no-at.example.com", "two@@example.com", "no.domain@example", "",
            "freeze.suppressed@example.com", "freeze.listed@example.com", "freeze.otherlist@example.com", "freeze.expired@example.com", "freeze.lifted@example.com", "freeze.noconsent@example.com", "freeze.removed@example.com", "<x@example.com>",
        ];
        var campaign = await fixture.CampaignAsync(emails.Length, emails: emails, list: "offers");
        async Task SuppressAsync(string email, string scope, string value, string more) => await fixture.Product.ExecuteAsync(
            $"insert into marketing_ops.suppressions (address_hash, scope, scope_value, reason, source, expires_at, lifted_at) values (sha256(convert_to($1, 'UTF8')), $2, $3, 'manual', 'test', {more})", email, scope, value);
        await SuppressAsync("freeze.suppressed@example.com", "all", "", "null, null");
        await SuppressAsync("freeze.listed@example.com", "list", "offers", "null, null");
        await SuppressAsync("freeze.otherlist@example.com", "list", "news", "null, null");
        await SuppressAsync("freeze.expired@example.com", "all", "", "now() - interval '1 day', null");
        await SuppressAsync("freeze.lifted@example.com", "all", "", "null, now()");
        await fixture.Product.ExecuteAsync("update directory.contacts set marketing_consent = false where email = 'freeze.noconsent@example.com'");
        await fixture.Product.ExecuteAsync("update marketing.segment_members set removed_at = now() where contact_id = (select id from directory.contacts where email = 'freeze.removed@example.com')");

        await using var worker = fixture.Worker();
        var freeze = worker.GetRequiredService<FreezeRecipients>();
        Assert.Equal(new Frozen(5, 0), await freeze.RunAsync(campaign, Stop));
        var frozen = await fixture.Product.QueryAsync<string[]>("select array_agg(lower(btrim(email, E' \\t\\n')) order by 1) from marketing_ops.campaign_sends s join directory.contacts c on c.id = s.contact_id where campaign_id = $1", campaign);
        Assert.Equal(["freeze.expired@example.com", "freeze.good@example.com", "freeze.lifted@example.com", "freeze.otherlist@example.com", "freeze.twice@example.com"], frozen.Order(StringComparer.Ordinal));

        // Frozen means frozen: who joins later is not written to, and freezing again changes nothing.
        await fixture.Product.ExecuteAsync("update marketing.segment_members set removed_at = null where contact_id = (select id from directory.contacts where email = 'freeze.removed@example.com')");
        Assert.Equal(new Frozen(5, 0), await freeze.RunAsync(campaign, Stop));
    }

    [Fact]
    public async Task The_holdout_and_the_variants_have_their_shares_and_the_holdout_gets_nothing()
    {
        const int contacts = 2_000;
        var campaign = await fixture.CampaignAsync(contacts, holdout: 0.2);
        await fixture.Product.ExecuteAsync("update marketing_ops.campaign_variants set share = 0.4 where campaign_id = $1", campaign);
        await fixture.Product.ExecuteAsync("insert into marketing_ops.campaign_variants (campaign_id, variant, share, source) select campaign_id, 'b', 0.4, source from marketing_ops.campaign_variants where campaign_id = $1", campaign);
        await using var worker = fixture.Worker();
        await SendingFixture.SendAsync(worker, campaign);
        async Task<long> CountAsync(string variant, string state) => await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.campaign_sends where campaign_id = $1 and variant = $2 and state = $3", campaign, variant, state);
        var (a, b, held) = (await CountAsync("a", "accepted"), await CountAsync("b", "accepted"), await CountAsync("holdout", "skipped"));
        Assert.Equal(contacts, a + b + held);
        Assert.InRange(a, 700, 900); // 800; five standard deviations are 110
        Assert.InRange(b, 700, 900);
        Assert.InRange(held, 310, 490); // 400; five are 90
        Assert.Equal(a + b, (await fixture.TakenAsync(campaign)).Count);
    }

    [Theory]
    [InlineData("freezing")]
    [InlineData("frozen, not committed")]
    [InlineData("frozen")]
    public async Task A_freeze_that_dies_is_whole_or_nothing_and_its_repetition_completes_it(string moment)
    {
        var campaign = await fixture.CampaignAsync(100);
        await using (var doomed = fixture.Worker(new KillAt(moment))) await Assert.ThrowsAsync<KilledException>(() => SendingFixture.SendAsync(doomed, campaign));
        Assert.Equal(moment == "frozen" ? 100 : 0, (await fixture.SendsAsync(campaign)).Length);
        await using var worker = fixture.Worker();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => worker.GetRequiredService<FreezeRecipients>().RunAsync(campaign, Stop)));
        Assert.Equal(100, (await fixture.SendsAsync(campaign)).Length);
    }

    [Fact]
    public async Task Who_unsubscribes_withdraws_consent_or_goes_away_between_freeze_and_submit_gets_nothing()
    {
        var campaign = await fixture.CampaignAsync(10, emails: ["leaves@example.com", "objects@example.com", "withdraws@example.com", "goes@example.com", "renamed@example.com", "joined@example.com"], list: "offers");
        await using var worker = fixture.Worker();
        await worker.GetRequiredService<FreezeRecipients>().RunAsync(campaign, Stop);
        await fixture.Product.ExecuteAsync("insert into marketing_ops.suppressions (address_hash, scope, scope_value, reason, source) values (sha256(convert_to('leaves@example.com', 'UTF8')), 'list', 'offers', 'unsubscribe', 'test'), (sha256(convert_to('objects@example.com', 'UTF8')), 'all', '', 'complaint', 'test')");
        await fixture.Product.ExecuteAsync("update directory.contacts set marketing_consent = false where email = 'withdraws@example.com'");
        await fixture.Product.ExecuteAsync("delete from marketing.segment_members where contact_id = (select id from directory.contacts where email = 'goes@example.com')");
        await fixture.Product.ExecuteAsync("delete from directory.contacts where email = 'goes@example.com'");
        // What reads as another address than it reaches, or as two, is none.
        await fixture.Product.ExecuteAsync("update directory.contacts set email = 'Ada <objects@example.com>' where email = 'renamed@example.com'");
        await fixture.Product.ExecuteAsync("update directory.contacts set email = E'joined@example.com\r\nBcc: objects@example.com' where email = 'joined@example.com'");
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 4, ["suppressed"] = 3, ["skipped"] = 3 }, await fixture.StatesAsync(campaign));
        Assert.DoesNotContain(fixture.Stub.Taken.All, message => message.To is "leaves@example.com" or "objects@example.com" or "withdraws@example.com" or "goes@example.com");
    }

    [Fact]
    public async Task Who_was_erased_is_neither_frozen_nor_written_to_also_as_a_new_contact()
    {
        await using var worker = fixture.Worker();
        var erase = worker.GetRequiredService<EraseContact>();
        await erase.RunAsync(null, "erased.long.ago@example.com", Caller.Job("test"), Stop);
        var campaign = await fixture.CampaignAsync(3, emails: ["Erased.Long.Ago@example.com", "erased.now@example.com", "stays@example.com"]);
        Assert.Equal(new Frozen(2, 0), await worker.GetRequiredService<FreezeRecipients>().RunAsync(campaign, Stop));
        await erase.RunAsync(null, "erased.now@example.com", Caller.Job("test"), Stop);
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Single(await fixture.TakenAsync(campaign));
        Assert.DoesNotContain(fixture.Stub.Taken.All, message => message.To.StartsWith("erased", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 1, ["suppressed"] = 1 }, await fixture.StatesAsync(campaign));
    }
}
