using Npgsql;

namespace Marketing.Campaigns;

/// <summary>
/// Folds new, changed and deleted rows of <c>campaign_events</c> into <c>campaigns.actual_metrics</c>. A trigger notes each change; a run takes
/// the notes and adds them up in the same transaction. So a run costs what has changed since the last one, a repeated run changes nothing,
/// and the sums are those of a recount. <c>events</c> counts rows; <c>contacts</c> counts people, so leaves out what machines did.
/// </summary>
public sealed class RollupMetrics(NpgsqlDataSource database)
{
    // Any constant that no other job takes: two runs at once would add to the same sums.
    private const long AdvisoryLock = 0x726F6C6C7570;
    private const int NotesAtOnce = 50_000;

    /// <summary>Folds everything noted so far. While another run is at it, this one has nothing to do.</summary>
    /// <returns>Campaigns whose metrics changed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var campaigns = 0;
        while (true)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (!await TakeTurnAsync(connection, cancellationToken)) return campaigns;
            var (notes, changed) = await FoldAsync(connection, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            campaigns += changed;
            if (notes < NotesAtOnce) return campaigns;
        }
    }

    private static async Task<bool> TakeTurnAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<(long Notes, int Campaigns)> FoldAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var fold = new NpgsqlCommand("""
            with taken as (
                delete from marketing_ops.campaign_event_changes
                where  id in (select id from marketing_ops.campaign_event_changes order by id limit $1)
                returning campaign_id, contact_id, event_type, delta, coalesce(people, delta) as people, people is not null as has_parts, day, variant, device, domain
            ),
            deltas as (
                select campaign_id, contact_id, event_type, sum(delta) as delta, sum(people) as people from taken group by campaign_id, contact_id, event_type having sum(delta) <> 0 or sum(people) <> 0
            ),
            before as (
                select deltas.*, coalesce(counts.people, 0) as people_before
                from   deltas left join marketing_ops.campaign_contact_counts counts using (campaign_id, contact_id, event_type)
            ),
            counted as (
                insert into marketing_ops.campaign_contact_counts as counts (campaign_id, contact_id, event_type, events, people)
                select campaign_id, contact_id, event_type, delta, people from deltas
                on conflict (campaign_id, contact_id, event_type) do update set events = counts.events + excluded.events, people = coalesce(counts.people, 0) + excluded.people
                returning 1
            ),
            parts as (
                insert into marketing_ops.campaign_event_parts as parts (campaign_id, dimension, value, event_type, events, machine_events)
                select campaign_id, dimension, coalesce(value, ''), event_type, sum(delta), sum(delta - people)
                from   taken, lateral (values ('day', day::text), ('variant', variant), ('device', device), ('domain', domain)) as part (dimension, value)
                where  has_parts
                group by campaign_id, dimension, coalesce(value, ''), event_type having sum(delta) <> 0 or sum(people) <> 0
                on conflict (campaign_id, dimension, value, event_type) do update set events = parts.events + excluded.events, machine_events = parts.machine_events + excluded.machine_events
            ),
            totalled as (
                insert into marketing_ops.campaign_event_totals as totals (campaign_id, event_type, events, contacts)
                select campaign_id, event_type, sum(delta), sum((people_before + people > 0)::int - (people_before > 0)::int) from before group by campaign_id, event_type
                on conflict (campaign_id, event_type) do update set events = totals.events + excluded.events, contacts = totals.contacts + excluded.contacts
                returning campaign_id
            )
            select (select count(*) from taken), (select count(*) from counted), coalesce((select array_agg(distinct campaign_id) from totalled), '{}')
            """, connection);
        fold.Parameters.AddWithValue(NotesAtOnce);
        long notes;
        Guid[] touched;
        await using (var reader = await fold.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            notes = reader.GetInt64(0);
            touched = reader.GetFieldValue<Guid[]>(2);
        }
        return (notes, touched.Length == 0 ? 0 : await PublishAsync(connection, touched, cancellationToken));
    }

    // Rates are over unique contacts. Other keys of actual_metrics belong to others and stay.
    private static async Task<int> PublishAsync(NpgsqlConnection connection, Guid[] campaigns, CancellationToken cancellationToken)
    {
        await using var publish = new NpgsqlCommand("""
            with sums as (
                select campaign_id,
                       jsonb_object_agg(event_type, events)   as events,
                       jsonb_object_agg(event_type, contacts) as contacts,
                       coalesce(sum(contacts) filter (where event_type = 'sent'), 0)         as sent,
                       coalesce(sum(contacts) filter (where event_type = 'delivered'), 0)    as delivered,
                       coalesce(sum(contacts) filter (where event_type = 'opened'), 0)       as opened,
                       coalesce(sum(contacts) filter (where event_type = 'clicked'), 0)      as clicked,
                       coalesce(sum(contacts) filter (where event_type = 'converted'), 0)    as converted,
                       coalesce(sum(contacts) filter (where event_type = 'bounced'), 0)      as bounced,
                       coalesce(sum(contacts) filter (where event_type = 'unsubscribed'), 0) as unsubscribed,
                       coalesce(sum(contacts) filter (where event_type = 'complained'), 0)   as complained
                from   marketing_ops.campaign_event_totals
                where  campaign_id = any($1)
                group by campaign_id
            ),
            metrics as (
                select campaign_id, jsonb_build_object('events', events, 'contacts', contacts, 'rates', jsonb_build_object(
                    'delivery_rate',      round(delivered    / nullif(sent, 0), 4),
                    'bounce_rate',        round(bounced      / nullif(sent, 0), 4),
                    'open_rate',          round(opened       / nullif(delivered, 0), 4),
                    'click_rate',         round(clicked      / nullif(delivered, 0), 4),
                    'click_to_open_rate', round(clicked      / nullif(opened, 0), 4),
                    'conversion_rate',    round(converted    / nullif(delivered, 0), 4),
                    'unsubscribe_rate',   round(unsubscribed / nullif(delivered, 0), 4),
                    'complaint_rate',     round(complained   / nullif(delivered, 0), 4))) as value
                from sums
            )
            update marketing.campaigns set actual_metrics = coalesce(actual_metrics, '{}') || metrics.value
            from   metrics
            where  campaigns.id = metrics.campaign_id and actual_metrics is distinct from coalesce(actual_metrics, '{}') || metrics.value
            """, connection);
        publish.Parameters.AddWithValue(campaigns);
        return await publish.ExecuteNonQueryAsync(cancellationToken);
    }
}
