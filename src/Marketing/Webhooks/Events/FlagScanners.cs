using Npgsql;
using NpgsqlTypes;

namespace Marketing.Webhooks.Events;

/// <summary>
/// Flags clicks of security scanners, which follow every link of a message within seconds: three different links of one campaign by one contact
/// within five seconds are no person's. The order in which clicks arrive does not matter; rollup and touchpoints follow the flag.
/// </summary>
internal static class FlagScanners
{
    /// <summary>Looks at the contacts whose clicks have just been recorded.</summary>
    public static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<(ProviderEvent Event, Recipient Recipient)> events, CancellationToken cancellationToken)
    {
        var clicks = events.Where(line => line.Event is { EventType: "clicked", Url: not null } && line.Recipient is { Campaign: not null, Contact: not null }).ToList();
        if (clicks.Count == 0) return;
        await using var command = new NpgsqlCommand("""
            with clicked as (select distinct * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as c (contact_id, campaign_id, at)),
            near as (
                select distinct t.source_key, t.contact_id, t.campaign_id, t.at, t.url
                from   clicked join marketing_ops.touchpoints t on t.contact_id = clicked.contact_id and t.campaign_id = clicked.campaign_id
                       and t.at between clicked.at - interval '10 seconds' and clicked.at + interval '10 seconds'
                where  t.kind = 'click'
            ),
            bursts as (
                select start.contact_id, start.campaign_id, start.at
                from   near start join near other on other.contact_id = start.contact_id and other.campaign_id = start.campaign_id and other.at between start.at and start.at + interval '5 seconds'
                group by start.contact_id, start.campaign_id, start.at having count(distinct other.url) >= 3
            )
            update marketing.campaign_events set event_data = event_data || '{"machine": true}'
            where  id = any(array(select near.source_key::uuid from near join bursts on bursts.contact_id = near.contact_id and bursts.campaign_id = near.campaign_id
                                  and near.at between bursts.at and bursts.at + interval '5 seconds'))
              and  event_data ->> 'machine' is null
            """, connection);
        command.Parameters.Add(new() { Value = clicks.Select(line => line.Recipient.Contact!.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = clicks.Select(line => line.Recipient.Campaign!.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = clicks.Select(line => line.Event.At.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
