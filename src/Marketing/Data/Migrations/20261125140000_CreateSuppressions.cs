using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Addresses that are never written to, by hash, so that the ledger outlives the contact.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125140000_CreateSuppressions")]
public sealed class CreateSuppressions : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.suppressions (id uuid primary key default gen_random_uuid(), address_hash bytea not null, contact_id uuid, scope text not null default 'all' check (scope in ('all','channel','list')), scope_value text not null default '', reason text not null check (reason in ('unsubscribe','complaint','hard_bounce','soft_bounces','manual','erasure')), source text not null, created_at timestamptz not null default now(), expires_at timestamptz, lifted_at timestamptz, unique (address_hash, scope, scope_value, reason));
        create index if not exists ix_suppressions_contact on marketing_ops.suppressions (contact_id) where contact_id is not null;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop table if exists marketing_ops.suppressions;");
}
