using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Options of posts that the schema has no column for, and what a publisher keeps of a container between two calls.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125160000_CreatePostOptions")]
public sealed class CreatePostOptions : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.post_options (
            post_id uuid primary key references marketing.social_posts (id) on delete cascade,
            options jsonb not null check (jsonb_typeof(options) = 'object'),
            updated_at timestamptz not null default now());
        alter table marketing_ops.publish_jobs add column if not exists container_state text;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table marketing_ops.publish_jobs drop column if exists container_state;
        drop table if exists marketing_ops.post_options;
        """);
}
