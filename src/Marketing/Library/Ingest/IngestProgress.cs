using Npgsql;

namespace Marketing.Library.Ingest;

/// <summary>How far ingest is: how many files wait, are done and failed, how fast it goes, and why the last failures failed.</summary>
internal sealed class IngestProgress(NpgsqlDataSource database)
{
    /// <summary>A JSON object; rates are of the last five minutes, <c>seconds_left</c> is null while nothing moves.</summary>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with counts as (
                select count(*) filter (where state = 'processing' and leased_until > now()) as working,
                       count(*) filter (where state = 'processing' and (leased_until is null or leased_until <= now())) as waiting,
                       count(*) filter (where state = 'active') as active,
                       count(*) filter (where state = 'error') as error,
                       count(*) filter (where finished_at > now() - interval '5 minutes' and state <> 'processing') / 5.0 as per_minute,
                       min(created_at) filter (where state = 'processing') as oldest_waiting_at
                from   marketing_ops.ingested_blobs)
            select json_build_object('waiting', waiting, 'working', working, 'active', active, 'error', error, 'per_minute', round(per_minute, 1),
                'seconds_left', case when per_minute > 0 then ceil((waiting + working) / per_minute * 60) end, 'oldest_waiting_at', oldest_waiting_at,
                'failures', (select coalesce(json_agg(json_build_object('asset_id', asset_id, 'blob_name', blob_name, 'reason', reason, 'finished_at', finished_at)), '[]')
                             from (select * from marketing_ops.ingested_blobs where state = 'error' order by finished_at desc nulls last limit 20) as failed))::text
            from counts
            """);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
