using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>When accounts post, and when they do not.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125180300_CreatePostingSlots")]
public sealed class CreatePostingSlots : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.posting_slots (
            account_id uuid not null references marketing_ops.account_publishing (account_id) on delete cascade,
            weekday smallint not null check (weekday between 1 and 7),
            at time not null,
            primary key (account_id, weekday, at));

        create table if not exists marketing_ops.posting_blackouts (
            id uuid primary key default gen_random_uuid(),
            account_id uuid not null references marketing_ops.account_publishing (account_id) on delete cascade,
            from_at timestamptz not null,
            until_at timestamptz not null,
            reason text,
            check (until_at > from_at));
        create index if not exists ix_posting_blackouts_account_id on marketing_ops.posting_blackouts (account_id, until_at);
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop table if exists marketing_ops.posting_blackouts, marketing_ops.posting_slots;");
}
