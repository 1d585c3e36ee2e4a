using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Attribution.Exports;

/// <summary>
/// Queues bookings that marketing brought for the destinations that are named, of guests who agreed to marketing, each once: the ledger's unique key is
/// booking, destination and kind. What is cancelled after it was told is queued as a refund.
/// </summary>
internal sealed class QueueConversions(IOptions<ExternalTables> external, IOptions<AttributionOptions> options)
{
    /// <summary>Queues.</summary>
    public async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<IConversionDestination> destinations, CancellationToken cancellationToken)
    {
        var table = external.Value;
        await using var purchases = new NpgsqlCommand($"""
            insert into marketing_ops.conversion_exports (reservation_id, destination, kind, occurred_at)
            select known.reservation_id, destination.name, 'purchase', r.{table.ReservationBookedAt}
            from   marketing_ops.attributed_reservations known
            join   {table.Reservations} r on r.{table.ReservationId} = known.reservation_id
            join   {table.Contacts} c on c.{table.ContactId} = r.{table.ReservationContactId} and c.{table.ContactMarketingConsent}
            join   unnest($1::text[], $2::interval[]) as destination (name, max_age) on r.{table.ReservationBookedAt} > now() - destination.max_age and r.{table.ReservationBookedAt} <= now()
            where  known.conversion_event_id is not null and known.attributed_at > now() - (select max(age) from unnest($2::interval[]) age)
            on conflict do nothing
            """, connection);
        purchases.Parameters.AddWithValue(destinations.Select(destination => destination.Name).ToArray());
        purchases.Parameters.AddWithValue(destinations.Select(destination => destination.MaxAge).ToArray());
        await purchases.ExecuteNonQueryAsync(cancellationToken);

        // A change of the booking had it attributed anew, so what changed long ago was seen then.
        await using var refunds = new NpgsqlCommand($"""
            insert into marketing_ops.conversion_exports (reservation_id, destination, kind, occurred_at, value, currency)
            select told.reservation_id, told.destination, 'refund', now(), told.value, told.currency
            from   marketing_ops.attributed_reservations known
            join   marketing_ops.conversion_exports told on told.reservation_id = known.reservation_id and told.kind = 'purchase' and told.state = 'sent' and told.destination = any($1)
            join   {table.Reservations} r on r.{table.ReservationId} = known.reservation_id and r.{table.ReservationStatus}::text = any($2)
            where  known.attributed_at > now() - interval '2 days'
            on conflict do nothing
            """, connection);
        refunds.Parameters.AddWithValue(destinations.Where(destination => destination.TakesRefunds).Select(destination => destination.Name).ToArray());
        refunds.Parameters.AddWithValue(options.Value.LostStatuses);
        await refunds.ExecuteNonQueryAsync(cancellationToken);
    }
}
