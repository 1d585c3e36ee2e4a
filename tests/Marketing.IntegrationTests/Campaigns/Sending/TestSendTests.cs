using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketing.Campaigns.Sending;
using Marketing.Identity;
using Marketing.IntegrationTests.Support;
using Marketing.Problems;
using Marketing.Suppressions;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Campaigns.Sending;

/// <summary>Messages to colleagues before a campaign goes out.</summary>
public sealed class TestSendTests(SendingFixture fixture) : IClassFixture<SendingFixture>
{
    private static readonly Dictionary<string, object?> Ada = new() { ["first_name"] = "Ada" };
    private static readonly Caller Tester = Caller.Job("tester");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sendgrid")]
    [InlineData("azure")]
    [InlineData("smtp")]
    public async Task A_test_reaches_its_addresses_and_no_recipient_of_the_campaign(string provider)
    {
        var campaign = await fixture.CampaignAsync(3, provider);
        await using var worker = fixture.Worker();
        string[] to = [$"one.{provider}@example.com", $"two.{provider}@example.com", $"left.{provider}@example.com"];
        await using (var connection = await fixture.Product.Database.OpenConnectionAsync(Stop)) await SuppressContact.RunAsync(connection, [new Suppression(to[2].ToUpperInvariant(), null, "unsubscribe", "test")], Stop);
        var sent = await SendAsync(worker, campaign, to);
        Assert.Equal(["accepted", "accepted", "suppressed"], sent.Select(one => one.State));

        var taken = fixture.Stub.Taken.All.Concat(fixture.Smtp.Taken.All).Where(message => to.Contains(message.To)).ToList();
        Assert.Equal(to[..2], taken.Select(message => message.To).Order());
        Assert.All(taken, message => Assert.Contains("[Test] News for Ada", message.Subject, StringComparison.Ordinal));
        Assert.Equal(2, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.test_sends where campaign_id = $1 and state = 'accepted' and requested_by = $2", campaign, Tester.Name));
        Assert.Equal(1, await fixture.Product.QueryAsync<long>("select count(*) from marketing_ops.audit_log where row_id = $1 and action = 'test_send'", campaign));
        Assert.Empty(await fixture.StatesAsync(campaign));

        // What the provider reports of a test is no event of the campaign.
        if (provider == "sendgrid") await fixture.ReportAsync(worker, taken, "delivered");
        Assert.Equal((0, 0), await fixture.EventsAsync(campaign, "delivered"));
        await SendingFixture.SendAsync(worker, campaign);
        Assert.Equal(new Dictionary<string, long> { ["accepted"] = 3 }, await fixture.StatesAsync(campaign));
    }

    [Fact]
    public async Task Tests_have_a_limit_of_their_own_say_what_the_provider_said_and_leave_the_campaign_alone()
    {
        var campaign = await fixture.CampaignAsync(3);
        await using (var revoked = fixture.Worker(settings: ("Sending:SendGrid:ApiKey", "SG.revoked")))
        {
            var refused = Assert.Single(await SendAsync(revoked, campaign, ["refused@example.com"]));
            Assert.Equal("rejected", refused.State);
            Assert.Contains("401", refused.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain("SG.revoked", refused.Reason, StringComparison.Ordinal);
        }
        Assert.Equal("active", await fixture.Product.QueryAsync<string>("select status from marketing.campaigns where id = $1", campaign));

        await using var worker = fixture.Worker();
        var sent = new List<TestSent>();
        for (var round = 0; round < 7; round++) sent.AddRange(await SendAsync(worker, campaign, [.. Enumerable.Range(0, 10).Select(i => $"limit{round}.{i}@example.com")]));
        Assert.Equal(59, sent.Count(one => one.State == "accepted")); // of 60, one was refused above
        Assert.Equal(11, sent.Count(one => one.State == "skipped"));
        var unknown = await Assert.ThrowsAsync<ProblemException>(() => SendAsync(worker, campaign, ["x@example.com"], "z"));
        Assert.Equal(422, unknown.Problem.Status);
    }

    [Fact]
    public async Task A_copy_of_the_database_sends_no_test()
    {
        var campaign = await fixture.CampaignAsync(1);
        await using (var home = fixture.Worker()) await SendingFixture.DispatchAsync(home);
        await using var copy = fixture.Worker(settings: ("Environment:Name", "staging"));
        var fenced = await Assert.ThrowsAsync<ProblemException>(() => SendAsync(copy, campaign, ["fenced@example.com"]));
        Assert.Equal(409, fenced.Problem.Status);
    }

    private static async Task<IReadOnlyList<TestSent>> SendAsync(ServiceProvider worker, Guid campaign, string[] to, string? variant = null)
    {
        await using var scope = worker.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TestSend>().RunAsync(campaign, variant, to, Ada, Tester, Stop);
    }
}

/// <summary>The endpoint of test messages.</summary>
public sealed class TestSendEndpointTests(FunctionAppFixture app) : IClassFixture<FunctionAppFixture>
{
    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"to":[]}""")]
    [InlineData("""{"to":"me@example.com"}""")]
    [InlineData("""{"to":["Me <me@example.com>"]}""")]
    [InlineData("""{"to":["me@example.com\r\nBcc: you@example.com"]}""")]
    [InlineData("""{"to":["me@example.com","ME@example.com"]}""")]
    [InlineData("""{"to":["a@example.com","b@example.com","c@example.com","d@example.com","e@example.com","f@example.com","g@example.com","h@example.com","i@example.com","j@example.com","k@example.com"]}""")]
    [InlineData("""{"to":["me@example.com"],"contact_id":"x"}""")]
    [InlineData("""{"to":["me@example.com"],"cc":["you@example.com"]}""")]
    public async Task Anything_but_a_few_plain_addresses_is_refused(string body)
    {
        var campaign = (string)(await app.CreateAsync("campaigns", new { campaign_name = "Tested", campaign_type = "email" }))["id"]!;
        using var response = await app.Admin.PostAsJsonAsync($"campaigns/{campaign}/test_send", JsonNode.Parse(body), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task It_needs_the_scope_publish_and_a_campaign_with_an_email()
    {
        var campaign = (string)(await app.CreateAsync("campaigns", new { campaign_name = "Tested", campaign_type = "email" }))["id"]!;
        var body = JsonNode.Parse("""{"to":["me@example.com"]}""");
        var writer = await app.ClientAsync(Scopes.Read, Scopes.Write);
        using var forbidden = await writer.PostAsJsonAsync($"campaigns/{campaign}/test_send", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using var nothing = await app.Admin.PostAsJsonAsync($"campaigns/{campaign}/test_send", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
        Assert.Contains("no_email", await nothing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
