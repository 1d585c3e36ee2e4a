using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>The ledger of what is sent to whom, the limits of sending, and what providers have reported.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125190000_CreateSends")]
public sealed class CreateSends : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- The two uniques make each recipient of a campaign one row, and each row one message. No address: contacts are read when a message is made.
        create table if not exists marketing_ops.campaign_sends (
            campaign_id uuid not null, send_id uuid not null default generate_uuid_v7(), contact_id uuid not null, variant text not null,
            state text not null default 'queued' check (state in ('queued','submitted','accepted','rejected','unconfirmed','suppressed','skipped')),
            reason text, provider text, message_id text, request_id uuid, attempts integer not null default 0,
            due_at timestamptz not null default now(), submitted_at timestamptz, finished_at timestamptz,
            primary key (campaign_id, send_id), constraint uq_campaign_sends_contact unique (contact_id, campaign_id));
        create index if not exists ix_campaign_sends_queued on marketing_ops.campaign_sends (campaign_id, due_at) where state = 'queued';
        create index if not exists ix_campaign_sends_open on marketing_ops.campaign_sends (submitted_at) where state in ('submitted', 'unconfirmed');
        alter table marketing_ops.campaign_sends set (autovacuum_vacuum_scale_factor = 0.05);

        create table if not exists marketing_ops.campaign_sendings (
            campaign_id uuid primary key, frozen_at timestamptz, recipients bigint not null default 0, held_out bigint not null default 0,
            late_after timestamptz, redispatch_at timestamptz not null default now(), stopped_at timestamptz, stopped_reason text, completed_at timestamptz,
            -- Since the campaign was last paused by itself; the last two are what it had then.
            answered bigint not null default 0, refused bigint not null default 0, delivered_before bigint not null default 0, complained_before bigint not null default 0);

        create table if not exists marketing_ops.send_senders (sender text primary key, first_sent_at timestamptz not null default now());
        -- One row a call to a provider that reports by webhook.
        create table if not exists marketing_ops.send_requests (
            request_id uuid primary key, provider text not null, submitted_at timestamptz not null default now(), reported_at timestamptz);
        create index if not exists ix_send_requests_reported on marketing_ops.send_requests (provider, submitted_at) where reported_at is not null;

        -- A limit remembers when tokens were taken, in at most 65 slots; each comes back one span after the latest of its slot, so never early.
        create table if not exists marketing_ops.send_limits (
            key text primary key, taken_at timestamptz[] not null default '{}', taken integer[] not null default '{}', blocked_until timestamptz);

        create or replace function marketing_ops.take_send_tokens(
            keys text[], limits integer[], spans interval[], wanted integer, at timestamptz default null, out granted integer, out wait interval)
        language plpgsql as $$
        declare
            moment timestamptz;
            line record;
            place integer;
            free integer;
            held integer;
            first_back timestamptz;
            stamp timestamptz[];
            amount integer[];
        begin
            granted := wanted;
            wait := interval '0';
            insert into marketing_ops.send_limits (key) select k from unnest(keys) k order by k on conflict do nothing;
            -- In one order, so that two workers cannot wait for each other.
            perform from marketing_ops.send_limits where key = any(keys) order by key for update;
            moment := coalesce(at, clock_timestamp());
            for line in select l.*, array_position(keys, l.key) as place from marketing_ops.send_limits l where l.key = any(keys) loop
                place := line.place;
                select coalesce(array_agg(t order by t), '{}'), coalesce(array_agg(n order by t), '{}') into stamp, amount
                from unnest(line.taken_at, line.taken) as slot (t, n) where t > moment - spans[place];
                select coalesce(sum(n), 0) into held from unnest(amount) n;
                free := limits[place] - held;
                if line.blocked_until > moment then
                    wait := greatest(wait, line.blocked_until - moment);
                    granted := 0;
                elsif free <= 0 then
                    first_back := stamp[1];
                    wait := greatest(wait, first_back + spans[place] - moment);
                    granted := 0;
                else
                    granted := least(granted, free);
                end if;
                update marketing_ops.send_limits set taken_at = stamp, taken = amount where key = line.key;
            end loop;
            if granted <= 0 then
                granted := 0;
                return;
            end if;
            for line in select l.*, array_position(keys, l.key) as place from marketing_ops.send_limits l where l.key = any(keys) loop
                place := line.place;
                -- A clock that was set back must not make tokens come back early.
                moment := greatest(moment, line.taken_at[cardinality(line.taken_at)]);
                if cardinality(line.taken_at) > 0 and floor(extract(epoch from line.taken_at[cardinality(line.taken_at)]) / (extract(epoch from spans[place]) / 64))
                    = floor(extract(epoch from moment) / (extract(epoch from spans[place]) / 64)) then
                    update marketing_ops.send_limits set taken_at[cardinality(taken_at)] = moment, taken[cardinality(taken)] = taken[cardinality(taken)] + granted where key = line.key;
                else
                    update marketing_ops.send_limits set taken_at = taken_at || moment, taken = taken || granted where key = line.key;
                end if;
            end loop;
        end $$;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop function if exists marketing_ops.take_send_tokens;
        drop table if exists marketing_ops.send_limits, marketing_ops.send_requests, marketing_ops.send_senders, marketing_ops.campaign_sendings, marketing_ops.campaign_sends;
        """);
}
