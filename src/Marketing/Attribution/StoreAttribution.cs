using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Attribution;

/// <summary>Stores the attribution of a batch of bookings within an open transaction: new rows by COPY, known ones where they differ.</summary>
internal sealed class StoreAttribution(IOptions<AttributionOptions> options, RecordConversions conversions)
{
    private const int BatchSeconds = 60;

    /// <summary>Stores it.</summary>
    /// <param name="connection">With an open transaction.</param>
    /// <param name="ids">Every booking of the batch, those without a touch and those that are gone included.</param>
    /// <param name="journeys">The bookings that exist.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task RunAsync(NpgsqlConnection connection, Guid[] ids, IReadOnlyList<Journey> journeys, CancellationToken cancellationToken)
    {
        // Small batches of columns compress well and quickly; the server may lack lz4, then its default stays.
        await ExecuteAsync(connection, "do $$ begin perform set_config('default_toast_compression', 'lz4', true); exception when others then null; end $$", cancellationToken);
        await RemoveAsync(connection, [.. ids.Except(journeys.Where(journey => journey.Touches.Count > 0).Select(journey => journey.ReservationId))], cancellationToken);
        var known = await KnownAsync(connection, ids, cancellationToken);
        var (added, changed, keys) = (new List<Row>(), new List<Row>(), new List<Row>());
        foreach (var journey in journeys)
        {
            foreach (var (model, touchpoints) in journey.Attribute(options.Value.HalfLifeDays))
            {
                var isKnown = known.TryGetValue((journey.ReservationId, model), out var row);
                var attribution = new Row(isKnown ? row.Id : UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql), model, touchpoints, journey);
                (isKnown && row.Exists ? changed : added).Add(attribution);
                if (!isKnown) keys.Add(attribution);
            }
        }
        await AddAsync(connection, added, keys, cancellationToken);
        await ChangeAsync(connection, changed, cancellationToken);
        await conversions.RunAsync(connection, journeys, cancellationToken);
    }

    private static async Task RemoveAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0) return;
        await ExecuteAsync(connection, """
            with gone as (delete from marketing_ops.attribution_keys where reservation_id = any($1) returning attribution_id)
            delete from marketing.attribution where id in (select attribution_id from gone)
            """, cancellationToken, new NpgsqlParameter { Value = ids });
    }

    private static async Task<Dictionary<(Guid, string), (Guid Id, bool Exists)>> KnownAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken cancellationToken)
    {
        var known = new Dictionary<(Guid, string), (Guid, bool)>();
        await using var command = new NpgsqlCommand("""
            select key.reservation_id, key.model, key.attribution_id, row.id is not null
            from   marketing_ops.attribution_keys key left join marketing.attribution row on row.id = key.attribution_id where key.reservation_id = any($1)
            """, connection)
        { CommandTimeout = BatchSeconds, Parameters = { new() { Value = ids } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) known[(reader.GetGuid(0), reader.GetString(1))] = (reader.GetGuid(2), reader.GetBoolean(3));
        return known;
    }

    private static async Task AddAsync(NpgsqlConnection connection, List<Row> added, List<Row> keys, CancellationToken cancellationToken)
    {
        if (added.Count > 0)
        {
            await using var rows = await connection.BeginBinaryImportAsync("""
                copy marketing.attribution (id, reservation_id, first_touch_campaign_id, last_touch_campaign_id, first_touch_channel, first_touch_source, first_touch_date,
                    last_touch_channel, last_touch_source, last_touch_date, touchpoints, attribution_model, revenue_attributed) from stdin (format binary)
                """, cancellationToken);
            foreach (var row in added)
            {
                await rows.StartRowAsync(cancellationToken);
                await rows.WriteAsync(row.Id, NpgsqlDbType.Uuid, cancellationToken);
                await rows.WriteAsync(row.Journey.ReservationId, NpgsqlDbType.Uuid, cancellationToken);
                foreach (var campaign in new[] { row.First.CampaignId, row.Last.CampaignId })
                {
                    if (campaign is { } id) await rows.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
                    else await rows.WriteNullAsync(cancellationToken);
                }
                foreach (var touch in new[] { row.First, row.Last })
                {
                    await rows.WriteAsync(touch.Channel, NpgsqlDbType.Text, cancellationToken);
                    if (touch.Source is { } source) await rows.WriteAsync(source, NpgsqlDbType.Text, cancellationToken);
                    else await rows.WriteNullAsync(cancellationToken);
                    await rows.WriteAsync(touch.At, NpgsqlDbType.TimestampTz, cancellationToken);
                }
                await rows.WriteAsync(row.Touchpoints, NpgsqlDbType.Jsonb, cancellationToken);
                await rows.WriteAsync(row.Model, NpgsqlDbType.Text, cancellationToken);
                await rows.WriteAsync(row.Journey.Revenue, NpgsqlDbType.Numeric, cancellationToken);
            }
            await rows.CompleteAsync(cancellationToken);
        }
        if (keys.Count == 0) return;
        await using var copy = await connection.BeginBinaryImportAsync("copy marketing_ops.attribution_keys (reservation_id, model, attribution_id) from stdin (format binary)", cancellationToken);
        foreach (var key in keys) await copy.WriteRowAsync(cancellationToken, key.Journey.ReservationId, key.Model, key.Id);
        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task ChangeAsync(NpgsqlConnection connection, List<Row> changed, CancellationToken cancellationToken)
    {
        if (changed.Count == 0) return;
        static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType type) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
        await ExecuteAsync(connection, """
            update marketing.attribution row
            set    first_touch_campaign_id = new.first_campaign, last_touch_campaign_id = new.last_campaign, first_touch_channel = new.first_channel, last_touch_channel = new.last_channel,
                   first_touch_source = new.first_source, last_touch_source = new.last_source, first_touch_date = new.first_at, last_touch_date = new.last_at,
                   touchpoints = new.touchpoints::jsonb, revenue_attributed = new.revenue, attribution_model = new.model
            from   unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::numeric[], $12::text[])
                   as new (id, first_campaign, last_campaign, first_channel, last_channel, first_source, last_source, first_at, last_at, touchpoints, revenue, model)
            where  row.id = new.id and (row.revenue_attributed is distinct from new.revenue or row.touchpoints is distinct from new.touchpoints::jsonb
                   or row.first_touch_campaign_id is distinct from new.first_campaign or row.last_touch_campaign_id is distinct from new.last_campaign)
            """, cancellationToken,
            Array(changed.Select(row => row.Id), NpgsqlDbType.Uuid), Array(changed.Select(row => row.First.CampaignId), NpgsqlDbType.Uuid), Array(changed.Select(row => row.Last.CampaignId), NpgsqlDbType.Uuid),
            Array(changed.Select(row => row.First.Channel), NpgsqlDbType.Text), Array(changed.Select(row => row.Last.Channel), NpgsqlDbType.Text),
            Array(changed.Select(row => row.First.Source), NpgsqlDbType.Text), Array(changed.Select(row => row.Last.Source), NpgsqlDbType.Text),
            Array(changed.Select(row => row.First.At.ToUniversalTime()), NpgsqlDbType.TimestampTz), Array(changed.Select(row => row.Last.At.ToUniversalTime()), NpgsqlDbType.TimestampTz),
            Array(changed.Select(row => row.Touchpoints), NpgsqlDbType.Text), Array(changed.Select(row => row.Journey.Revenue), NpgsqlDbType.Numeric), Array(changed.Select(row => row.Model), NpgsqlDbType.Text));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = BatchSeconds };
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Row(Guid Id, string Model, string Touchpoints, Journey Journey)
    {
        public Touch First => Journey.Touches[0];

        public Touch Last => Journey.Touches[^1];
    }
}
