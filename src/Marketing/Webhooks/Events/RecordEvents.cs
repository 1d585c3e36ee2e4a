using Marketing.Campaigns.Sending;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Webhooks.Events;

/// <summary>
/// Turns events of any provider into rows of <c>campaign_events</c> and suppressions, within the transaction of its delivery. The primary key
/// (provider, event_id) of <c>webhook_events</c> makes each count once: repeats, in any batch and any order, change nothing. What names no
/// known campaign or contact is set aside with its reason.
/// </summary>
internal sealed class RecordEvents(FindRecipients recipients, RecordSuppressions suppressions)
{
    private const string Savepoint = "events";

    /// <summary>Records events. One that the database cannot hold is set aside; the others go through.</summary>
    /// <exception cref="NpgsqlException">The database failed; nothing of the transaction may be kept.</exception>
    public async Task RunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string provider, Guid deliveryId, IReadOnlyList<ProviderEvent> events, CancellationToken cancellationToken)
    {
        var distinct = events.DistinctBy(e => e.EventId).ToList();
        if (distinct.Count == 0) return;
        await transaction.SaveAsync(Savepoint, cancellationToken);
        try
        {
            await StoreAsync(connection, provider, deliveryId, distinct, cancellationToken);
        }
        catch (PostgresException unfit) when (IsValueError(unfit) && distinct.Count > 1)
        {
            await transaction.RollbackAsync(Savepoint, cancellationToken);
            foreach (var one in distinct) await RunAsync(connection, transaction, provider, deliveryId, [one], cancellationToken);
        }
        catch (PostgresException unfit) when (IsValueError(unfit))
        {
            await transaction.RollbackAsync(Savepoint, cancellationToken);
            await StoreAsync(connection, provider, deliveryId, [new ProviderEvent(distinct[0].EventId.Replace('\0', '\uFFFD'), null, $"The event cannot be stored: {unfit.MessageText}", distinct[0].At, "{}")], cancellationToken);
        }
    }

    // Class 22: data exceptions, such as text that jsonb refuses.
    private static bool IsValueError(PostgresException exception) => exception.SqlState.StartsWith("22", StringComparison.Ordinal);

    private async Task StoreAsync(NpgsqlConnection connection, string provider, Guid deliveryId, IReadOnlyList<ProviderEvent> events, CancellationToken cancellationToken)
    {
        var ours = await ConfirmSends.RunAsync(connection, provider, [.. events.Where(e => e.MessageId is not null).Select(e => (e.MessageId!, e.Email))], cancellationToken);
        events = [.. events.Select(e => e is { EventType: "sent", MessageId: { } id } && ours.Contains(id) ? e with { EventType = null, Reason = "The send ledger has recorded that it was sent." } : e)];
        var found = await recipients.RunAsync(connection, provider, events, cancellationToken);
        await using var command = new NpgsqlCommand("""
            with incoming as (
                select * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::uuid[], $12::uuid[])
                    as i (event_id, event_type, why, device, place, event, event_data, at, campaign, contact)
            ),
            fresh as (
                insert into marketing_ops.webhook_events (provider, event_id, delivery_id, outcome, reason, campaign_event_id, event, processed_at)
                select $1, event_id, $2, outcome, why, case when outcome = 'recorded' then generate_uuid_v7() end, event::jsonb, now()
                from   (select *, case when event_type is null then 'ignored' when campaign is null or contact is null then 'set_aside' else 'recorded' end as outcome from incoming) judged
                order by event_id
                on conflict (provider, event_id) do nothing
                returning event_id, campaign_event_id
            ),
            stored as (
                insert into marketing.campaign_events (id, campaign_id, contact_id, event_type, event_timestamp, event_data, channel, device_type, location)
                select fresh.campaign_event_id, campaign, contact, event_type, at, event_data::jsonb, 'email', device, place
                from   fresh join incoming using (event_id)
                where  fresh.campaign_event_id is not null
            )
            select coalesce(array_agg(event_id), '{}') from fresh
            """, connection);
        command.Parameters.AddWithValue(provider);
        command.Parameters.AddWithValue(deliveryId);
        var lines = events.Zip(found).ToList();
        foreach (var column in new Func<ProviderEvent, Recipient, string?>[] { (e, _) => e.EventId, (e, _) => e.EventType, Why, (e, _) => e.DeviceType, (e, _) => e.Location, (e, _) => e.Json, (e, r) => (e with { Variant = r.Variant }).EventData(provider) })
            command.Parameters.Add(new() { Value = lines.Select(line => column(line.First, line.Second)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = events.Select(e => e.At.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = found.Select(r => r.Campaign).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = found.Select(r => r.Contact).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        var fresh = ((string[])(await command.ExecuteScalarAsync(cancellationToken))!).ToHashSet(StringComparer.Ordinal);
        var firstSeen = lines.Where(line => fresh.Contains(line.First.EventId)).ToList();
        await suppressions.RunAsync(connection, provider, firstSeen, cancellationToken);
        await FlagScanners.RunAsync(connection, firstSeen, cancellationToken);
    }

    private static string? Why(ProviderEvent e, Recipient recipient) => e.Reason ?? (recipient is { Campaign: not null, Contact: not null } ? null : string.Join(' ', new[]
    {
        recipient.Campaign is null ? $"No campaign is called {(e.Campaign is { } name ? name[..Math.Min(name.Length, 100)] : "(the event names none in its custom argument campaign_id)")}." : null,
        recipient.Contact is null ? "No contact has the id or address of the event." : null,
    }.OfType<string>()));
}
