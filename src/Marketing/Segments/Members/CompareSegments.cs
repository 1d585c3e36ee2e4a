using Npgsql;

namespace Marketing.Segments.Members;

/// <summary>How many members segments have in common, and how a segment grew.</summary>
internal sealed class CompareSegments(NpgsqlDataSource database)
{
    /// <summary>Most segments of one comparison.</summary>
    public const int MaxSegments = 10;

    /// <summary>Longest span of a growth report, in days.</summary>
    public const int MaxDays = 3660;

    private const int MaxSeconds = 30;

    /// <summary>Members of each segment and of each pair, JSON.</summary>
    public Task<string> OverlapAsync(Guid[] segments, CancellationToken cancellationToken) => AskAsync("""
        with member as materialized (select segment_id, contact_id from marketing.segment_members where segment_id = any($1) and removed_at is null),
        named as (select id, segment_id, row_number() over (order by segment_id) as number from marketing.segments where id = any($1)),
        single as (select segment_id, count(*) as members from member group by 1),
        pair as (select one.segment_id as a, other.segment_id as b, count(*) as members from member one join member other on other.contact_id = one.contact_id and other.segment_id <> one.segment_id group by 1, 2)
        select json_build_object(
            'segments', (select json_agg(json_build_object('segment_id', named.segment_id, 'members', coalesce(single.members, 0)) order by named.number) from named left join single on single.segment_id = named.id),
            'overlaps', (select coalesce(json_agg(json_build_object('segments', json_build_array(a.segment_id, b.segment_id), 'members', coalesce(pair.members, 0)) order by a.number, b.number), '[]')
                         from named a join named b on b.number > a.number left join pair on pair.a = a.id and pair.b = b.id))::text
        """, cancellationToken, segments);

    /// <summary>Who entered, who left and how many there were at the end of each day of a span, JSON. Days without a change are left out.</summary>
    public Task<string> GrowthAsync(Guid segment, DateOnly from, DateOnly until, CancellationToken cancellationToken) => AskAsync("""
        select coalesce(json_agg(json_build_object('day', day, 'added', added, 'removed', removed, 'total', total) order by day) filter (where day between $2 and $3), '[]')::text
        from (select day, added, removed, member_count - coalesce(sum(added - removed) over (order by day desc rows between unbounded preceding and 1 preceding), 0) as total
              from marketing_ops.segment_growth g join marketing.segments s on s.id = g.segment_id where g.segment_id = $1) days
        """, cancellationToken, segment, from, until);

    private async Task<string> AskAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = MaxSeconds };
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
