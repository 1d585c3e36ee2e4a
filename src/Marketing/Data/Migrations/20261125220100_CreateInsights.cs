using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>When figures of accounts and posts are read, how much of the platforms' patience is spent, and what a stored row means on each platform.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125220100_CreateInsights")]
public sealed class CreateInsights : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.insight_series (
            platform text primary key,
            series text not null check (series in ('lifetime', 'day')),
            note text not null
        );
        insert into marketing_ops.insight_series (platform, series, note) values
        ('instagram', 'lifetime', 'A row holds the totals of the post as read last on that day.'),
        ('facebook', 'lifetime', 'A row holds the totals of the post as read last on that day.'),
        ('tiktok', 'lifetime', 'A row holds the totals of the video as read last on that day; they may fall.'),
        ('twitter', 'lifetime', 'A row holds the totals of the post as read last on that day.'),
        ('linkedin', 'lifetime', 'A row holds the totals of the post as read last on that day.'),
        ('youtube', 'day', 'A row holds what happened on that day, Pacific Time; days are corrected for a week.'),
        ('pinterest', 'day', 'A row holds what happened on that day, UTC; days are corrected for a week.')
        on conflict (platform) do nothing;

        create table if not exists marketing_ops.insight_accounts (
            account_id uuid primary key references marketing.social_accounts (id) on delete cascade,
            due_at timestamptz not null default now(),
            queued_at timestamptz,
            held_until timestamptz,
            leased_until timestamptz,
            lease_token uuid,
            backfilled_at timestamptz,
            read_at timestamptz,
            failures integer not null default 0,
            last_error text
        );
        create index if not exists ix_insight_accounts_due_at on marketing_ops.insight_accounts (due_at);

        create table if not exists marketing_ops.insight_posts (
            post_id uuid primary key references marketing.social_posts (id) on delete cascade,
            account_id uuid not null,
            due_at timestamptz,
            read_at timestamptz,
            failures integer not null default 0,
            last_error text,
            gone_at timestamptz
        );
        create index if not exists ix_insight_posts_due on marketing_ops.insight_posts (account_id, due_at) where due_at is not null;

        create table if not exists marketing_ops.insight_budgets (
            scope text primary key,
            window_at timestamptz not null,
            calls integer not null default 0,
            paused_until timestamptz,
            reason text
        );
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop table if exists marketing_ops.insight_budgets;
        drop table if exists marketing_ops.insight_posts;
        drop table if exists marketing_ops.insight_accounts;
        drop table if exists marketing_ops.insight_series;
        """);
}
