using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Who is told when a post fails or goes out, and what was told. Events are made in the transaction that makes them true.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125180400_CreateNotifications")]
public sealed class CreateNotifications : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.notification_endpoints (
            id uuid primary key,
            url text not null,
            secret text not null,
            event_types text[] not null,
            is_active boolean not null default true,
            inactive_reason text,
            created_by text not null,
            created_at timestamptz not null default now());

        create table if not exists marketing_ops.notification_events (
            id uuid primary key default gen_random_uuid(),
            type text not null,
            data jsonb not null,
            created_at timestamptz not null default now());
        create index if not exists ix_notification_events_created_at on marketing_ops.notification_events (created_at);

        create table if not exists marketing_ops.notification_deliveries (
            event_id uuid not null references marketing_ops.notification_events (id) on delete cascade,
            endpoint_id uuid not null references marketing_ops.notification_endpoints (id) on delete cascade,
            state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
            attempts integer not null default 0,
            next_at timestamptz not null default now(),
            leased_until timestamptz,
            last_status integer,
            last_error text,
            delivered_at timestamptz,
            primary key (event_id, endpoint_id));
        create index if not exists ix_notification_deliveries_next_at on marketing_ops.notification_deliveries (next_at) where state = 'pending';

        create or replace function marketing_ops.notify(event_type text, event_data jsonb) returns void language plpgsql as $$
        declare
            event uuid;
        begin
            if not exists (select from marketing_ops.notification_endpoints where is_active and event_type = any(event_types)) then
                return;
            end if;
            insert into marketing_ops.notification_events (type, data) values (event_type, event_data) returning id into event;
            insert into marketing_ops.notification_deliveries (event_id, endpoint_id)
            select event, id from marketing_ops.notification_endpoints where is_active and event_type = any(event_types);
        end $$;

        create or replace function marketing_ops.notify_of_post() returns trigger language plpgsql as $$
        begin
            perform marketing_ops.notify('social_post.' || case when new.status = 'published' then 'published' else
                    coalesce((select case when state = 'missed' then 'missed' end from marketing_ops.publish_jobs where post_id = new.id), 'failed') end,
                jsonb_build_object('social_post_id', new.social_post_id, 'id', new.id, 'account_id', new.account_id, 'scheduled_at', new.scheduled_at, 'external_url', new.external_url,
                    'reason', (select reason from marketing_ops.publish_jobs where post_id = new.id)));
            return null;
        end $$;
        create or replace trigger notify_of_post after update on marketing.social_posts for each row
            when (old.status is distinct from new.status and new.status in ('failed', 'published')) execute function marketing_ops.notify_of_post();

        create or replace function marketing_ops.notify_of_account() returns trigger language plpgsql as $$
        begin
            perform marketing_ops.notify('social_account.disconnected', jsonb_build_object('social_account_id', new.social_account_id, 'id', new.id, 'platform', new.platform, 'account_name', new.account_name));
            return null;
        end $$;
        create or replace trigger notify_of_account after update on marketing.social_accounts for each row
            when (old.status is distinct from new.status and new.status = 'disconnected') execute function marketing_ops.notify_of_account();
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop trigger if exists notify_of_post on marketing.social_posts;
        drop trigger if exists notify_of_account on marketing.social_accounts;
        drop function if exists marketing_ops.notify_of_post, marketing_ops.notify_of_account, marketing_ops.notify;
        drop table if exists marketing_ops.notification_deliveries, marketing_ops.notification_events, marketing_ops.notification_endpoints;
        """);
}
