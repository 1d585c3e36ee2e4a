using Marketing.Data.External;
using Marketing.Operations.Fence;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Attribution.Exports;

/// <summary>
/// Tells the destinations of bookings that marketing brought. A row is taken for ten minutes and tried again later and later; a run that dies after a
/// call has the booking told again, which the destination recognises by its id. Any number may run at once.
/// </summary>
public sealed class ExportConversions
{
    private const int Batch = 500;

    private readonly NpgsqlDataSource database;
    private readonly EnvironmentFence fence;
    private readonly QueueConversions queue;
    private readonly IReadOnlyList<IConversionDestination> destinations;
    private readonly (ExternalTables Tables, string Revenue, string[] Lost) external;

    internal ExportConversions(NpgsqlDataSource database, EnvironmentFence fence, QueueConversions queue, IEnumerable<IConversionDestination> destinations, (ExternalTables Tables, string Revenue, string[] Lost) external) =>
        (this.database, this.fence, this.queue, this.destinations, this.external) = (database, fence, queue, [.. destinations.Where(destination => destination.IsConfigured)], external);

    /// <summary>Queues what is new and tells what is due.</summary>
    /// <returns>Bookings that were told.</returns>
    /// <exception cref="NpgsqlException">The database failed; the next run goes on.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (destinations.Count == 0 || !await fence.IsReleasedAsync(cancellationToken)) return 0;
        await using (var connection = await database.OpenConnectionAsync(cancellationToken)) await queue.RunAsync(connection, destinations, cancellationToken);
        var told = 0;
        foreach (var destination in destinations)
        {
            while (await TakeAsync(destination, cancellationToken) is { Count: > 0 } due)
            {
                var answers = await destination.SendAsync(due, cancellationToken);
                await RecordAsync(answers, cancellationToken);
                told += answers.Count(answer => answer.State == "sent");
                if (due.Count < Batch) break;
            }
        }
        return told;
    }

    // What may no longer be told is decided as it is taken: consent that was withdrawn, an age that the destination refuses, a booking that earns nothing.
    private async Task<List<Conversion>> TakeAsync(IConversionDestination destination, CancellationToken cancellationToken)
    {
        var table = external.Tables;
        await using var command = database.CreateCommand($"""
            with due as materialized (
                select id from marketing_ops.conversion_exports where destination = @destination and state = 'queued' and due_at <= now() order by due_at limit @batch for update skip locked),
            facts as (
                select export.id, export.reservation_id, export.kind, export.occurred_at, c.{table.ContactId} as contact_id, c.{table.ContactEmail}::text as email, c.{table.ContactCountry}::text as country,
                       r.{table.ReservationPropertyId}::text as property_id, coalesce(export.value, {external.Revenue}) as value, coalesce(export.currency, r.{table.ReservationCurrency}::text, '') as currency,
                       case when r.{table.ReservationId} is null then 'The booking is gone.'
                            when c.{table.ContactMarketingConsent} is not true then 'The guest has not agreed to marketing.'
                            when export.kind = 'purchase' and {external.Revenue} = 0 then 'The booking earns nothing.'
                            when export.occurred_at <= now() - @age then 'It is older than the destination takes.' end as refused
                from   due join marketing_ops.conversion_exports export on export.id = due.id
                left   join {table.Reservations} r on r.{table.ReservationId} = export.reservation_id
                left   join {table.Contacts} c on c.{table.ContactId} = r.{table.ReservationContactId}),
            taken as (
                update marketing_ops.conversion_exports export
                set    state = case when refused is null then export.state else 'skipped' end, reason = refused, finished_at = case when refused is not null then now() end,
                       attempts = attempts + 1, due_at = now() + interval '10 minutes', value = facts.value, currency = facts.currency
                from   facts where facts.id = export.id
                returning export.id, refused)
            select facts.id, reservation_id, kind, occurred_at, value, currency, contact_id, email, country, property_id from taken join facts on facts.id = taken.id where taken.refused is null
            """);
        command.Parameters.AddWithValue("destination", destination.Name);
        command.Parameters.AddWithValue("age", destination.MaxAge);
        command.Parameters.AddWithValue("batch", Batch);
        command.Parameters.AddWithValue("lost", external.Lost);
        var due = new List<Conversion>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(new Conversion(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2) == "refund", reader.GetFieldValue<DateTimeOffset>(3), reader.GetDecimal(4), reader.GetString(5))
            {
                ContactId = reader.GetGuid(6),
                Email = reader.IsDBNull(7) ? null : reader.GetString(7),
                Country = reader.IsDBNull(8) ? null : reader.GetString(8),
                PropertyId = reader.IsDBNull(9) ? null : reader.GetString(9),
            });
        }
        return due;
    }

    private async Task RecordAsync(IReadOnlyList<ConversionAnswer> answers, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update marketing_ops.conversion_exports export
            set    state = answer.state, reason = answer.reason, finished_at = case when answer.state <> 'queued' then now() end,
                   due_at = now() + least(interval '6 hours', interval '5 minutes' * (1 << least(export.attempts, 8)))
            from   unnest($1::uuid[], $2::text[], $3::text[]) as answer (id, state, reason)
            where  export.id = answer.id and export.state = 'queued'
            """);
        command.Parameters.AddWithValue(answers.Select(answer => answer.Conversion.ExportId).ToArray());
        command.Parameters.AddWithValue(answers.Select(answer => answer.State).ToArray());
        command.Parameters.Add(new() { Value = answers.Select(answer => answer.Reason).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
