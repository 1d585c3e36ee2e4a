using Marketing.Data.External;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Webhooks.Events;

/// <summary>
/// What events mean for writing to an address again, in the transaction that records them, also where campaign or contact are unknown. The unique
/// key (address_hash, scope, scope_value, reason) keeps one row; an event later than the lifting of a suppression puts it into force again.
/// </summary>
internal sealed class RecordSuppressions(IOptions<ExternalTables> external)
{
    /// <summary>Applies the consequences of events that were not seen before.</summary>
    public async Task RunAsync(NpgsqlConnection connection, string provider, IReadOnlyList<(ProviderEvent Event, Recipient Recipient)> events, CancellationToken cancellationToken)
    {
        await SuppressAsync(connection, provider, [.. events.Where(line => Reason(line.Event.Consequence) is not null)], cancellationToken);
        await LiftAsync(connection, [.. events.Where(line => line.Event is { Consequence: Consequence.ResubscribeToList, Email: not null })], cancellationToken);
        await CountSoftBounces.RunAsync(connection, provider, events, cancellationToken);
    }

    private async Task SuppressAsync(NpgsqlConnection connection, string provider, List<(ProviderEvent Event, Recipient Recipient)> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0) return;
        var tables = external.Value;
        await using var command = new NpgsqlCommand($"""
            insert into marketing_ops.suppressions as known (address_hash, contact_id, scope, scope_value, reason, source, created_at)
            select marketing_ops.address_hash(address), (array_agg(contact) filter (where contact is not null))[1], case when list is null then 'all' else 'list' end, coalesce(list, ''), reason, $1, max(at)
            from   (select coalesce(i.email, contacts.{tables.ContactEmail}) as address, i.contact, i.list, i.reason, i.at
                    from unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[]) as i (email, contact, list, reason, at)
                    left join {tables.Contacts} contacts on i.email is null and contacts.{tables.ContactId} = i.contact) named
            where  address is not null
            group by marketing_ops.address_hash(address), list, reason
            order by 1
            on conflict (address_hash, scope, scope_value, reason) do update
                set contact_id = coalesce(known.contact_id, excluded.contact_id),
                    lifted_at = case when excluded.created_at > known.lifted_at then null else known.lifted_at end,
                    created_at = case when excluded.created_at > known.lifted_at then excluded.created_at else known.created_at end
                where known.contact_id is null or excluded.created_at > known.lifted_at
            """, connection);
        command.Parameters.AddWithValue($"webhook:{provider}");
        command.Parameters.Add(Texts(events.Select(line => line.Event.Email)));
        command.Parameters.Add(new() { Value = events.Select(line => line.Recipient.Contact).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(Texts(events.Select(line => line.Event.Consequence == Consequence.UnsubscribeFromList ? line.Event.List : null)));
        command.Parameters.Add(Texts(events.Select(line => Reason(line.Event.Consequence))));
        command.Parameters.Add(new() { Value = events.Select(line => line.Event.At.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Only the list that they joined again, and only where they left it before that.
    private static async Task LiftAsync(NpgsqlConnection connection, List<(ProviderEvent Event, Recipient Recipient)> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0) return;
        await using var command = new NpgsqlCommand("""
            update marketing_ops.suppressions set lifted_at = i.at
            from   unnest($1::text[], $2::text[], $3::timestamptz[]) as i (email, list, at)
            where  address_hash = marketing_ops.address_hash(i.email) and scope = 'list' and scope_value = i.list and reason = 'unsubscribe' and lifted_at is null and suppressions.created_at < i.at
            """, connection);
        command.Parameters.Add(Texts(events.Select(line => line.Event.Email)));
        command.Parameters.Add(Texts(events.Select(line => line.Event.List)));
        command.Parameters.Add(new() { Value = events.Select(line => line.Event.At.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string? Reason(Consequence consequence) => consequence switch
    {
        Consequence.Unsubscribe or Consequence.UnsubscribeFromList => "unsubscribe",
        Consequence.Complaint => "complaint",
        Consequence.HardBounce => "hard_bounce",
        Consequence.None or Consequence.ResubscribeToList or Consequence.SoftBounce => null,
    };

    private static NpgsqlParameter Texts(IEnumerable<string?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
