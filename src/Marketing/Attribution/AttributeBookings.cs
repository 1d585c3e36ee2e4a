using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Attribution;

/// <summary>
/// Attributes queued bookings: one row of <c>attribution</c> a booking and model. One run at a time by an advisory lock; the primary key
/// (reservation_id, model) of <c>attribution_keys</c> makes each row the only one. A batch is one transaction, so a killed run goes on where it
/// stopped. Rows that others wrote into <c>attribution</c> are left alone.
/// </summary>
public sealed class AttributeBookings
{
    // Any constant that no other job takes.
    private const long AdvisoryLock = 0x6174747269;
    private const int BookingsAtOnce = 1_000;
    private const int BatchSeconds = 60;

    private readonly NpgsqlDataSource database;
    private readonly FindDirtyBookings dirty;
    private readonly StoreAttribution store;
    private readonly ExternalTables reservations;
    private readonly AttributionOptions options;

    internal AttributeBookings(NpgsqlDataSource database, FindDirtyBookings dirty, StoreAttribution store, IOptions<ExternalTables> reservations, IOptions<AttributionOptions> options) =>
        (this.database, this.dirty, this.store, this.reservations, this.options) = (database, dirty, store, reservations.Value, options.Value);

    /// <summary>Attributes everything that changed. While another run is at it, this one has nothing to do.</summary>
    /// <returns>Bookings looked at.</returns>
    /// <exception cref="NpgsqlException">The database failed; the next run goes on.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var take = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
        if (await take.ExecuteScalarAsync(cancellationToken) is not true) return 0;
        try
        {
            await dirty.RunAsync(connection, cancellationToken);
            var bookings = 0;
            while (await BatchAsync(connection, cancellationToken) is > 0 and var count) bookings += count;
            return bookings;
        }
        finally
        {
            // A pooled connection keeps its session's locks.
            await using var give = new NpgsqlCommand("select pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
            await give.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private async Task<int> BatchAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ids = await TakeAsync(connection, cancellationToken);
        if (ids.Length == 0) return 0;
        await store.RunAsync(connection, ids, await ReadAsync(connection, ids, cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ids.Length;
    }

    private static async Task<Guid[]> TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            with taken as (
                delete from marketing_ops.attribution_queue where reservation_id in (select reservation_id from marketing_ops.attribution_queue order by reservation_id limit $1) returning reservation_id
            )
            select coalesce(array_agg(reservation_id), '{}') from taken
            """, connection)
        { CommandTimeout = BatchSeconds, Parameters = { new() { Value = BookingsAtOnce } } };
        return (Guid[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<List<Journey>> ReadAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            select r.{reservations.ReservationId}, r.{reservations.ReservationContactId}, r.{reservations.ReservationBookedAt}, {dirty.Revenue}, r.{reservations.ReservationCurrency}::text, {dirty.Fingerprint},
                   t.at, t.kind, t.channel, t.source, campaign.id
            from   {reservations.Reservations} r
            left join marketing_ops.touchpoints t on t.contact_id = r.{reservations.ReservationContactId} and not t.is_machine
                   and t.at <= r.{reservations.ReservationBookedAt} and t.at > r.{reservations.ReservationBookedAt} - make_interval(days => @days)
            left join marketing.campaigns campaign on campaign.id = t.campaign_id
            where  r.{reservations.ReservationId} = any(@ids)
            order by r.{reservations.ReservationId}, t.at, t.id
            """, connection)
        { CommandTimeout = BatchSeconds };
        command.Parameters.AddWithValue("ids", ids);
        command.Parameters.AddWithValue("days", options.LookbackDays);
        command.Parameters.AddWithValue("lost", options.LostStatuses);
        var journeys = new List<Journey>(ids.Length);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0);
            if (journeys.Count == 0 || journeys[^1].ReservationId != id)
            {
                journeys.Add(new Journey(id, reader.IsDBNull(1) ? null : reader.GetGuid(1), reader.IsDBNull(2) ? default : reader.GetFieldValue<DateTimeOffset>(2), reader.GetDecimal(3), reader.IsDBNull(4) ? "" : reader.GetString(4))
                {
                    Fingerprint = reader.GetString(5),
                });
            }
            if (!reader.IsDBNull(6))
                journeys[^1].Add(new Touch(reader.GetFieldValue<DateTimeOffset>(6), reader.GetString(7), reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetString(9), reader.IsDBNull(10) ? null : reader.GetGuid(10)), options);
        }
        return journeys;
    }
}
