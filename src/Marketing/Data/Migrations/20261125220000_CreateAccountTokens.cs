using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>What the product remembers of an account's tokens, consents under way, and requests of people to delete their data.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125220000_CreateAccountTokens")]
public sealed class CreateAccountTokens : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.account_tokens (
            account_id uuid primary key references marketing.social_accounts (id) on delete cascade,
            login text not null,
            external_user_id text,
            external_parent_id text,
            refresh_token text,
            access_expires_at timestamptz,
            refresh_expires_at timestamptz,
            data_access_expires_at timestamptz,
            scopes text[] not null default '{}',
            generation integer not null default 0,
            connected_at timestamptz not null default now(),
            connected_by text,
            refreshed_at timestamptz,
            came_after_refusal boolean not null default false,
            refresh_due_at timestamptz,
            attempt_started_at timestamptz,
            leased_until timestamptz,
            lease_token uuid,
            failures integer not null default 0,
            last_error text,
            last_failed_at timestamptz,
            disconnected_at timestamptz,
            disconnected_reason text,
            notify text
        );
        create index if not exists ix_account_tokens_refresh_due_at on marketing_ops.account_tokens (refresh_due_at) where refresh_due_at is not null;
        create index if not exists ix_account_tokens_user on marketing_ops.account_tokens (login, external_user_id) where external_user_id is not null;

        create table if not exists marketing_ops.account_connections (
            id uuid primary key,
            platform text not null,
            state text not null default 'started' check (state in ('started', 'exchanging', 'choose', 'connected', 'failed')),
            account_id uuid references marketing.social_accounts (id) on delete cascade,
            property_id uuid,
            requested_by text not null,
            subject text not null,
            code_verifier text,
            sealed_choices text,
            choices jsonb not null default '[]',
            reason text,
            created_at timestamptz not null default now(),
            expires_at timestamptz not null
        );
        create index if not exists ix_account_connections_expires_at on marketing_ops.account_connections (expires_at);

        create table if not exists marketing_ops.data_deletions (
            code text primary key,
            provider text not null,
            external_user_id text not null,
            accounts integer not null default 0,
            requested_at timestamptz not null default now(),
            completed_at timestamptz,
            unique (provider, external_user_id)
        );
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop table if exists marketing_ops.data_deletions;
        drop table if exists marketing_ops.account_connections;
        drop table if exists marketing_ops.account_tokens;
        """);
}
