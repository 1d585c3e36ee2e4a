using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>What was seen in an asset, by which model, and how often its ingest was begun.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125100000_CreateMediaUnderstanding")]
public sealed class CreateMediaUnderstanding : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.asset_features (asset_id uuid primary key references marketing.content_library(id) on delete cascade, phash bigint, embedding real[], thumbhash bytea, sharpness real, exposure real, face_count integer, faces jsonb, palette jsonb, document_text text, updated_at timestamptz not null default now());

        -- Blobs are compared with a listing in the order of bytes.
        alter table marketing_ops.ingested_blobs add column if not exists attempts integer not null default 0;
        create index if not exists ix_ingested_blobs_container_name on marketing_ops.ingested_blobs (container, blob_name collate "C");
        create index if not exists ix_ingested_blobs_processing on marketing_ops.ingested_blobs (created_at) where state = 'processing';

        create table if not exists marketing_ops.asset_tags (
            asset_id uuid not null references marketing.content_library(id) on delete cascade,
            tag text not null,
            confidence real not null,
            tagger text not null,
            model text not null,
            removed_at timestamptz,
            seen_at timestamptz not null default now(),
            primary key (asset_id, tag)
        );
        create table if not exists marketing_ops.asset_tagging (
            asset_id uuid primary key references marketing.content_library(id) on delete cascade,
            tagger text not null,
            model text not null,
            ai_tags text[] not null default '{}',
            ai_description text,
            alt_text text,
            focal_point jsonb,
            input_tokens bigint not null default 0,
            output_tokens bigint not null default 0,
            tagged_at timestamptz not null default now()
        );
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop table if exists marketing_ops.asset_tagging, marketing_ops.asset_tags, marketing_ops.asset_features;
        drop index if exists marketing_ops.ix_ingested_blobs_processing, marketing_ops.ix_ingested_blobs_container_name;
        alter table marketing_ops.ingested_blobs drop column if exists attempts;
        """);
}
