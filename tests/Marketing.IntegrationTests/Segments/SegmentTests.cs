using System.Text.Json;
using Marketing.IntegrationTests.Support;
using Marketing.Problems;
using Marketing.Segments.Criteria;
using Marketing.Segments.Refresh;
using Marketing.Suppressions;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.IntegrationTests.Segments;

public sealed class SegmentTests(ProductFixture product) : IClassFixture<ProductFixture>
{
    private const string German = """{"field":"contact.country","op":"eq","value":"DE"}""";

    [Theory]
    [InlineData("""{"field":"country","op":"in","value":["DE","NL"]}""", "c.country in ('DE', 'NL')")]
    [InlineData("""{"not":{"any":[{"field":"country","op":"eq","value":"DE"},{"field":"marketing_consent","op":"eq","value":true}]}}""", "not (c.country = 'DE' or c.marketing_consent)")]
    [InlineData("""{"field":"stays","operator":"gte","value":1}""", "exists (select from reservations.reservations r where r.contact_id = c.id and r.status not in ('cancelled', 'no_show') and r.check_out <= (now() at time zone 'UTC')::date)")]
    [InlineData("""{"field":"booking_channel","op":"not_in","value":["direct"]}""", "not exists (select from reservations.reservations r where r.contact_id = c.id and r.status not in ('cancelled', 'no_show') and r.channel = 'direct')")]
    [InlineData("""{"field":"total_spent","op":"between","value":[100,5000]}""", "(select coalesce(sum(r.total_amount), 0) from reservations.reservations r where r.contact_id = c.id and r.status not in ('cancelled', 'no_show') and r.check_out <= (now() at time zone 'UTC')::date) between 100 and 5000")]
    [InlineData("""{"not":{"field":"last_check_out","op":"before","value":"2026-01-01"}}""", "not exists (select from reservations.reservations r where r.contact_id = c.id and r.status not in ('cancelled', 'no_show') and r.check_out <= (now() at time zone 'UTC')::date having max(r.check_out) < '2026-01-01')")]
    public async Task Criteria_find_the_contacts_that_plain_sql_finds(string criteria, string sql)
    {
        var expected = await product.QueryAsync<long>($"select count(*) from directory.contacts c where {sql}");
        Assert.InRange(expected, 1, await product.QueryAsync<long>("select count(*) - 1 from directory.contacts"));
        var segment = await SegmentAsync(criteria);
        Assert.Equal((int)expected, await RefreshAsync(segment));
        Assert.Equal(0, await product.QueryAsync<long>($"select count(*) from directory.contacts c where ({sql}) is distinct from exists (select from marketing.segment_members m where m.segment_id = $1 and m.contact_id = c.id and m.removed_at is null)", segment));
    }

    [Theory]
    [InlineData("""{"all":[{"field":"shoe_size","op":"eq","value":3}]}""", "criteria.all[0].field", "unknown_field")]
    [InlineData("""{"field":"stays","op":"contains","value":3}""", "criteria.op", "not_allowed")]
    [InlineData("""{"field":"stays","op":"gte","value":"3"}""", "criteria.value", "wrong_type")]
    [InlineData("""{"field":"last_check_out","op":"before","value":"31.12.2026"}""", "criteria.value", "wrong_type")]
    [InlineData("""{"any":[]}""", "criteria.any", "required")]
    [InlineData("""{"not":{"performed":{"event":"sneezed"}}}""", "criteria.not.performed.event", "not_allowed")]
    [InlineData("""{"segment":"'; drop table x"}""", "criteria.segment", "wrong_type")]
    [InlineData("""{"all":[{"field":"country","op":"eq","value":"DE"}],"limit":3}""", "criteria.limit", "unknown_member")]
    public async Task What_cannot_be_understood_is_refused_at_its_place(string criteria, string field, string code)
    {
        using var json = JsonDocument.Parse(criteria);
        using var scope = product.Services.CreateScope();
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => scope.ServiceProvider.GetRequiredService<ReadCriteria>().RunAsync(json.RootElement, TestContext.Current.CancellationToken));
        var error = Assert.Single(refusal.Problem.Errors);
        Assert.Equal((field, code), (error.Field, error.Code));
    }

    [Fact]
    public async Task A_member_who_leaves_and_returns_keeps_the_row_and_refreshes_at_once_agree()
    {
        var segment = await SegmentAsync(German);
        var before = await RefreshAsync(segment);
        var contact = await product.QueryAsync<Guid>("select contact_id from marketing.segment_members where segment_id = $1 limit 1", segment);
        await product.ExecuteAsync("update marketing.segments set criteria = jsonb_build_object('not', criteria) where id = $1", segment);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RefreshAsync(segment)));
        Assert.NotEqual(default, await product.QueryAsync<DateTime>("select removed_at from marketing.segment_members where segment_id = $1 and contact_id = $2", segment, contact));
        await product.ExecuteAsync("update marketing.segments set criteria = criteria -> 'not' where id = $1", segment);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RefreshAsync(segment))), members => Assert.Equal(before, members));
        Assert.Equal(before, await product.QueryAsync<int>("select member_count from marketing.segments where id = $1", segment));
        Assert.Equal(before, await product.QueryAsync<long>("select count(*) from marketing.segment_members where segment_id = $1 and removed_at is null", segment));
        Assert.Equal(await product.QueryAsync<long>("select count(*) from directory.contacts"), await product.QueryAsync<long>("select count(*) from marketing.segment_members where segment_id = $1", segment));
    }

    [Fact]
    public async Task A_preview_counts_and_explains_without_writing()
    {
        var contact = await product.QueryAsync<Guid>("select id from directory.contacts where country = 'DE' limit 1");
        using var json = JsonDocument.Parse($$"""{"all":[{{German}},{"field":"stays","op":"gte","value":1000}]}""");
        using var scope = product.Services.CreateScope();
        var preview = scope.ServiceProvider.GetRequiredService<PreviewSegment>();
        var found = await preview.RunAsync(json.RootElement.GetProperty("all")[0], TestContext.Current.CancellationToken);
        Assert.Equal(await product.QueryAsync<long>("select count(*) from directory.contacts where country = 'DE'"), found["count"]!.GetValue<long>());
        Assert.True(found["estimated_cost"]!.GetValue<double>() > 0);
        var why = await preview.ExplainAsync(json.RootElement, contact, TestContext.Current.CancellationToken);
        Assert.False(why!["matches"]!.GetValue<bool>());
        Assert.Equal([true, false], why["clauses"]!.AsArray().Select(clause => clause!["matches"]!.GetValue<bool>()));
        Assert.Null(await preview.ExplainAsync(json.RootElement, Guid.NewGuid(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_suppression_holds_for_every_spelling_until_it_expires_and_is_written_once()
    {
        await using var connection = await product.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var suppressions = new[] { new Suppression(" Ada@Example.com", null, "complaint", "test"), new Suppression("ada@example.com", null, "complaint", "test") { ExpiresAt = DateTimeOffset.UnixEpoch }, new Suppression("old@example.com", null, "manual", "test") { ExpiresAt = DateTimeOffset.UnixEpoch } };
        for (var i = 0; i < 2; i++) await SuppressContact.RunAsync(connection, suppressions, TestContext.Current.CancellationToken);
        Assert.Equal(2, await product.QueryAsync<long>("select count(*) from marketing_ops.suppressions"));
        Assert.Equal(["ADA@example.com"], await product.Services.GetRequiredService<Suppressed>().AmongAsync(connection, ["ADA@example.com", "old@example.com", "bob@example.com"], "", TestContext.Current.CancellationToken));
    }

    private Task<Guid> SegmentAsync(string criteria) => product.QueryAsync<Guid>("insert into marketing.segments (segment_name, segment_type, criteria) values ('Segment', 'dynamic', $1::jsonb) returning id", criteria);

    private async Task<int> RefreshAsync(Guid segment)
    {
        using var scope = product.Services.CreateScope();
        return (await scope.ServiceProvider.GetRequiredService<RefreshSegment>().RunAsync(segment, isFull: false, TestContext.Current.CancellationToken)).MemberCount;
    }
}
