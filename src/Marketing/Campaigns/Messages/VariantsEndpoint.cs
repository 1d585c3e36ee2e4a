using System.Text.Json.Nodes;
using Marketing.Data.External;
using Marketing.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Messages;

/// <summary>
/// <c>GET /api/campaigns/{id}/variants?metric=clicked</c>: what each variant achieved among people, and whether the difference to the first is more than chance. The
/// variant of a contact follows from campaign and contact alone, so every event counts for it, whatever the provider told; what machines did is left out.
/// <c>bookings</c> compares all, with those held out, by bookings made since the start.
/// </summary>
internal static class VariantsEndpoint
{
    private const int MaxSeconds = 60;
    private static readonly string[] Metrics = ["clicked", "opened", "converted", "unsubscribed", "bookings"];

    /// <summary>Answers.</summary>
    public static async Task RunAsync(HttpContext context)
    {
        var metric = context.Request.Query["metric"].ToString() is { Length: > 0 } wanted ? wanted : "clicked";
        if (!Metrics.Contains(metric)) throw new ProblemException(Problem.BadRequest("invalid_query", $"metric is one of {string.Join(", ", Metrics)}."));
        var id = await CampaignRequest.VisibleAsync(context);
        CampaignRequest.SeesEveryMember(context);
        var lines = metric == "bookings" ? await BookingsAsync(context, id) : await EventsAsync(context, id, metric);
        if (lines.Count == 0) throw new ProblemException(LoadMessages.NoEmail);
        var first = lines[0];
        var compared = lines.Skip(1).ToList();
        await Results.Text(new JsonObject
        {
            ["metric"] = metric,
            ["of"] = metric == "bookings" ? "people" : "people whose message was delivered, or sent where deliveries are not reported",
            ["level"] = CompareVariants.Level,
            ["comparisons"] = compared.Count,
            ["variants"] = new JsonArray([.. lines.Select(line => (JsonNode)Line(line, line == first ? null : CompareVariants.Run((first.People, first.Did), (line.People, line.Did), compared.Count), first.Variant))]),
        }.ToJsonString(), "application/json").ExecuteAsync(context);
    }

    private static JsonObject Line((string Variant, decimal Share, long People, long Did) line, Comparison? comparison, string first)
    {
        var json = new JsonObject { ["variant"] = line.Variant, ["share"] = line.Share, ["people"] = line.People, ["did"] = line.Did, ["rate"] = line.People == 0 ? null : Math.Round((double)line.Did / line.People, 6) };
        if (comparison is not null)
            json["against"] = new JsonObject
            {
                ["variant"] = first,
                ["difference"] = Math.Round(comparison.Difference, 6),
                ["from"] = Math.Round(comparison.Low, 6),
                ["to"] = Math.Round(comparison.High, 6),
                ["z"] = comparison.Z is { } z ? Math.Round(z, 4) : null,
                ["p"] = comparison.P is { } p ? Math.Round(p, 6) : null,
                ["verdict"] = comparison.Verdict,
            };
        return json;
    }

    private static async Task<List<(string Variant, decimal Share, long People, long Did)>> EventsAsync(HttpContext context, Guid id, string metric)
    {
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            with placed as (
                select contact_id, bool_or(event_type = 'sent') as sent, bool_or(event_type = 'delivered') as delivered, bool_or(event_type = $2 and coalesce(event_data ->> 'machine', '') <> 'true') as did
                from   marketing.campaign_events where campaign_id = $1 and event_type in ('sent', 'delivered', $2) group by contact_id),
            reported as (select coalesce(bool_or(delivered), false) as deliveries from placed)
            select v.variant, v.share, count(placed.contact_id) filter (where case when deliveries then delivered else sent end), count(placed.contact_id) filter (where did and case when deliveries then delivered else sent end)
            from   marketing_ops.campaign_variants v join marketing_ops.campaign_variant_ranges range on range.campaign_id = v.campaign_id and range.variant = v.variant cross join reported
                   left join placed on marketing_ops.campaign_bucket($1, placed.contact_id) >= range.from_share and marketing_ops.campaign_bucket($1, placed.contact_id) < range.until_share
            where  v.campaign_id = $1 group by v.variant, v.share order by v.variant
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(metric);
        return await LinesAsync(command, context.RequestAborted);
    }

    // People: those whom something was sent, and for the holdout the members of the segment that fall into it with consent.
    private static async Task<List<(string Variant, decimal Share, long People, long Did)>> BookingsAsync(HttpContext context, Guid id)
    {
        var tables = context.RequestServices.GetRequiredService<IOptions<ExternalTables>>().Value;
        await using var command = context.RequestServices.GetRequiredService<NpgsqlDataSource>().CreateCommand($"""
            with ranges as (
                select range.variant, v.share, from_share, until_share from marketing_ops.campaign_variant_ranges range join marketing_ops.campaign_variants v using (campaign_id, variant) where campaign_id = $1
                union all select 'holdout', holdout, 1 - holdout::double precision, 2 from marketing_ops.campaign_emails where campaign_id = $1 and holdout > 0),
            people as (
                select distinct contact_id from marketing.campaign_events where campaign_id = $1 and event_type = 'sent'
                union
                select member.contact_id from marketing.campaigns m join marketing.segment_members member on member.segment_id = m.segment_id and member.removed_at is null
                       join {tables.Contacts} c on c.{tables.ContactId} = member.contact_id and c.{tables.ContactMarketingConsent}
                       join marketing_ops.campaign_emails e on e.campaign_id = m.id and e.holdout > 0 and marketing_ops.campaign_bucket($1, member.contact_id) >= 1 - e.holdout::double precision
                where  m.id = $1),
            counted as (
                select contact_id, marketing_ops.campaign_bucket($1, contact_id) as bucket, exists (
                    select from {tables.Reservations} r where r.{tables.ReservationContactId} = contact_id and r.{tables.ReservationStatus} not in ('cancelled', 'no_show')
                    and r.{tables.ReservationBookedAt} >= (select started_at from marketing_ops.campaign_emails where campaign_id = $1)) as did
                from people)
            select variant, share, count(contact_id), count(contact_id) filter (where did) from ranges left join counted on bucket >= from_share and bucket < until_share
            group by variant, share order by (variant = 'holdout') desc, variant
            """);
        command.Parameters.AddWithValue(id);
        return await LinesAsync(command, context.RequestAborted);
    }

    private static async Task<List<(string Variant, decimal Share, long People, long Did)>> LinesAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        command.CommandTimeout = MaxSeconds;
        var lines = new List<(string Variant, decimal Share, long People, long Did)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) lines.Add((reader.GetString(0), reader.GetDecimal(1), reader.GetInt64(2), reader.GetInt64(3)));
        return lines;
    }
}
