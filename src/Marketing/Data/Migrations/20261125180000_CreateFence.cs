using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Which environment the database belongs to, so that a copy of it acts on nobody's behalf until somebody says so.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125180000_CreateFence")]
public sealed class CreateFence : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.environment (
            is_only boolean primary key default true check (is_only),
            id uuid not null default gen_random_uuid(),
            name text not null,
            server text not null,
            claimed_at timestamptz not null default now(),
            released_at timestamptz,
            released_by text);

        -- A restored dump has another system identifier or at least another database oid. Where the identifier is not for us, the oid alone tells.
        create or replace function marketing_ops.server_identity() returns text language plpgsql stable as $$
        declare
            cluster text;
        begin
            begin
                select system_identifier::text into cluster from pg_control_system();
            exception when insufficient_privilege then
                cluster := '';
            end;
            return cluster || '/' || (select oid from pg_database where datname = current_database());
        end $$;

        create or replace function marketing_ops.is_released(environment text) returns boolean language sql stable as $$
            select exists (select from marketing_ops.environment e where e.name = environment and e.server = marketing_ops.server_identity())
        $$;

        -- The first environment that asks owns the database.
        create or replace function marketing_ops.ask_fence(environment text) returns boolean language plpgsql as $$
        begin
            if not exists (select from marketing_ops.environment) then
                insert into marketing_ops.environment (name, server) values (environment, marketing_ops.server_identity()) on conflict do nothing;
            end if;
            return marketing_ops.is_released(environment);
        end $$;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop function if exists marketing_ops.ask_fence(text);
        drop function if exists marketing_ops.is_released(text);
        drop function if exists marketing_ops.server_identity();
        drop table if exists marketing_ops.environment;
        """);
}
