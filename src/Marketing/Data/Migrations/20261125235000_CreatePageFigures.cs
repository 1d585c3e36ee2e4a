using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Figures of website pages by day, and conversions that are told to advertising platforms.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125235000_CreatePageFigures")]
public sealed class CreatePageFigures : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- Paths in one form: lower case, without a slash at their end.
        create table if not exists marketing_ops.page_figures (
            website_id uuid not null references marketing.websites (id) on delete cascade, day date not null, page_path text not null,
            page_views bigint not null, conversions numeric not null, primary key (website_id, day, page_path));
        create table if not exists marketing_ops.website_pulls (
            website_id uuid primary key references marketing.websites (id) on delete cascade,
            due_at timestamptz not null default now(), pulled_at timestamptz, pulled_until date, failures integer not null default 0, error text);
        create or replace function marketing_ops.page_path_form(path text) returns text language sql immutable parallel safe as
            $$ select lower(coalesce(nullif(rtrim(path, '/'), ''), '/')) $$;

        -- One row a booking, destination and kind: told once, whatever happens. Value and currency are what was told.
        create table if not exists marketing_ops.conversion_exports (
            id uuid primary key default generate_uuid_v7(), reservation_id uuid not null, destination text not null, kind text not null check (kind in ('purchase', 'refund')),
            occurred_at timestamptz not null, state text not null default 'queued' check (state in ('queued', 'sent', 'rejected', 'skipped')),
            reason text, value numeric, currency text, attempts integer not null default 0, due_at timestamptz not null default now(), finished_at timestamptz,
            created_at timestamptz not null default now(), unique (reservation_id, destination, kind));
        create index if not exists ix_conversion_exports_due on marketing_ops.conversion_exports (due_at) where state = 'queued';
        create index if not exists ix_attributed_reservations_at on marketing_ops.attributed_reservations (attributed_at);
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop index if exists marketing_ops.ix_attributed_reservations_at;
        drop table if exists marketing_ops.conversion_exports, marketing_ops.website_pulls, marketing_ops.page_figures;
        drop function if exists marketing_ops.page_path_form;
        """);
}
