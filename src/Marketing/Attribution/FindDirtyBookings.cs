using System.Globalization;
using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Attribution;

/// <summary>
/// Queues bookings whose attribution may differ from what is stored: new ones, those whose amount, refund, currency, state, guest or time changed,
/// those of guests with new or removed touches, all of them when the settings change. The bookings' table is another team's, so a fingerprint of
/// each tells its changes; one pass over the table a run.
/// </summary>
internal sealed class FindDirtyBookings(IOptions<ExternalTables> external, IOptions<AttributionOptions> options)
{
    private const int PassSeconds = 300;

    /// <summary>SQL for what a booking <c>r</c> is worth attributing by.</summary>
    public string Fingerprint
    {
        get
        {
            var (table, settings) = (external.Value, options.Value);
            var version = string.Create(CultureInfo.InvariantCulture, $"{settings.LookbackDays} {settings.HalfLifeDays} {settings.MostTouches} {settings.VisitMinutes}");
            return $"md5(concat_ws('|', r.{table.ReservationContactId}, r.{table.ReservationBookedAt}, {Revenue}, r.{table.ReservationCurrency}, '{version}'))";
        }
    }

    /// <summary>SQL for what a booking <c>r</c> earns as it stands. It takes the lost states as a parameter named lost.</summary>
    public string Revenue
    {
        get
        {
            var table = external.Value;
            var refunded = table.ReservationRefunded.Length == 0 ? "0" : $"coalesce(r.{table.ReservationRefunded}, 0)";
            return $"case when r.{table.ReservationStatus}::text = any(@lost) then 0.00 else greatest(coalesce(r.{table.ReservationTotalAmount}, 0) - {refunded}, 0) end";
        }
    }

    /// <summary>Adds them to the queue.</summary>
    public async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var table = external.Value;
        await ExecuteAsync(connection, $"""
            with taken as (delete from marketing_ops.touchpoint_changes returning contact_id)
            insert into marketing_ops.attribution_queue (reservation_id)
            select r.{table.ReservationId} from {table.Reservations} r where r.{table.ReservationContactId} in (select contact_id from taken)
            on conflict do nothing
            """, cancellationToken);
        await ExecuteAsync(connection, $"""
            insert into marketing_ops.attribution_queue (reservation_id)
            select r.{table.ReservationId} from {table.Reservations} r left join marketing_ops.attributed_reservations known on known.reservation_id = r.{table.ReservationId}
            where  known.fingerprint is distinct from {Fingerprint}
            on conflict do nothing
            """, cancellationToken);
        // Rows of deleted bookings went with them; what we remember of them goes too.
        await ExecuteAsync(connection, $"""
            with gone as (
                delete from marketing_ops.attributed_reservations known
                where not exists (select from {table.Reservations} r where r.{table.ReservationId} = known.reservation_id)
                returning reservation_id, conversion_event_id
            ),
            keys as (delete from marketing_ops.attribution_keys where reservation_id in (select reservation_id from gone))
            delete from marketing.campaign_events where id in (select conversion_event_id from gone)
            """, cancellationToken);
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = PassSeconds };
        if (sql.Contains("@lost", StringComparison.Ordinal)) command.Parameters.AddWithValue("lost", options.Value.LostStatuses);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
