using System.Globalization;
using System.Text.Json;
using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Attribution;

/// <summary>
/// Writes a <c>converted</c> event for the latest campaign that touched the guest before a booking, one a booking (primary key of
/// <c>attributed_reservations</c>), and takes it back or writes it anew when the booking changes or is cancelled.
/// </summary>
internal sealed class RecordConversions(IOptions<ExternalTables> external)
{
    /// <summary>Brings events and memory of these bookings up to date, within an open transaction.</summary>
    public async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<Journey> journeys, CancellationToken cancellationToken)
    {
        if (journeys.Count == 0) return;
        var contacts = external.Value;
        await using var command = new NpgsqlCommand($"""
            with wanted as (
                select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::text[]) as w (reservation_id, fingerprint, key, campaign, contact, at, data)
            ),
            differing as (
                select wanted.*, known.conversion_event_id as old_event, case when key is not null and exists (select from {contacts.Contacts} c where c.{contacts.ContactId} = wanted.contact) then generate_uuid_v7() end as new_event
                from   wanted left join marketing_ops.attributed_reservations known using (reservation_id)
                where  known.conversion_key is distinct from wanted.key
            ),
            removed as (delete from marketing.campaign_events where id in (select old_event from differing where old_event is not null)),
            added as (
                insert into marketing.campaign_events (id, campaign_id, contact_id, event_type, event_timestamp, event_data)
                select new_event, campaign, contact, 'converted', at, data::jsonb from differing where new_event is not null
            )
            insert into marketing_ops.attributed_reservations as known (reservation_id, fingerprint, conversion_key, conversion_event_id)
            select wanted.reservation_id, wanted.fingerprint, wanted.key, differing.new_event from wanted left join differing using (reservation_id)
            on conflict (reservation_id) do update set fingerprint = excluded.fingerprint, attributed_at = now(), conversion_key = excluded.conversion_key,
                conversion_event_id = case when known.conversion_key is distinct from excluded.conversion_key then excluded.conversion_event_id else known.conversion_event_id end
            """, connection)
        { CommandTimeout = 60 };
        command.Parameters.AddWithValue(journeys.Select(journey => journey.ReservationId).ToArray());
        command.Parameters.AddWithValue(journeys.Select(journey => journey.Fingerprint).ToArray());
        command.Parameters.Add(new() { Value = journeys.Select(Key).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = journeys.Select(journey => journey.ConvertingCampaign).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = journeys.Select(journey => journey.ContactId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = journeys.Select(journey => journey.BookedAt.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.AddWithValue(journeys.Select(Data).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string? Key(Journey journey) => journey.ConvertingCampaign is { } campaign
        ? string.Create(CultureInfo.InvariantCulture, $"{campaign} {journey.ContactId} {journey.BookedAt.UtcTicks} {journey.Revenue:0.00} {journey.Currency}")
        : null;

    private static string Data(Journey journey) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["provider"] = "attribution",
        ["reservation_id"] = journey.ReservationId,
        ["model"] = AttributionModel.LastTouch,
        ["revenue"] = journey.Revenue,
        ["currency"] = journey.Currency,
    });
}
