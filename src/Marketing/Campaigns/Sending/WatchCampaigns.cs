using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>Ends what is over: recipients of campaigns that were cancelled or are too late, campaigns that go wrong, campaigns that are done. Safe to repeat.</summary>
internal sealed partial class WatchCampaigns(NpgsqlDataSource database, IOptions<SendingOptions> settings, ILogger<WatchCampaigns> logger)
{
    private const int MostRows = 20_000;

    private readonly SendingOptions options = settings.Value;

    /// <summary>Looks at all of them.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await LeaveOutAsync(cancellationToken);
        await PauseAsync(cancellationToken);
        await CompleteAsync(cancellationToken);
    }

    // What a cancelled campaign, or one that is too late, has not sent will not be sent.
    private async Task LeaveOutAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with ended as (
                select sending.campaign_id, case when campaign.status = 'cancelled' then 'cancelled' else 'too_late' end as reason
                from   marketing_ops.campaign_sendings sending join marketing.campaigns campaign on campaign.id = sending.campaign_id
                where  sending.completed_at is null and (campaign.status = 'cancelled' or (campaign.status = 'active' and sending.late_after < now()))),
            left_over as (
                select send.campaign_id, send.send_id, ended.reason
                from   ended join marketing_ops.campaign_sends send on send.campaign_id = ended.campaign_id and send.state = 'queued'
                limit  $1 for update of send skip locked)
            update marketing_ops.campaign_sends send set state = 'skipped', reason = left_over.reason, finished_at = now()
            from   left_over where send.campaign_id = left_over.campaign_id and send.send_id = left_over.send_id
            """);
        command.Parameters.AddWithValue(MostRows);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Complaints come by events, so from the sums of the rollup. Refusals are judged where they are recorded.
    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        var found = new List<(Guid Campaign, double Share)>();
        await using (var command = database.CreateCommand("""
            select campaign_id, complained::double precision / delivered
            from   (select sending.campaign_id,
                           coalesce(sum(totals.contacts) filter (where event_type = 'delivered'), 0) - min(delivered_before) as delivered,
                           coalesce(sum(totals.contacts) filter (where event_type = 'complained'), 0) - min(complained_before) as complained
                    from   marketing_ops.campaign_sendings sending
                    join   marketing.campaigns campaign on campaign.id = sending.campaign_id and campaign.status = 'active'
                    join   marketing_ops.campaign_event_totals totals on totals.campaign_id = sending.campaign_id
                    group  by sending.campaign_id) sums
            where  delivered >= $1 and complained > delivered * $2
            """))
        {
            command.Parameters.AddWithValue(Math.Max(1, options.ComplaintsAfter));
            command.Parameters.AddWithValue(options.PauseAtComplaints);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) found.Add((reader.GetGuid(0), reader.GetDouble(1)));
        }
        foreach (var (campaign, share) in found)
        {
            var reason = string.Create(CultureInfo.InvariantCulture, $"{share:P2} of the deliveries were complaints.");
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await StopCampaign.RunAsync(connection, campaign, reason, cancellationToken);
            CampaignPaused(logger, campaign, reason);
        }
    }

    private async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with final as (
                select sending.campaign_id from marketing_ops.campaign_sendings sending
                where  sending.frozen_at is not null and sending.completed_at is null
                and    not exists (select from marketing_ops.campaign_sends where campaign_id = sending.campaign_id and state = 'queued')
                and    not exists (select from marketing_ops.campaign_sends where campaign_id = sending.campaign_id and state in ('submitted', 'unconfirmed'))),
            done as (
                update marketing.campaigns set status = 'completed' where status = 'active' and id in (select campaign_id from final) returning id),
            told as (
                update marketing_ops.campaign_sendings set completed_at = now()
                where  campaign_id in (select id from done) or campaign_id in (select final.campaign_id from final join marketing.campaigns on id = final.campaign_id where status = 'cancelled'))
            insert into marketing_ops.audit_log (at, actor, action, table_name, row_id, changes)
            select now(), 'job:dispatch_sends', 'complete', 'campaigns', id, '{"status":{"from":"active","to":"completed"}}' from done
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(4202, LogLevel.Warning, "Campaign {CampaignId} is paused: {Reason}")]
    private static partial void CampaignPaused(ILogger logger, Guid campaignId, string reason);
}
