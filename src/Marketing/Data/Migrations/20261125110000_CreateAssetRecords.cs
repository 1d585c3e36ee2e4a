using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>What the library remembers of an asset beside its row: how it came, what it looks like, and who may use it until when.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125110000_CreateAssetRecords")]
public sealed class CreateAssetRecords : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.asset_features (asset_id uuid primary key references marketing.content_library(id) on delete cascade, phash bigint, embedding real[], thumbhash bytea, sharpness real, exposure real, face_count integer, faces jsonb, palette jsonb, document_text text, updated_at timestamptz not null default now());

        create table if not exists marketing_ops.asset_uploads (
            id uuid primary key default gen_random_uuid(),
            kind text not null check (kind in ('direct', 'posted', 'import')),
            state text not null default 'open' check (state in ('open', 'completed', 'failed', 'abandoned')),
            reason text,
            subject text not null,
            created_by text not null,
            filename text not null,
            mime_type text,
            size_bytes bigint,
            metadata jsonb not null default '{}',
            allow_duplicate boolean not null default false,
            source_url text,
            blob_name text,
            sha256 bytea,
            is_duplicate boolean not null default false,
            attempts integer not null default 0,
            leased_until timestamptz,
            lease_token uuid,
            created_at timestamptz not null default now(),
            expires_at timestamptz not null,
            finished_at timestamptz
        );
        create index if not exists ix_asset_uploads_open on marketing_ops.asset_uploads (expires_at) where state = 'open';
        create index if not exists ix_asset_uploads_blob_name on marketing_ops.asset_uploads (blob_name) where blob_name is not null;

        create table if not exists marketing_ops.asset_contents (
            sha256 bytea primary key,
            blob_name text not null,
            upload_id uuid not null references marketing_ops.asset_uploads (id) on delete cascade,
            created_at timestamptz not null default now()
        );
        create index if not exists ix_ingested_blobs_sha256 on marketing_ops.ingested_blobs (sha256) where sha256 is not null;

        create table if not exists marketing_ops.asset_licences (
            asset_id uuid primary key references marketing.content_library (id) on delete cascade,
            licence_type text not null check (licence_type in ('owned', 'royalty_free', 'rights_managed', 'editorial', 'creative_commons', 'user_generated')),
            starts_at timestamptz,
            expires_at timestamptz,
            territories text[] not null default '{}',
            model_release text not null default 'not_needed' check (model_release in ('not_needed', 'signed', 'missing')),
            property_release text not null default 'not_needed' check (property_release in ('not_needed', 'signed', 'missing')),
            licensor text,
            note text,
            updated_by text not null,
            updated_at timestamptz not null default now(),
            check (expires_at is null or starts_at is null or expires_at > starts_at)
        );
        create index if not exists ix_asset_licences_expires_at on marketing_ops.asset_licences (expires_at) where expires_at is not null;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop index if exists marketing_ops.ix_ingested_blobs_sha256;
        drop table if exists marketing_ops.asset_licences, marketing_ops.asset_contents, marketing_ops.asset_uploads, marketing_ops.asset_features;
        """);
}
