using System.Text.Json;
using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Webhooks.SendGrid;

/// <summary>
/// Turns a batch into rows of <c>campaign_events</c> in one statement. Each event is remembered by SendGrid's id, so that repeats, in any
/// batch and any order, change nothing. What names no known campaign or contact is set aside with its reason.
/// </summary>
internal sealed class RecordSendGridEvents(IOptions<ExternalTables> external)
{
    /// <summary>Records the batch within an open transaction.</summary>
    /// <exception cref="JsonException">The body is no JSON array.</exception>
    public async Task RunAsync(NpgsqlConnection connection, Guid deliveryId, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(body);
        if (document.RootElement.ValueKind != JsonValueKind.Array) throw new JsonException("The body is no JSON array.");
        var events = document.RootElement.EnumerateArray().Select(json => SendGridEvent.Read(json, receivedAt)).DistinctBy(read => read.EventId).ToList();

        var contacts = external.Value;
        await using var command = new NpgsqlCommand($"""
            with incoming as (
                select * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::jsonb[])
                    as i (event_id, event_type, reason, campaign, contact, email, at, event)
            ),
            resolved as (
                select i.*, campaign.id as campaign_uuid, coalesce(by_id.id, by_email.id) as contact_uuid
                from   incoming i
                left join marketing.campaigns campaign on campaign.id::text = lower(i.campaign) or campaign.campaign_id = i.campaign
                left join lateral (select {contacts.ContactId} as id from {contacts.Contacts} where {contacts.ContactId}::text = lower(i.contact)) by_id on true
                left join lateral (select {contacts.ContactId} as id from {contacts.Contacts} where i.contact is null and lower({contacts.ContactEmail}) = lower(i.email) limit 1) by_email on true
            ),
            judged as (
                select *, case
                    when event_type is null then 'ignored'
                    when campaign_uuid is null or contact_uuid is null then 'set_aside'
                    else 'recorded' end as outcome,
                    coalesce(reason, nullif(concat_ws(' ',
                        case when campaign_uuid is null then 'No campaign is called ' || coalesce(left(campaign, 100), '(the event names none in its custom argument campaign_id)') || '.' end,
                        case when contact_uuid is null then 'No contact has the id or address of the event.' end), '')) as why
                from resolved
            ),
            fresh as (
                insert into marketing_ops.webhook_events (provider, event_id, delivery_id, outcome, reason, campaign_event_id, event, processed_at)
                select 'sendgrid', event_id, $1, outcome, why, case when outcome = 'recorded' then generate_uuid_v7() end, event, now()
                from   judged
                order by event_id
                on conflict (provider, event_id) do nothing
                returning event_id, campaign_event_id
            )
            insert into marketing.campaign_events (id, campaign_id, contact_id, event_type, event_timestamp, event_data, channel)
            select fresh.campaign_event_id, campaign_uuid, contact_uuid, event_type, at, event - 'email', 'email'
            from   fresh join judged using (event_id)
            where  fresh.campaign_event_id is not null
            """, connection);
        command.Parameters.AddWithValue(deliveryId);
        foreach (var column in new Func<SendGridEvent, string?>[] { e => e.EventId, e => e.EventType, e => e.Reason, e => e.Campaign, e => e.Contact, e => e.Email })
            command.Parameters.Add(new() { Value = events.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = events.Select(e => e.At.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = events.Select(e => e.Event.GetRawText()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
