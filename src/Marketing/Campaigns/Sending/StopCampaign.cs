using Npgsql;

namespace Marketing.Campaigns.Sending;

/// <summary>
/// Pauses a campaign by itself. Its queued recipients stay queued; a person reads why, mends it, and starts the campaign again;
/// complaints and refusals are then counted from there.
/// </summary>
internal static class StopCampaign
{
    /// <summary>Pauses it in the transaction of the connection, when it is active.</summary>
    public static async Task RunAsync(NpgsqlConnection connection, Guid campaignId, string reason, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            with paused as (
                update marketing.campaigns set status = 'paused' where id = $1 and status = 'active' returning id),
            told as (
                update marketing_ops.campaign_sendings sending
                set    stopped_at = now(), stopped_reason = $2, answered = 0, refused = 0,
                       delivered_before = coalesce((select contacts from marketing_ops.campaign_event_totals where campaign_id = $1 and event_type = 'delivered'), 0),
                       complained_before = coalesce((select contacts from marketing_ops.campaign_event_totals where campaign_id = $1 and event_type = 'complained'), 0)
                where  campaign_id in (select id from paused))
            insert into marketing_ops.audit_log (at, actor, action, table_name, row_id, changes)
            select now(), 'job:send_campaign', 'pause', 'campaigns', id, jsonb_build_object('status', jsonb_build_object('from', 'active', 'to', 'paused'), 'reason', $2) from paused
            """, connection);
        command.Parameters.AddWithValue(campaignId);
        command.Parameters.AddWithValue(reason);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
