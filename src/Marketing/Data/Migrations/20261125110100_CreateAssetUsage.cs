using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>
/// Where assets and content are used: a view of every place, and triggers that keep <c>content_usage</c> equal to it within the transaction
/// that changes the place. Then what a deleted asset leaves for its restoration, and the one hero of a property.
/// </summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125110100_CreateAssetUsage")]
public sealed class CreateAssetUsage : Migration
{
    // Table, kind of use, the ids of that kind that rows of the table touch, and the columns that matter.
    private static readonly (string Table, string Kind, string Ids, string[] Columns)[] Places =
    [
        ("social_posts", "social_post", "select r.id from {0} r", ["media_urls", "content_id"]),
        ("property_content", "property", "select r.property_id from {0} r", ["property_id", "library_asset_id"]),
        ("website_pages", "website", "select r.id from {0} r", ["content_id"]),
        ("content_components", "content", "select r.parent_content_id from {0} r", ["parent_content_id", "component_content_id", "component_asset_id"]),
        ("content_components", "website", "select p.id from {0} r join marketing.website_pages p on p.content_id = r.parent_content_id", ["parent_content_id", "component_asset_id"]),
        ("calendar_items", "calendar_item", "select r.id from {0} r", ["content_id", "library_asset_id"]),
        ("calendar_items", "campaign", "select c.campaign_id from {0} r join marketing.content_calendars c on c.id = r.calendar_id where c.campaign_id is not null", ["calendar_id", "content_id", "library_asset_id"]),
        ("content_calendars", "campaign", "select r.campaign_id from {0} r where r.campaign_id is not null", ["campaign_id"]),
    ];

    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            create table if not exists marketing_ops.asset_addresses (asset_id uuid not null references marketing.content_library (id) on delete cascade, url text not null);
            create index if not exists ix_asset_addresses_asset_id on marketing_ops.asset_addresses (asset_id);
            create index if not exists ix_asset_addresses_url on marketing_ops.asset_addresses (md5(url));

            create or replace function marketing_ops.note_addresses() returns trigger language plpgsql as $$
            begin
                delete from marketing_ops.asset_addresses a using added r where a.asset_id = r.id;
                insert into marketing_ops.asset_addresses (asset_id, url) select r.id, r.file_url from added r union select r.id, r.thumbnail_url from added r where r.thumbnail_url is not null;
                return null;
            end $$;
            create or replace trigger note_addresses_added after insert on marketing.content_library referencing new table as added for each statement execute function marketing_ops.note_addresses();
            create or replace trigger note_addresses_changed after update on marketing.content_library referencing new table as added for each statement execute function marketing_ops.note_addresses();
            insert into marketing_ops.asset_addresses (asset_id, url)
            select asset.id, address.url from marketing.content_library asset cross join lateral (select asset.file_url union select asset.thumbnail_url) address (url)
            where  address.url is not null and not exists (select from marketing_ops.asset_addresses known where known.asset_id = asset.id and known.url = address.url);

            create or replace function marketing_ops.assets_at(address text) returns setof uuid language sql stable as $$
                select known.asset_id from marketing_ops.asset_addresses known where md5(known.url) = md5(address) and known.url = address
                union
                select asset.id from marketing.content_library asset
                where  asset.id = substring(address from '/(?:renditions|media)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:/|$)')::uuid
            $$;

            create or replace view marketing_ops.uses (usage_type, usage_id, content_id, asset_id, place, is_live) as
            select 'social_post', post.id, null::uuid, asset.id, 'social_posts.media_urls', post.status in ('scheduled', 'publishing')
            from   marketing.social_posts post cross join lateral unnest(post.media_urls) media (url) cross join lateral marketing_ops.assets_at(media.url) asset (id)
            union all
            select 'social_post', post.id, post.content_id, null, 'social_posts.content_id', post.status in ('scheduled', 'publishing') from marketing.social_posts post where post.content_id is not null
            union all
            select 'property', link.property_id, null, link.library_asset_id, 'property_content', coalesce(link.status, 'active') = 'active' from marketing.property_content link
            union all
            select 'website', page.id, page.content_id, null, 'website_pages.content_id', page.status = 'published' from marketing.website_pages page where page.content_id is not null
            union all
            select 'website', page.id, null, part.component_asset_id, 'content_components', page.status = 'published'
            from   marketing.website_pages page join marketing.content_components part on part.parent_content_id = page.content_id where part.component_asset_id is not null
            union all
            select 'content', part.parent_content_id, part.component_content_id, part.component_asset_id, 'content_components', whole.status = 'published'
            from   marketing.content_components part join marketing.content whole on whole.id = part.parent_content_id where part.component_content_id is not null or part.component_asset_id is not null
            union all
            select 'calendar_item', item.id, item.content_id, item.library_asset_id, 'calendar_items', item.status = 'scheduled'
            from   marketing.calendar_items item where item.content_id is not null or item.library_asset_id is not null
            union all
            select 'campaign', calendar.campaign_id, item.content_id, item.library_asset_id, 'calendar_items', campaign.status in ('scheduled', 'active')
            from   marketing.content_calendars calendar join marketing.campaigns campaign on campaign.id = calendar.campaign_id join marketing.calendar_items item on item.calendar_id = calendar.id
            where  item.content_id is not null or item.library_asset_id is not null;

            create table if not exists marketing_ops.tracked_usages (
                id uuid not null, usage_type text not null, usage_id uuid not null, place text not null,
                content_id uuid references marketing.content (id) on delete cascade, asset_id uuid references marketing.content_library (id) on delete cascade
            );
            create unique index if not exists ux_tracked_usages on marketing_ops.tracked_usages (usage_id, usage_type, place, content_id, asset_id) nulls not distinct;
            create index if not exists ix_tracked_usages_asset_id on marketing_ops.tracked_usages (asset_id);
            create index if not exists ix_tracked_usages_content_id on marketing_ops.tracked_usages (content_id);

            create or replace function marketing_ops.track_uses(kind text, ids uuid[]) returns void language plpgsql as $$
            begin
                if ids is null then
                    return;
                end if;
                with gone as (
                    delete from marketing_ops.tracked_usages t
                    where  t.usage_type = kind and t.usage_id = any(ids) and not exists (
                        select from marketing_ops.uses u where u.usage_type = t.usage_type and u.usage_id = t.usage_id and u.place = t.place
                        and u.content_id is not distinct from t.content_id and u.asset_id is not distinct from t.asset_id)
                    returning t.id)
                delete from marketing.content_usage used using gone where used.id = gone.id;

                with fresh as (
                    insert into marketing_ops.tracked_usages (id, usage_type, usage_id, place, content_id, asset_id)
                    select generate_uuid_v7(), u.usage_type, u.usage_id, u.place, u.content_id, u.asset_id
                    from  (select distinct usage_type, usage_id, place, content_id, asset_id from marketing_ops.uses where usage_type = kind and usage_id = any(ids)) u
                    on conflict do nothing
                    returning *)
                insert into marketing.content_usage (id, content_id, library_asset_id, usage_type, usage_id, usage_context)
                select fresh.id, fresh.content_id, fresh.asset_id, fresh.usage_type, fresh.usage_id, fresh.place from fresh;
            end $$;

            -- A use that is written by hand or by publishing takes the place of the one that was tracked.
            create or replace function marketing_ops.adopt_uses() returns trigger language plpgsql as $$
            begin
                with matched as materialized (
                    select t.ctid as found, t.id as old, a.id as new from added a
                    join   marketing_ops.tracked_usages t on t.usage_id = a.usage_id and t.usage_type = a.usage_type and t.content_id is not distinct from a.content_id and t.asset_id is not distinct from a.library_asset_id
                    where  t.id <> a.id and not exists (select from marketing_ops.tracked_usages own where own.id = a.id and own.usage_id = a.usage_id)),
                adopted as (update marketing_ops.tracked_usages t set id = matched.new from matched where t.ctid = matched.found)
                delete from marketing.content_usage used using matched where used.id = matched.old;
                return null;
            end $$;

            create table if not exists marketing_ops.removed_assets (
                asset_id uuid primary key, business_id text not null, "row" jsonb not null, property_content jsonb not null, licence jsonb, features jsonb,
                removed_at timestamptz not null default now(), purge_at timestamptz not null default now() + interval '30 days'
            );
            create index if not exists ix_removed_assets_purge_at on marketing_ops.removed_assets (purge_at);
            create or replace function marketing_ops.keep_removed_asset() returns trigger language plpgsql as $$
            begin
                insert into marketing_ops.removed_assets (asset_id, business_id, "row", property_content, licence, features)
                values (old.id, old.asset_id, to_jsonb(old),
                    (select coalesce(jsonb_agg(to_jsonb(link)), '[]') from marketing.property_content link where link.library_asset_id = old.id),
                    (select to_jsonb(licence) from marketing_ops.asset_licences licence where licence.asset_id = old.id),
                    (select to_jsonb(features) from marketing_ops.asset_features features where features.asset_id = old.id))
                on conflict (asset_id) do update set "row" = excluded."row", property_content = excluded.property_content, licence = excluded.licence, features = excluded.features,
                    removed_at = excluded.removed_at, purge_at = excluded.purge_at;
                return old;
            end $$;
            create or replace trigger keep_removed before delete on marketing.content_library for each row execute function marketing_ops.keep_removed_asset();

            create or replace function marketing_ops.restore_asset(wanted uuid) returns boolean language plpgsql as $$
            declare
                kept marketing_ops.removed_assets;
                link jsonb;
            begin
                delete from marketing_ops.removed_assets where asset_id = wanted and purge_at > now() returning * into kept;
                if not found then
                    return false;
                end if;
                insert into marketing.content_library select (jsonb_populate_record(null::marketing.content_library, kept."row")).*;
                if kept.licence is not null then
                    insert into marketing_ops.asset_licences select (jsonb_populate_record(null::marketing_ops.asset_licences, kept.licence)).*;
                end if;
                if kept.features is not null then
                    insert into marketing_ops.asset_features select (jsonb_populate_record(null::marketing_ops.asset_features, kept.features)).*;
                end if;
                for link in select jsonb_array_elements(kept.property_content) loop
                    begin
                        insert into marketing.property_content select (jsonb_populate_record(null::marketing.property_content, link || '{"is_hero": false}')).*;
                    exception when foreign_key_violation then
                        raise notice 'the property of the link is gone';
                    end;
                end loop;
                return true;
            end $$;

            -- Of the photos of a property that has any, one is the hero: the one that was made it last, else the first by order. One writer a property at a time.
            create or replace function marketing_ops.keep_one_hero(properties uuid[], chosen uuid[]) returns void language plpgsql as $$
            declare
                house uuid;
            begin
                for house in select distinct p from unnest(properties) p where p is not null order by p loop
                    perform pg_advisory_xact_lock(hashtextextended('property_content.is_hero ' || house, 0));
                    with hero as (
                        select id from marketing.property_content where property_id = house and coalesce(status, 'active') = 'active'
                        order  by (is_hero and id = any(chosen)) desc nulls last, is_hero desc nulls last, display_order nulls last, id limit 1)
                    update marketing.property_content link set is_hero = (link.id = hero.id) from hero
                    where  link.property_id = house and link.is_hero is distinct from (link.id = hero.id);
                end loop;
            end $$;
            create or replace function marketing_ops.hero_added() returns trigger language plpgsql as $$
            begin
                if pg_trigger_depth() = 1 or tg_op = 'INSERT' then
                    perform marketing_ops.keep_one_hero(array(select property_id from added), array(select id from added where is_hero));
                end if;
                return null;
            end $$;
            create or replace function marketing_ops.hero_changed() returns trigger language plpgsql as $$
            begin
                if pg_trigger_depth() = 1 then
                    perform marketing_ops.keep_one_hero(
                        array(select r.property_id from added r join removed o on o.id = r.id where (r.is_hero, r.status, r.property_id) is distinct from (o.is_hero, o.status, o.property_id)
                              union select o.property_id from added r join removed o on o.id = r.id where r.property_id <> o.property_id),
                        array(select r.id from added r join removed o on o.id = r.id where r.is_hero and o.is_hero is not true));
                end if;
                return null;
            end $$;
            create or replace function marketing_ops.hero_removed() returns trigger language plpgsql as $$
            begin
                perform marketing_ops.keep_one_hero(array(select property_id from removed), '{}');
                return null;
            end $$;
            create or replace trigger hero_added after insert on marketing.property_content referencing new table as added for each statement execute function marketing_ops.hero_added();
            create or replace trigger hero_changed after update on marketing.property_content referencing old table as removed new table as added for each statement execute function marketing_ops.hero_changed();
            create or replace trigger hero_removed after delete on marketing.property_content referencing old table as removed for each statement execute function marketing_ops.hero_removed();
            do $do$ begin perform marketing_ops.keep_one_hero(array(select distinct property_id from marketing.property_content), '{}'); end $do$;
            """);
        foreach (var (table, kind, ids, columns) in Places) migrationBuilder.Sql(Triggers(table, kind, ids, columns));
        foreach (var kind in Places.Select(place => place.Kind).Distinct()) migrationBuilder.Sql($"do $do$ begin perform marketing_ops.track_uses('{kind}', (select array_agg(distinct usage_id) from marketing_ops.uses where usage_type = '{kind}')); end $do$;");
        migrationBuilder.Sql("create or replace trigger adopt_uses after insert on marketing.content_usage referencing new table as added for each statement execute function marketing_ops.adopt_uses();");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        foreach (var (table, kind, _, _) in Places)
            migrationBuilder.Sql($"drop trigger if exists uses_{kind}_added on marketing.{table}; drop trigger if exists uses_{kind}_changed on marketing.{table}; drop trigger if exists uses_{kind}_removed on marketing.{table}; drop function if exists marketing_ops.uses_{table}_{kind};");
        migrationBuilder.Sql("""
            drop trigger if exists adopt_uses on marketing.content_usage;
            drop trigger if exists keep_removed on marketing.content_library;
            drop trigger if exists note_addresses_added on marketing.content_library;
            drop trigger if exists note_addresses_changed on marketing.content_library;
            drop trigger if exists hero_added on marketing.property_content;
            drop trigger if exists hero_changed on marketing.property_content;
            drop trigger if exists hero_removed on marketing.property_content;
            drop function if exists marketing_ops.hero_added, marketing_ops.hero_changed, marketing_ops.hero_removed, marketing_ops.keep_one_hero, marketing_ops.restore_asset, marketing_ops.keep_removed_asset, marketing_ops.adopt_uses, marketing_ops.track_uses, marketing_ops.note_addresses;
            drop view if exists marketing_ops.uses;
            drop function if exists marketing_ops.assets_at;
            drop table if exists marketing_ops.removed_assets, marketing_ops.tracked_usages, marketing_ops.asset_addresses;
            """);
    }

    private static string Triggers(string table, string kind, string ids, string[] columns)
    {
        string Ids(string rows) => ids.Replace("{0}", rows, StringComparison.Ordinal);
        string Of(string alias) => string.Join(", ", columns.Select(column => $"{alias}.{column}"));
        var changed = $"(select r.* from added r join removed o on o.id = r.id where ({Of("r")}) is distinct from ({Of("o")}) union all select o.* from added r join removed o on o.id = r.id where ({Of("r")}) is distinct from ({Of("o")}))";
        return $"""
            create or replace function marketing_ops.uses_{table}_{kind}() returns trigger language plpgsql as $$
            begin
                if tg_op = 'INSERT' then
                    perform marketing_ops.track_uses('{kind}', (select array_agg(distinct i.id) from ({Ids("added")}) i (id)));
                elsif tg_op = 'DELETE' then
                    perform marketing_ops.track_uses('{kind}', (select array_agg(distinct i.id) from ({Ids("removed")}) i (id)));
                else
                    perform marketing_ops.track_uses('{kind}', (select array_agg(distinct i.id) from ({Ids(changed)}) i (id)));
                end if;
                return null;
            end $$;
            create or replace trigger uses_{kind}_added after insert on marketing.{table} referencing new table as added for each statement execute function marketing_ops.uses_{table}_{kind}();
            create or replace trigger uses_{kind}_changed after update on marketing.{table} referencing old table as removed new table as added for each statement execute function marketing_ops.uses_{table}_{kind}();
            create or replace trigger uses_{kind}_removed after delete on marketing.{table} referencing old table as removed for each statement execute function marketing_ops.uses_{table}_{kind}();
            """;
    }
}
