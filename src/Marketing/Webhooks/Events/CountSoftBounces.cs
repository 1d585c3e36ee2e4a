using Npgsql;
using NpgsqlTypes;

namespace Marketing.Webhooks.Events;

/// <summary>
/// Suppresses an address after <see cref="InARow"/> soft bounces over at least <see cref="Days"/> days without a delivery between them. Judged from the
/// times of the events, not from their arrival: a late delivery lifts what it disproves.
/// </summary>
internal static class CountSoftBounces
{
    /// <summary>Soft bounces in a row that suppress. Our policy.</summary>
    public const int InARow = 3;

    /// <summary>Days that they must span. Our policy.</summary>
    public const int Days = 7;

    /// <summary>Notes soft bounces, and judges the addresses that had one of them or a delivery.</summary>
    public static async Task RunAsync(NpgsqlConnection connection, string provider, IReadOnlyList<(ProviderEvent Event, Recipient Recipient)> events, CancellationToken cancellationToken)
    {
        var bounces = events.Where(line => line.Event is { Consequence: Consequence.SoftBounce, Email: not null }).ToList();
        var touched = events.Where(line => line.Event.Email is not null && (line.Event.Consequence == Consequence.SoftBounce || line.Event.EventType == "delivered")).Select(line => line.Event.Email!).Distinct().ToArray();
        if (touched.Length == 0) return;
        if (bounces.Count > 0)
        {
            await using var note = new NpgsqlCommand("""
                insert into marketing_ops.soft_bounces (address_hash, at, contact_id)
                select distinct on (1, 2) marketing_ops.address_hash(email), at, contact from unnest($1::text[], $2::timestamptz[], $3::uuid[]) as i (email, at, contact) order by 1, 2
                on conflict do nothing
                """, connection);
            note.Parameters.AddWithValue(bounces.Select(line => line.Event.Email!).ToArray());
            note.Parameters.Add(new() { Value = bounces.Select(line => line.Event.At.ToUniversalTime()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
            note.Parameters.Add(new() { Value = bounces.Select(line => line.Recipient.Contact).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
            await note.ExecuteNonQueryAsync(cancellationToken);
        }
        if (await CandidatesAsync(connection, touched, cancellationToken) is { Length: > 0 } candidates) await JudgeAsync(connection, provider, candidates, cancellationToken);
    }

    // Almost every delivery is of an address that never bounced; only the others are worth a look at their events, which have no index by contact.
    private static async Task<byte[][]> CandidatesAsync(NpgsqlConnection connection, string[] addresses, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select coalesce(array_agg(address_hash), '{}')
            from  (select address_hash from marketing_ops.soft_bounces
                   where address_hash = any(array(select marketing_ops.address_hash(email) from unnest($1::text[]) email))
                   group by address_hash having count(*) >= $2 and max(at) - min(at) >= make_interval(days => $3)) often
            """, connection);
        command.Parameters.AddWithValue(addresses);
        command.Parameters.AddWithValue(InARow);
        command.Parameters.AddWithValue(Days);
        return (byte[][])(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task JudgeAsync(NpgsqlConnection connection, string provider, byte[][] candidates, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            with bounced as (
                select address_hash, at, (array_agg(contact_id) over (partition by address_hash))[1] as contact_id from marketing_ops.soft_bounces where address_hash = any($1)
            ),
            delivered as (
                select bounced.address_hash, e.event_timestamp as at
                from   (select distinct address_hash, contact_id from marketing_ops.soft_bounces where address_hash = any($1) and contact_id is not null) bounced
                join   marketing.campaign_events e on e.contact_id = bounced.contact_id and e.event_type = 'delivered'
            ),
            runs as (
                select address_hash, contact_id, min(at) as first_at, max(at) as last_at, count(*) as bounces
                from  (select b.address_hash, b.contact_id, b.at, (select max(d.at) from delivered d where d.address_hash = b.address_hash and d.at <= b.at) as after_delivery from bounced b) r
                group by address_hash, contact_id, after_delivery
                having count(*) >= $3 and max(at) - min(at) >= make_interval(days => $4)
            ),
            suppressed as (
                insert into marketing_ops.suppressions as known (address_hash, contact_id, scope, reason, source, created_at)
                select address_hash, (array_agg(contact_id) filter (where contact_id is not null))[1], 'all', 'soft_bounces', $2, max(last_at) from runs group by address_hash
                on conflict (address_hash, scope, scope_value, reason) do update set lifted_at = null, created_at = excluded.created_at where excluded.created_at > known.lifted_at
            )
            update marketing_ops.suppressions set lifted_at = now()
            where  address_hash = any($1) and reason = 'soft_bounces' and lifted_at is null and source like 'webhook:%' and address_hash not in (select address_hash from runs)
            """, connection);
        command.Parameters.Add(new() { Value = candidates, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        command.Parameters.AddWithValue($"webhook:{provider}");
        command.Parameters.AddWithValue(InARow);
        command.Parameters.AddWithValue(Days);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
