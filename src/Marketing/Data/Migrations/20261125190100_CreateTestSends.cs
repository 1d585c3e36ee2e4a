using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Messages that were sent as a test, and the environment in which a campaign's recipients were frozen.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125190100_CreateTestSends")]
public sealed class CreateTestSends : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- By hash: who was written to is asked by address, and the table knows nobody.
        create table if not exists marketing_ops.test_sends (
            send_id uuid primary key, campaign_id uuid not null, variant text not null, address_hash bytea not null, provider text not null,
            state text not null default 'submitted' check (state in ('submitted','accepted','rejected','unconfirmed')), reason text,
            requested_by text not null, requested_at timestamptz not null default now(), finished_at timestamptz);
        create index if not exists ix_test_sends_campaign on marketing_ops.test_sends (campaign_id);
        alter table marketing_ops.campaign_sendings add column if not exists environment uuid;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table marketing_ops.campaign_sendings drop column if exists environment;
        drop table if exists marketing_ops.test_sends;
        """);
}
