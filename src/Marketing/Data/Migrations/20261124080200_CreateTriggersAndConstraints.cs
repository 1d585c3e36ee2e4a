using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>What the model cannot say: unique constraints, <c>updated_at</c> triggers, foreign keys to tables of other teams.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261124080200_CreateTriggersAndConstraints")]
public sealed class CreateTriggersAndConstraints : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        // The map's plain uniques are constraints. The model holds them as indexes, since a unique key of the model could not be edited.
        migrationBuilder.Sql("""
            do $do$
            declare
                plain record;
            begin
                for plain in
                    select index.relname as name, owner.relname as owner
                    from   pg_index
                    join   pg_class index on index.oid = pg_index.indexrelid
                    join   pg_class owner on owner.oid = pg_index.indrelid
                    where  owner.relnamespace = 'marketing'::regnamespace
                    and    index.relname like 'uq\_%' and pg_index.indpred is null
                    and    not exists (select from pg_constraint where conindid = pg_index.indexrelid and contype = 'u')
                loop
                    execute format('alter table marketing.%I add constraint %I unique using index %I', plain.owner, plain.name, plain.name);
                end loop;
            end
            $do$;
            """);

        migrationBuilder.Sql("""
            do $do$
            declare
                owner name;
            begin
                for owner in select table_name from information_schema.columns where table_schema = 'marketing' and column_name = 'updated_at' loop
                    execute format(
                        'create or replace trigger set_updated_at before update on marketing.%I for each row execute function marketing_ops.set_updated_at()',
                        owner);
                end loop;
            end
            $do$;
            """);

        migrationBuilder.Sql(ConnectExternalTables);
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop function if exists marketing_ops.connect_external_tables();");

    // Other teams own these tables and may create them after us, so the keys are made by a function that can be called again.
    private const string ConnectExternalTables = """
        create or replace function marketing_ops.connect_external_tables() returns setof text
        language plpgsql
        as $$
        declare
            key record;
        begin
            for key in
                select *, format('fk_%s_%s_%s', split_part(referencing, '.', 2), split_part(referenced, '.', 2), referencing_column) as name
                from (values
                    ('marketing.content',           'property_id',      'property.properties',       'set null'),
                    ('marketing.property_content',  'property_id',      'property.properties',       'cascade'),
                    ('marketing.content_strategy',  'property_id',      'property.properties',       'cascade'),
                    ('marketing.content_calendars', 'property_id',      'property.properties',       'set null'),
                    ('marketing.campaigns',         'property_id',      'property.properties',       'set null'),
                    ('marketing.social_accounts',   'property_id',      'property.properties',       'cascade'),
                    ('marketing.websites',          'property_id',      'property.properties',       'set null'),
                    ('marketing.segment_members',   'contact_id',       'directory.contacts',        'cascade'),
                    ('marketing.calendar_items',    'owner_contact_id', 'directory.contacts',        'set null'),
                    ('marketing.campaign_events',   'contact_id',       'directory.contacts',        'cascade'),
                    ('marketing.attribution',       'reservation_id',   'reservations.reservations', 'cascade'),
                    ('property_listings.listing_photos', 'library_asset_id', 'marketing.content_library', 'cascade')
                ) as keys (referencing, referencing_column, referenced, on_delete)
            loop
                if to_regclass(key.referenced) is null then
                    return next key.referenced;
                elsif to_regclass(key.referencing) is null then
                    return next key.referencing;
                elsif not exists (
                    select from pg_constraint
                    join   pg_attribute on attrelid = conrelid and attnum = conkey[1]
                    where  contype = 'f' and conrelid = to_regclass(key.referencing) and confrelid = to_regclass(key.referenced)
                    and    attname = key.referencing_column)
                then
                    execute format('alter table %s add constraint %I foreign key (%I) references %s (id) on delete %s',
                        key.referencing, key.name, key.referencing_column, key.referenced, key.on_delete);
                end if;
            end loop;
        end
        $$;
        """;
}
