using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>
/// What refreshes of segments remember, which contacts may have entered or left since, growth by day, and the truth of two rules: member_count
/// counts the members, and no segment refers back to itself.
/// </summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125200000_CreateSegmentRefresh")]
public sealed class CreateSegmentRefresh : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.segment_refreshes (
            segment_id uuid primary key references marketing.segments (id) on delete cascade,
            due_at timestamptz not null default now(), redispatch_at timestamptz not null default now(),
            fingerprint text, snapshot text, own_xid text, watermark_at timestamptz, day date, full_at timestamptz,
            kind text check (kind in ('full', 'incremental')), finished_at timestamptz, duration_ms integer, added integer, removed integer,
            failures integer not null default 0, error text);

        -- Notes of what changed, with the transaction that did it: a refresh takes those that its predecessor's snapshot did not see.
        create table if not exists marketing_ops.segment_event_changes (
            contact_id uuid not null, event_type text not null, changed_xid xid8 not null default pg_current_xact_id(), changed_at timestamptz not null default now());
        create index if not exists ix_segment_event_changes on marketing_ops.segment_event_changes (changed_xid);
        -- A null contact stands for too many to name.
        create table if not exists marketing_ops.segment_member_changes (
            segment_id uuid not null, contact_id uuid, changed_xid xid8 not null default pg_current_xact_id(), changed_at timestamptz not null default now());
        create index if not exists ix_segment_member_changes on marketing_ops.segment_member_changes (changed_xid);

        create table if not exists marketing_ops.segment_growth (
            segment_id uuid not null references marketing.segments (id) on delete cascade, day date not null, added integer not null default 0, removed integer not null default 0,
            primary key (segment_id, day));
        insert into marketing_ops.segment_growth (segment_id, day, added, removed)
            select segment_id, day, sum(added), sum(removed) from (
                select segment_id, (coalesce(added_at, now()) at time zone 'UTC')::date as day, 1 as added, 0 as removed from marketing.segment_members
                union all select segment_id, (removed_at at time zone 'UTC')::date, 0, 1 from marketing.segment_members where removed_at is not null) change
            group by segment_id, day
            on conflict (segment_id, day) do nothing;
        update marketing.segments s set member_count = members.count
            from (select s.id, count(m.id) as count from marketing.segments s left join marketing.segment_members m on m.segment_id = s.id and m.removed_at is null group by s.id) members
            where members.id = s.id and s.member_count is distinct from members.count;

        -- Segments are changed in the order of their keys, so that two writers wait for each other instead of for ever.
        create or replace function marketing_ops.count_segment_members(segments uuid[], added bigint[], removed bigint[]) returns void language plpgsql as $$
        declare change record;
        begin
            for change in select * from unnest(segments, added, removed) as c (segment_id, added, removed) order by 1 loop
                update marketing.segments set member_count = coalesce(member_count, 0) + change.added - change.removed where id = change.segment_id;
                -- Of a segment that is being deleted nothing is kept.
                if found then
                    insert into marketing_ops.segment_growth as growth (segment_id, day, added, removed)
                    values (change.segment_id, (now() at time zone 'UTC')::date, change.added, change.removed)
                    on conflict (segment_id, day) do update set added = growth.added + excluded.added, removed = growth.removed + excluded.removed;
                end if;
            end loop;
        end $$;
        create or replace function marketing_ops.note_segment_members_added() returns trigger language plpgsql as $$
        declare segments uuid[]; counts bigint[];
        begin
            select array_agg(segment_id), array_agg(members) into segments, counts from (select segment_id, count(*) as members from added where removed_at is null group by segment_id) s;
            if segments is null then return null; end if;
            insert into marketing_ops.segment_member_changes (segment_id, contact_id)
                select a.segment_id, a.contact_id from added a join unnest(segments, counts) as s (segment_id, members) on s.segment_id = a.segment_id where a.removed_at is null and s.members <= 10000
                union all select segment_id, null from unnest(segments, counts) as s (segment_id, members) where members > 10000;
            perform marketing_ops.count_segment_members(segments, counts, array_fill(0::bigint, array[cardinality(segments)]));
            return null;
        end $$;
        create or replace function marketing_ops.note_segment_members_removed() returns trigger language plpgsql as $$
        declare segments uuid[]; counts bigint[];
        begin
            select array_agg(segment_id), array_agg(members) into segments, counts from (select segment_id, count(*) as members from removed where removed_at is null group by segment_id) s;
            if segments is null then return null; end if;
            insert into marketing_ops.segment_member_changes (segment_id, contact_id)
                select r.segment_id, r.contact_id from removed r join unnest(segments, counts) as s (segment_id, members) on s.segment_id = r.segment_id where r.removed_at is null and s.members <= 10000
                union all select segment_id, null from unnest(segments, counts) as s (segment_id, members) where members > 10000;
            perform marketing_ops.count_segment_members(segments, array_fill(0::bigint, array[cardinality(segments)]), counts);
            return null;
        end $$;
        create or replace function marketing_ops.note_segment_members_changed() returns trigger language plpgsql as $$
        declare segments uuid[]; entered bigint[]; gone bigint[]; names boolean;
        begin
            select array_agg(segment_id), array_agg(plus), array_agg(minus), sum(plus + minus) <= 10000 into segments, entered, gone, names from (
                select segment_id, count(*) filter (where delta > 0) as plus, count(*) filter (where delta < 0) as minus from (
                    select a.segment_id, 1 as delta from added a join removed r on r.id = a.id
                    where a.removed_at is null and (r.removed_at is not null or r.segment_id <> a.segment_id or r.contact_id <> a.contact_id)
                    union all
                    select r.segment_id, -1 from removed r join added a on a.id = r.id
                    where r.removed_at is null and (a.removed_at is not null or r.segment_id <> a.segment_id or r.contact_id <> a.contact_id)) change
                group by segment_id) s;
            if segments is null then return null; end if;
            if names then
                insert into marketing_ops.segment_member_changes (segment_id, contact_id)
                    select a.segment_id, a.contact_id from added a join removed r on r.id = a.id
                    where a.removed_at is null and (r.removed_at is not null or r.segment_id <> a.segment_id or r.contact_id <> a.contact_id)
                    union
                    select r.segment_id, r.contact_id from removed r join added a on a.id = r.id
                    where r.removed_at is null and (a.removed_at is not null or r.segment_id <> a.segment_id or r.contact_id <> a.contact_id);
            else
                insert into marketing_ops.segment_member_changes (segment_id) select unnest(segments);
            end if;
            perform marketing_ops.count_segment_members(segments, entered, gone);
            return null;
        end $$;
        create or replace trigger note_added after insert on marketing.segment_members referencing new table as added
            for each statement execute function marketing_ops.note_segment_members_added();
        create or replace trigger note_removed after delete on marketing.segment_members referencing old table as removed
            for each statement execute function marketing_ops.note_segment_members_removed();
        create or replace trigger note_changed after update on marketing.segment_members referencing old table as removed new table as added
            for each statement execute function marketing_ops.note_segment_members_changed();

        create or replace function marketing_ops.note_segment_events_added() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.segment_event_changes (contact_id, event_type) select distinct contact_id, event_type from added;
            return null;
        end $$;
        create or replace function marketing_ops.note_segment_events_removed() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.segment_event_changes (contact_id, event_type) select distinct contact_id, event_type from removed;
            return null;
        end $$;
        create or replace function marketing_ops.note_segment_events_changed() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.segment_event_changes (contact_id, event_type) select contact_id, event_type from added union select contact_id, event_type from removed;
            return null;
        end $$;
        create or replace trigger segment_added after insert on marketing.campaign_events referencing new table as added
            for each statement execute function marketing_ops.note_segment_events_added();
        create or replace trigger segment_removed after delete on marketing.campaign_events referencing old table as removed
            for each statement execute function marketing_ops.note_segment_events_removed();
        create or replace trigger segment_changed after update on marketing.campaign_events referencing old table as removed new table as added
            for each statement execute function marketing_ops.note_segment_events_changed();

        create or replace function marketing_ops.segment_references(criteria jsonb) returns setof text immutable strict language sql as $$
            select distinct reference #>> '{}' from jsonb_path_query(criteria, '$.**.segment') reference where jsonb_typeof(reference) = 'string'
        $$;
        -- The lock has two saves look at each other: without it each would see the other's criteria from before.
        create or replace function marketing_ops.refuse_segment_cycles() returns trigger language plpgsql as $$
        begin
            if not exists (select from marketing_ops.segment_references(new.criteria)) then return null; end if;
            perform pg_advisory_xact_lock(x'7365676d656e74'::bigint);
            if exists (
                with recursive reached (segment_id) as (
                    select reference from marketing_ops.segment_references(new.criteria) reference
                    union
                    select reference from reached join marketing.segments s on s.segment_id = reached.segment_id, lateral marketing_ops.segment_references(s.criteria) reference)
                select from reached where segment_id = new.segment_id) then
                raise exception 'The criteria of % refer back to it.', new.segment_id
                    using errcode = 'check_violation', schema = 'marketing', table = 'segments', constraint = 'ck_segments_criteria_without_cycle';
            end if;
            return null;
        end $$;
        create or replace trigger refuse_cycles after insert or update of criteria on marketing.segments
            for each row when (new.criteria is not null) execute function marketing_ops.refuse_segment_cycles();

        -- 29 February is celebrated on the 28th in years that have none.
        create or replace function marketing_ops.days_to_anniversary(day date, today date) returns integer immutable strict language sql as $$
            select case when this_year >= today then this_year - today
                        else (day + make_interval(years => (extract(year from today) - extract(year from day))::int + 1))::date - today end
            from   (select (day + make_interval(years => (extract(year from today) - extract(year from day))::int))::date as this_year) anniversary
        $$;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop trigger if exists refuse_cycles on marketing.segments;
        drop trigger if exists note_added on marketing.segment_members;
        drop trigger if exists note_removed on marketing.segment_members;
        drop trigger if exists note_changed on marketing.segment_members;
        drop trigger if exists segment_added on marketing.campaign_events;
        drop trigger if exists segment_removed on marketing.campaign_events;
        drop trigger if exists segment_changed on marketing.campaign_events;
        drop function if exists marketing_ops.refuse_segment_cycles, marketing_ops.segment_references, marketing_ops.days_to_anniversary, marketing_ops.count_segment_members,
            marketing_ops.note_segment_members_added, marketing_ops.note_segment_members_removed, marketing_ops.note_segment_members_changed,
            marketing_ops.note_segment_events_added, marketing_ops.note_segment_events_removed, marketing_ops.note_segment_events_changed;
        drop table if exists marketing_ops.segment_growth, marketing_ops.segment_member_changes, marketing_ops.segment_event_changes, marketing_ops.segment_refreshes;
        """);
}
