using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Roles and what they grant, what a key holds beside its scopes, and the answers kept for idempotency keys.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261124080500_CreateAccess")]
public sealed class CreateAccess : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table marketing_ops.api_clients
            add column if not exists roles text[] not null default '{member}',
            add column if not exists claims jsonb not null default '{}',
            add column if not exists expires_at timestamptz,
            add column if not exists previous_key_hash bytea,
            add column if not exists previous_key_expires_at timestamptz;
        create index if not exists ix_api_clients_previous_key_hash on marketing_ops.api_clients (previous_key_hash) where previous_key_hash is not null;
        update marketing_ops.api_clients set scopes = array_append(scopes, 'approve') where 'publish' = any(scopes) and not 'approve' = any(scopes);

        create table if not exists marketing_ops.roles (
            name text primary key check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
            description text,
            scopes text[] not null default '{}',
            grants jsonb not null default '[]' check (jsonb_typeof(grants) = 'array'),
            created_at timestamptz not null default now(),
            updated_at timestamptz not null default now()
        );
        insert into marketing_ops.roles (name, description, scopes, grants) values
        ('member', 'Every row and column of every table', '{read,write}', '[{"table":"*","action":"*"}]'),
        ('administrator', 'Everything, with keys, roles and reference tables', '{read,write,approve,publish,admin}', '[{"table":"*","action":"*"},{"table":"social_posts","action":"approve_own"}]'),
        ('viewer', 'Reads everything', '{read}', '[{"table":"*","action":"read"}]'),
        ('benson', 'The agent that writes content: reads everything, writes drafts, publishes nothing', '{read,write}', '[
            {"table":"*","action":"read"},
            {"table":"content","action":"create","check":"status=in.(draft,review)"},
            {"table":"content","action":"update","row_filter":"status=in.(draft,review)"},
            {"table":"content_components","action":"*"},
            {"table":"content_usage","action":"*"},
            {"table":"calendar_items","action":"update","columns":["status","content_id","title","description"]}]'),
        ('aura', 'The agent that runs social media: reads everything, writes posts, approves none', '{read,write,publish}', '[
            {"table":"*","action":"read"},
            {"table":"social_posts","action":"create"},
            {"table":"social_posts","action":"update"},
            {"table":"social_analytics","action":"create"},
            {"table":"social_analytics","action":"update"},
            {"table":"social_account_metrics","action":"create"},
            {"table":"social_account_metrics","action":"update"},
            {"table":"calendar_items","action":"*"}]'),
        ('agency', 'An agency that works for some properties: claim property_ids', '{read,write}', '[
            {"table":"content","action":"*","row_filter":"property_id=in.$claims.property_ids"},
            {"table":"content_versions","action":"read","row_filter":"and=(content(property_id.in.$claims.property_ids))"},
            {"table":"content_library","action":"read","row_filter":"and=(property_content(property_id.in.$claims.property_ids))"},
            {"table":"property_content","action":"*","row_filter":"property_id=in.$claims.property_ids"},
            {"table":"content_strategy","action":"read","row_filter":"property_id=in.$claims.property_ids"},
            {"table":"content_calendars","action":"*","row_filter":"property_id=in.$claims.property_ids"},
            {"table":"calendar_items","action":"*","row_filter":"and=(content_calendars(property_id.in.$claims.property_ids))"},
            {"table":"campaigns","action":"*","row_filter":"property_id=in.$claims.property_ids"},
            {"table":"social_accounts","action":"read","row_filter":"property_id=in.$claims.property_ids"},
            {"table":"social_posts","action":"*","row_filter":"and=(social_accounts(property_id.in.$claims.property_ids))"},
            {"table":"social_analytics","action":"read","row_filter":"and=(social_posts(social_accounts(property_id.in.$claims.property_ids)))"},
            {"table":"websites","action":"read","row_filter":"property_id=in.$claims.property_ids"},
            {"table":"website_pages","action":"*","row_filter":"and=(websites(property_id.in.$claims.property_ids))"},
            {"table":"ref_content_types","action":"read"},
            {"table":"ref_social_platforms","action":"read"},
            {"table":"ref_campaign_types","action":"read"}]')
        on conflict (name) do nothing;

        alter table marketing_ops.audit_log add column if not exists on_behalf_of text;
        create index if not exists ix_audit_log_at on marketing_ops.audit_log (at);

        create table if not exists marketing_ops.idempotency_keys (
            caller text not null, key text not null, request_hash bytea not null,
            status integer, headers jsonb, body bytea, created_at timestamptz not null default now(),
            primary key (caller, key)
        );
        create index if not exists ix_idempotency_keys_created_at on marketing_ops.idempotency_keys (created_at);
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop table if exists marketing_ops.idempotency_keys;
        drop table if exists marketing_ops.roles;
        drop index if exists marketing_ops.ix_audit_log_at;
        alter table marketing_ops.audit_log drop column if exists on_behalf_of;
        alter table marketing_ops.api_clients drop column if exists roles, drop column if exists claims, drop column if exists expires_at,
            drop column if exists previous_key_hash, drop column if exists previous_key_expires_at;
        """);
}
