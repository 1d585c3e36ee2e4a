using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>What a campaign sends by email: sender, list, settings, when, and the variants of its content.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125170000_CreateCampaignEmails")]
public sealed class CreateCampaignEmails : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.campaign_emails (
            campaign_id uuid primary key references marketing.campaigns (id) on delete cascade,
            provider text not null, sender_email text not null, sender_name text, reply_to text, list text not null default '',
            holdout numeric(7,6) not null default 0 check (holdout >= 0 and holdout < 1),
            settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
            send_at timestamptz, send_at_local timestamp, time_zone text, started_at timestamptz, refused_reason text,
            updated_by text, updated_at timestamptz not null default now());
        create index if not exists ix_campaign_emails_send_at on marketing_ops.campaign_emails (send_at) where started_at is null;

        -- "source" is the content as it stood when the campaign started: what is sent does not change under way.
        create table if not exists marketing_ops.campaign_variants (
            campaign_id uuid not null references marketing_ops.campaign_emails (campaign_id) on delete cascade,
            variant text not null check (variant ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$'),
            content_id uuid references marketing.content (id) on delete set null, subject text,
            share numeric(7,6) not null check (share > 0 and share <= 1), source jsonb,
            primary key (campaign_id, variant));
        create index if not exists ix_campaign_variants_content on marketing_ops.campaign_variants (content_id);

        -- The place of a contact in [0, 1) for one campaign: the same however often it is asked, and unrelated between campaigns.
        create or replace function marketing_ops.campaign_bucket(campaign uuid, contact uuid) returns double precision language sql immutable parallel safe as
            $$ select ('x' || substr(md5(campaign::text || contact::text), 1, 8))::bit(32)::bigint / 4294967296.0::double precision $$;

        -- A contact gets the variant with from_share <= bucket < until_share; beyond the last lies the holdout.
        create or replace view marketing_ops.campaign_variant_ranges as
            select campaign_id, variant, (sum(share) over turn - share)::double precision as from_share, (sum(share) over turn)::double precision as until_share
            from   marketing_ops.campaign_variants window turn as (partition by campaign_id order by variant);
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop view if exists marketing_ops.campaign_variant_ranges;
        drop function if exists marketing_ops.campaign_bucket(uuid, uuid);
        drop table if exists marketing_ops.campaign_variants, marketing_ops.campaign_emails;
        """);
}
