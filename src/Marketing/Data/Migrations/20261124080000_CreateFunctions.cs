using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>The functions that column defaults and triggers use.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261124080000_CreateFunctions")]
public sealed class CreateFunctions : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            create schema if not exists marketing;
            create schema if not exists marketing_ops;
            """);

        // RFC 9562, version 7: 48 bits of milliseconds, 12 bits of the millisecond's fraction as PostgreSQL 18 does it, 62 random bits.
        migrationBuilder.Sql("""
            do $do$
            begin
                if to_regprocedure('generate_uuid_v7()') is not null then
                    return;
                end if;
                if to_regprocedure('pg_catalog.uuidv7()') is not null then
                    create function public.generate_uuid_v7() returns uuid
                    language sql volatile parallel safe
                    as 'select pg_catalog.uuidv7()';
                else
                    create function public.generate_uuid_v7() returns uuid
                    language plpgsql volatile parallel safe
                    as $function$
                    declare
                        micros bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
                        fraction integer := ((micros % 1000) * 4096 / 1000)::integer;
                        bytes bytea := uuid_send(gen_random_uuid());
                    begin
                        bytes := overlay(bytes placing substring(int8send(micros / 1000) from 3) from 1 for 6);
                        bytes := set_byte(bytes, 6, 112 | (fraction >> 8));
                        bytes := set_byte(bytes, 7, fraction & 255);
                        return encode(bytes, 'hex')::uuid;
                    end
                    $function$;
                end if;
            end
            $do$;
            """);

        // At least six digits; lpad alone would cut the seventh off.
        migrationBuilder.Sql("""
            create or replace function marketing_ops.business_id(prefix text, number bigint) returns text
            language sql immutable parallel safe
            as $$ select prefix || '-' || lpad(number::text, greatest(6, length(number::text)), '0') $$;

            create or replace function marketing_ops.set_updated_at() returns trigger
            language plpgsql
            as $$
            begin
                new.updated_at := now();
                return new;
            end
            $$;
            """);
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop function if exists marketing_ops.set_updated_at();
        drop function if exists marketing_ops.business_id(text, bigint);
        """);
}
