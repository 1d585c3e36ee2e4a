using Marketing.Campaigns;
using Marketing.IntegrationTests.Support;
using Marketing.Webhooks.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Webhooks;

public sealed class RecordEventsTests(ProductFixture product) : IClassFixture<ProductFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 3 8", "", true)]
    [InlineData("0 3 6", "", false)]
    [InlineData("0 3 8", "5", false)]
    [InlineData("0 3 8", "9", true)]
    [InlineData("0 3 8 10 12", "5", false)]
    [InlineData("0 3 8 12 16", "5", true)]
    public async Task Three_soft_bounces_in_a_row_over_a_week_suppress_in_whatever_order_they_arrive(string bouncedOn, string deliveredOn, bool isSuppressed)
    {
        var events = Days(bouncedOn).Select(day => (day, Type: "bounced", Consequence.SoftBounce)).Concat(Days(deliveredOn).Select(day => (day, Type: "delivered", Consequence.None))).ToList();
        foreach (var order in new[] { events, [.. events.AsEnumerable().Reverse()], [.. events.OrderBy(e => e.day % 3)] })
        {
            var (campaign, contact, email) = await NewAsync();
            foreach (var (day, type, consequence) in order)
                await RecordAsync(new ProviderEvent(Guid.NewGuid().ToString(), type, null, Start.AddDays(day), "{}") { Campaign = campaign.ToString(), Contact = contact.ToString(), Email = email, Consequence = consequence });
            Assert.Equal(isSuppressed, await IsSuppressedAsync(email, "soft_bounces"));
        }
    }

    [Fact]
    public async Task Lists_are_left_and_joined_again_and_an_old_event_does_not_undo_what_was_lifted_since()
    {
        var (_, _, email) = await NewAsync();
        await RecordAsync(Consequent(email, Consequence.UnsubscribeFromList, 5));
        Assert.True(await IsSuppressedAsync(email, "unsubscribe"));
        await RecordAsync(Consequent(email, Consequence.ResubscribeToList, 3));
        Assert.True(await IsSuppressedAsync(email, "unsubscribe"));
        await RecordAsync(Consequent(email, Consequence.ResubscribeToList, 7));
        Assert.False(await IsSuppressedAsync(email, "unsubscribe"));
        await RecordAsync(Consequent(email, Consequence.UnsubscribeFromList, 6));
        Assert.False(await IsSuppressedAsync(email, "unsubscribe"));
        await RecordAsync(Consequent(email, Consequence.UnsubscribeFromList, 8));
        Assert.True(await IsSuppressedAsync(email, "unsubscribe"));
    }

    [Fact]
    public async Task Machines_are_flagged_and_not_counted_as_people()
    {
        var (campaign, contact, email) = await NewAsync();
        ProviderEvent Event(string type, double seconds, string? url = null, bool isMachine = false) => new(Guid.NewGuid().ToString(), type, null, Start.AddSeconds(seconds), "{}")
        { Campaign = campaign.ToString(), Contact = contact.ToString(), Email = email, Url = url, IsMachine = isMachine };
        await RecordAsync(Event("delivered", 0), Event("opened", 1, isMachine: true));
        // A scanner's clicks, in three calls out of order; an hour later a person's.
        await RecordAsync(Event("clicked", 4, "https://example.com/c"));
        await RecordAsync(Event("clicked", 2, "https://example.com/a"), Event("clicked", 3600, "https://example.com/a"));
        await RecordAsync(Event("clicked", 3, "https://example.com/b"));
        await product.Services.GetRequiredService<RollupMetrics>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal("""{"opened": 1, "clicked": 4, "delivered": 1} {"opened": 0, "clicked": 1, "delivered": 1}""", await product.QueryAsync<string>(
            "select concat((select jsonb_object_agg(key, value) from jsonb_each(actual_metrics -> 'events')), ' ', actual_metrics -> 'contacts') from marketing.campaigns where id = $1", campaign));
        Assert.Equal(1L, await product.QueryAsync<long>("select count(*) from marketing_ops.touchpoints where contact_id = $1 and not is_machine", contact));
    }

    [Fact]
    public async Task A_year_late_twice_and_before_the_sent_row_it_comes_out_right()
    {
        var (campaign, contact, email) = await NewAsync();
        var opened = new ProviderEvent("late-open", "opened", null, Start.AddYears(-1), "{}") { Campaign = campaign.ToString(), Contact = contact.ToString(), Email = email };
        await RecordAsync(opened, opened with { EventId = "other" });
        await RecordAsync(opened, new ProviderEvent("late-sent", "sent", null, Start.AddYears(-1).AddMinutes(-5), "{}") { Campaign = campaign.ToString(), Email = email.ToUpperInvariant() });
        await product.Services.GetRequiredService<RollupMetrics>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal("opened:2025-03-01:2 sent:2025-03-01:1", await product.QueryAsync<string>(
            "select string_agg(event_type || ':' || value || ':' || events, ' ' order by event_type) from marketing_ops.campaign_event_parts where campaign_id = $1 and dimension = 'day'", campaign));
    }

    private static IEnumerable<int> Days(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(day => int.Parse(day, System.Globalization.CultureInfo.InvariantCulture));

    private static ProviderEvent Consequent(string email, Consequence consequence, int day) => new(Guid.NewGuid().ToString(), null, "test", Start.AddDays(day), "{}") { Email = email, Consequence = consequence, List = "17" };

    private async Task<(Guid Campaign, Guid Contact, string Email)> NewAsync()
    {
        var email = $"{Guid.NewGuid():N}@example.org";
        var contact = await product.QueryAsync<Guid>("insert into directory.contacts (id, first_name, last_name, email, country, language) values (gen_random_uuid(), 'A', 'B', $1, 'PT', 'pt') returning id", email);
        return (await product.QueryAsync<Guid>("insert into marketing.campaigns (campaign_name, campaign_type) values ('Events', 'email') returning id"), contact, email);
    }

    private async Task RecordAsync(params ProviderEvent[] events)
    {
        await using var connection = await product.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await product.Services.GetRequiredService<RecordEvents>().RunAsync(connection, transaction, "test", Guid.NewGuid(), events, TestContext.Current.CancellationToken);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
    }

    private Task<bool> IsSuppressedAsync(string email, string reason) => product.QueryAsync<bool>(
        "select exists (select from marketing_ops.suppressions where address_hash = sha256(convert_to($1, 'UTF8')) and reason = $2 and lifted_at is null)", email, reason);
}
