using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>
/// Suppressions and soft bounces, which message went to whom, sums of campaign events by day, variant, device and domain, touchpoints, and
/// what attribution remembers between runs.
/// </summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125150000_CreateEventsAndAttribution")]
public sealed class CreateEventsAndAttribution : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.suppressions (
            id uuid primary key default gen_random_uuid(), address_hash bytea not null, contact_id uuid,
            scope text not null default 'all' check (scope in ('all','channel','list')), scope_value text not null default '',
            reason text not null check (reason in ('unsubscribe','complaint','hard_bounce','soft_bounces','manual','erasure')), source text not null,
            created_at timestamptz not null default now(), expires_at timestamptz, lifted_at timestamptz, unique (address_hash, scope, scope_value, reason));
        create index if not exists ix_suppressions_contact on marketing_ops.suppressions (contact_id) where contact_id is not null;
        create table if not exists marketing_ops.soft_bounces (
            address_hash bytea not null, at timestamptz not null, contact_id uuid, primary key (address_hash, at));

        alter table marketing_ops.webhook_inbox add column if not exists message_id text;
        create index if not exists ix_webhook_events_delivery on marketing_ops.webhook_events (delivery_id) where outcome <> 'recorded';
        create table if not exists marketing_ops.sent_messages (
            provider text not null, message_id text not null, campaign_id uuid not null, contact_id uuid not null, variant text,
            sent_at timestamptz not null default now(), primary key (provider, message_id));

        alter table marketing_ops.campaign_event_changes
            add column if not exists people integer, add column if not exists day date, add column if not exists variant text, add column if not exists device text, add column if not exists domain text;
        alter table marketing_ops.campaign_contact_counts add column if not exists people bigint;
        update marketing_ops.campaign_contact_counts set people = events where people is null;
        create table if not exists marketing_ops.campaign_event_parts (
            campaign_id uuid not null, dimension text not null, value text not null, event_type text not null, events bigint not null, machine_events bigint not null,
            primary key (campaign_id, dimension, value, event_type));

        -- One note for a group of equal events. "people" leaves out what machines did.
        create or replace function marketing_ops.note_campaign_events_added() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.campaign_event_changes (campaign_id, contact_id, event_type, delta, people, day, variant, device, domain)
            select campaign_id, contact_id, event_type, count(*), count(*) filter (where coalesce(event_data ->> 'machine', '') <> 'true'),
                   (event_timestamp at time zone 'UTC')::date, event_data ->> 'variant', device_type, event_data ->> 'recipient_domain'
            from added group by 1, 2, 3, 6, 7, 8, 9;
            return null;
        end $$;
        create or replace function marketing_ops.note_campaign_events_removed() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.campaign_event_changes (campaign_id, contact_id, event_type, delta, people, day, variant, device, domain)
            select campaign_id, contact_id, event_type, -count(*), -count(*) filter (where coalesce(event_data ->> 'machine', '') <> 'true'),
                   (event_timestamp at time zone 'UTC')::date, event_data ->> 'variant', device_type, event_data ->> 'recipient_domain'
            from removed group by 1, 2, 3, 6, 7, 8, 9;
            return null;
        end $$;
        create or replace function marketing_ops.note_campaign_events_changed() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.campaign_event_changes (campaign_id, contact_id, event_type, delta, people, day, variant, device, domain)
            select campaign_id, contact_id, event_type, sum(delta), sum(case when coalesce(event_data ->> 'machine', '') <> 'true' then delta else 0 end),
                   (event_timestamp at time zone 'UTC')::date, event_data ->> 'variant', device_type, event_data ->> 'recipient_domain'
            from (select campaign_id, contact_id, event_type, event_timestamp, event_data, device_type, 1 as delta from added
                  union all select campaign_id, contact_id, event_type, event_timestamp, event_data, device_type, -1 from removed) changes
            group by 1, 2, 3, 6, 7, 8, 9 having sum(delta) <> 0 or sum(case when coalesce(event_data ->> 'machine', '') <> 'true' then delta else 0 end) <> 0;
            return null;
        end $$;

        create table if not exists marketing_ops.touchpoints (
            id uuid primary key default gen_random_uuid(), contact_id uuid not null, at timestamptz not null,
            kind text not null check (kind in ('click','social','website','offline')), source_key text not null,
            channel text not null, source text, campaign_id uuid, url text, is_machine boolean not null default false,
            created_at timestamptz not null default now(), unique (kind, source_key));
        create index if not exists ix_touchpoints_contact on marketing_ops.touchpoints (contact_id, at);
        create table if not exists marketing_ops.touchpoint_changes (id bigint generated always as identity primary key, contact_id uuid not null);

        -- Clicks are touchpoints for as long as their event stands, whoever wrote it.
        create or replace function marketing_ops.click_touchpoints_added() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.touchpoints (contact_id, at, kind, source_key, channel, source, campaign_id, url, is_machine)
            select contact_id, event_timestamp, 'click', id::text, coalesce(channel, 'email'), event_data ->> 'provider', campaign_id, event_data ->> 'url', coalesce(event_data ->> 'machine', '') = 'true'
            from added where event_type = 'clicked' and event_timestamp is not null
            on conflict (kind, source_key) do nothing;
            return null;
        end $$;
        create or replace function marketing_ops.click_touchpoints_removed() returns trigger language plpgsql as $$
        begin
            delete from marketing_ops.touchpoints where kind = 'click' and source_key in (select id::text from removed where event_type = 'clicked');
            return null;
        end $$;
        create or replace function marketing_ops.click_touchpoints_changed() returns trigger language plpgsql as $$
        begin
            delete from marketing_ops.touchpoints where kind = 'click' and source_key in (select id::text from removed where event_type = 'clicked');
            insert into marketing_ops.touchpoints (contact_id, at, kind, source_key, channel, source, campaign_id, url, is_machine)
            select contact_id, event_timestamp, 'click', id::text, coalesce(channel, 'email'), event_data ->> 'provider', campaign_id, event_data ->> 'url', coalesce(event_data ->> 'machine', '') = 'true'
            from added where event_type = 'clicked' and event_timestamp is not null
            on conflict (kind, source_key) do nothing;
            return null;
        end $$;
        create or replace trigger touch_added after insert on marketing.campaign_events referencing new table as added
            for each statement execute function marketing_ops.click_touchpoints_added();
        create or replace trigger touch_removed after delete on marketing.campaign_events referencing old table as removed
            for each statement execute function marketing_ops.click_touchpoints_removed();
        create or replace trigger touch_changed after update on marketing.campaign_events referencing old table as removed new table as added
            for each statement execute function marketing_ops.click_touchpoints_changed();

        create or replace function marketing_ops.note_touchpoints_added() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.touchpoint_changes (contact_id) select distinct contact_id from added;
            return null;
        end $$;
        create or replace function marketing_ops.note_touchpoints_removed() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.touchpoint_changes (contact_id) select distinct contact_id from removed;
            return null;
        end $$;
        create or replace function marketing_ops.note_touchpoints_changed() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.touchpoint_changes (contact_id) select contact_id from added union select contact_id from removed;
            return null;
        end $$;
        create or replace trigger note_added after insert on marketing_ops.touchpoints referencing new table as added
            for each statement execute function marketing_ops.note_touchpoints_added();
        create or replace trigger note_removed after delete on marketing_ops.touchpoints referencing old table as removed
            for each statement execute function marketing_ops.note_touchpoints_removed();
        create or replace trigger note_changed after update on marketing_ops.touchpoints referencing old table as removed new table as added
            for each statement execute function marketing_ops.note_touchpoints_changed();

        create table if not exists marketing_ops.attribution_queue (reservation_id uuid primary key);
        create table if not exists marketing_ops.attributed_reservations (
            reservation_id uuid primary key, fingerprint text not null, attributed_at timestamptz not null default now(),
            conversion_event_id uuid, conversion_key text);
        create table if not exists marketing_ops.attribution_keys (
            reservation_id uuid not null, model text not null, attribution_id uuid not null unique, primary key (reservation_id, model));
        insert into marketing_ops.touchpoints (contact_id, at, kind, source_key, channel, source, campaign_id, url, is_machine)
            select contact_id, event_timestamp, 'click', id::text, coalesce(channel, 'email'), event_data ->> 'provider', campaign_id, event_data ->> 'url', coalesce(event_data ->> 'machine', event_data ->> 'sg_machine_open', '') = 'true'
            from marketing.campaign_events where event_type = 'clicked' and event_timestamp is not null
            on conflict (kind, source_key) do nothing;
        -- Events from before these sums enter them here; their notes, whose people is null, no longer do.
        insert into marketing_ops.campaign_event_parts (campaign_id, dimension, value, event_type, events, machine_events)
            select campaign_id, dimension, value, event_type, count(*), count(*) filter (where coalesce(event_data ->> 'machine', '') = 'true')
            from marketing.campaign_events, lateral (values ('day', coalesce(((event_timestamp at time zone 'UTC')::date)::text, '')), ('variant', coalesce(event_data ->> 'variant', '')),
                 ('device', coalesce(device_type, '')), ('domain', coalesce(event_data ->> 'recipient_domain', ''))) as part (dimension, value)
            group by campaign_id, dimension, value, event_type
            on conflict do nothing;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop trigger if exists touch_added on marketing.campaign_events;
        drop trigger if exists touch_removed on marketing.campaign_events;
        drop trigger if exists touch_changed on marketing.campaign_events;
        drop table if exists marketing_ops.attribution_keys, marketing_ops.attributed_reservations, marketing_ops.attribution_queue, marketing_ops.touchpoint_changes, marketing_ops.touchpoints,
            marketing_ops.campaign_event_parts, marketing_ops.sent_messages, marketing_ops.soft_bounces, marketing_ops.suppressions;
        drop function if exists marketing_ops.click_touchpoints_added, marketing_ops.click_touchpoints_removed, marketing_ops.click_touchpoints_changed,
            marketing_ops.note_touchpoints_added, marketing_ops.note_touchpoints_removed, marketing_ops.note_touchpoints_changed;
        """);
}
