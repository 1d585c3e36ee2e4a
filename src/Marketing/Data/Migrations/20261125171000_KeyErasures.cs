using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Erased addresses are known by a keyed hash alone, and every address by one hash in SQL as in C#.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125171000_KeyErasures")]
public sealed class KeyErasures : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- Id of the key of the ring under which "address_hash" is keyed; null for the plain hash.
        alter table marketing_ops.suppressions add column if not exists hash_key text;
        do $$ begin
            if not exists (select from pg_constraint where conname = 'ck_suppressions_erasure_is_keyed' and conrelid = 'marketing_ops.suppressions'::regclass) then
                alter table marketing_ops.suppressions add constraint ck_suppressions_erasure_is_keyed check ((reason = 'erasure') = (hash_key is not null)) not valid;
            end if;
        end $$;
        create index if not exists ix_suppressions_erasure on marketing_ops.suppressions (hash_key, address_hash) where reason = 'erasure';

        -- SHA-256 of an address without blanks around it and with its ASCII letters in lower case, whatever the locale of the database.
        -- Stable, not immutable: so the planner puts the expression itself in its place.
        create or replace function marketing_ops.address_hash(address text) returns bytea language sql stable parallel safe as
            $$ select sha256(convert_to(lower(btrim(address, E' \t\n\r\f\v') collate "C"), 'UTF8')) $$;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop function if exists marketing_ops.address_hash(text);
        alter table marketing_ops.suppressions drop column if exists hash_key;
        """);
}
