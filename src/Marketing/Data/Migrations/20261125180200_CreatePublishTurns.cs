using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Whose turn it is to be published: order within an account, pauses, lateness, and the calls that platforms allow.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125180200_CreatePublishTurns")]
public sealed class CreatePublishTurns : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table marketing_ops.publish_jobs drop constraint if exists ck_publish_jobs_state;
        alter table marketing_ops.publish_jobs add constraint ck_publish_jobs_state check (state in ('open', 'published', 'failed', 'missed', 'cancelled'));
        alter table marketing_ops.publish_jobs add column if not exists account_id uuid, add column if not exists order_at timestamptz,
            add column if not exists hold_reason text, add column if not exists reason text;
        alter table marketing_ops.publish_attempts add column if not exists sent jsonb;
        update marketing_ops.publish_jobs job set account_id = post.account_id, order_at = coalesce(post.scheduled_at, job.created_at)
        from   marketing.social_posts post where post.id = job.post_id and job.account_id is null;
        create index if not exists ix_publish_jobs_order on marketing_ops.publish_jobs (account_id, order_at, post_id) where state = 'open';

        create table if not exists marketing_ops.publishing_pause (
            is_only boolean primary key default true check (is_only), reason text, paused_by text not null, paused_at timestamptz not null default now());

        create table if not exists marketing_ops.account_publishing (
            account_id uuid primary key references marketing.social_accounts (id) on delete cascade,
            time_zone text not null default 'UTC',
            max_lateness interval check (max_lateness > interval '0'),
            min_gap interval not null default interval '0' check (min_gap >= interval '0'),
            max_posts integer check (max_posts > 0),
            max_posts_per interval check (max_posts_per > interval '0'),
            pause_reason text, paused_by text, paused_at timestamptz,
            updated_at timestamptz not null default now(),
            check ((max_posts is null) = (max_posts_per is null)));

        create table if not exists marketing_ops.rate_uses (key text not null, used_at timestamptz not null);
        create index if not exists ix_rate_uses_key on marketing_ops.rate_uses (key, used_at);
        create table if not exists marketing_ops.rate_blocks (key text primary key, until timestamptz not null, reason text, learned_at timestamptz not null default now());

        create or replace function marketing_ops.max_lateness(post uuid, account uuid, fallback interval) returns interval language sql stable as $$
            select coalesce(
                (select (options ->> 'max_lateness_minutes')::numeric * interval '1 minute' from marketing_ops.post_options where post_id = post and jsonb_typeof(options -> 'max_lateness_minutes') = 'number'),
                (select max_lateness from marketing_ops.account_publishing where account_id = account),
                fallback)
        $$;

        -- True when an earlier post of the account must go out first. One that fails again and again, or whose platform has it already, is passed.
        create or replace function marketing_ops.must_wait(job marketing_ops.publish_jobs) returns boolean language sql stable as $$
            select exists (
                select from marketing_ops.publish_jobs earlier
                where  earlier.state = 'open' and earlier.account_id = job.account_id and (earlier.order_at, earlier.post_id) < (job.order_at, job.post_id)
                and    earlier.external_post_id is null and earlier.failures < 3)
        $$;

        -- Takes one use of each limit, or none and says how long to wait. No window of the given length ever holds more uses than the limit:
        -- uses of one key follow each other, and the use that lies `count` back must have left the window.
        create or replace function marketing_ops.take_uses(keys text[], counts integer[], windows interval[]) returns interval language plpgsql as $$
        declare
            i integer;
            used timestamptz;
            wait interval;
        begin
            for i in select n from generate_subscripts(keys, 1) n order by keys[n] loop
                perform pg_advisory_xact_lock(hashtextextended('rate ' || keys[i], 0));
            end loop;
            for i in select generate_subscripts(keys, 1) loop
                select used_at into used from marketing_ops.rate_uses where key = keys[i] order by used_at desc offset counts[i] - 1 limit 1;
                if found and used > clock_timestamp() - windows[i] then
                    wait := greatest(wait, used + windows[i] - clock_timestamp());
                end if;
            end loop;
            if wait is not null then
                return greatest(wait, interval '1 millisecond');
            end if;
            for i in select generate_subscripts(keys, 1) loop
                delete from marketing_ops.rate_uses where key = keys[i] and used_at <= clock_timestamp() - windows[i];
                insert into marketing_ops.rate_uses (key, used_at) values (keys[i], clock_timestamp());
            end loop;
            return null;
        end $$;

        -- May the holder of the lease do this step now? go, lost, fenced, released, paused, order, late, lapsed, blocked or limited.
        create or replace function marketing_ops.take_turn(
            post uuid, token uuid, step text, environment text, lateness interval, scopes text[], counts integer[], windows interval[],
            out verdict text, out wait interval, out detail text) language plpgsql as $$
        declare
            job marketing_ops.publish_jobs;
            own marketing_ops.account_publishing;
            keys text[];
            block marketing_ops.rate_blocks;
        begin
            select * into job from marketing_ops.publish_jobs j where j.post_id = post and j.lease_token = token and j.state = 'open';
            if not found then
                verdict := 'lost';
                return;
            end if;
            if not marketing_ops.is_released(environment) then
                verdict := 'fenced';
                return;
            end if;
            select * into own from marketing_ops.account_publishing a where a.account_id = job.account_id;
            if step in ('submit', 'finalise') then
                if job.created_at < (select released_at from marketing_ops.environment) then
                    verdict := 'released';
                    return;
                end if;
                if own.paused_at is not null or exists (select from marketing_ops.publishing_pause) then
                    verdict := 'paused';
                    detail := coalesce(own.pause_reason, (select reason from marketing_ops.publishing_pause));
                    return;
                end if;
            end if;
            if step = 'submit' then
                if not (select marketing_ops.approval_holds(p) from marketing.social_posts p where p.id = post) then
                    verdict := 'lapsed';
                    return;
                end if;
                if now() - job.order_at > marketing_ops.max_lateness(post, job.account_id, lateness) then
                    verdict := 'late';
                    detail := coalesce(job.hold_reason, '');
                    return;
                end if;
                if marketing_ops.must_wait(job) then
                    verdict := 'order';
                    return;
                end if;
            end if;
            select * into block from marketing_ops.rate_blocks b
            where  b.key in (job.platform || '/app', job.platform || '/account/' || job.account_id) and b.until > clock_timestamp() order by b.until desc limit 1;
            if found then
                verdict := 'blocked';
                wait := block.until - clock_timestamp();
                detail := block.reason;
                return;
            end if;
            keys := array(select job.platform || case s when 'app' then '/app/' else '/account/' || job.account_id || '/' end || step from unnest(scopes) with ordinality as u (s, n) order by n);
            if step = 'finalise' and own.max_posts is not null then
                keys := keys || ('own/' || job.account_id);
                counts := counts || own.max_posts;
                windows := windows || own.max_posts_per;
            end if;
            if cardinality(keys) > 0 then
                wait := marketing_ops.take_uses(keys, counts, windows);
            end if;
            verdict := case when wait is null then 'go' else 'limited' end;
        end $$;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop function if exists marketing_ops.take_turn, marketing_ops.take_uses, marketing_ops.must_wait, marketing_ops.max_lateness;
        drop table if exists marketing_ops.rate_blocks, marketing_ops.rate_uses, marketing_ops.account_publishing, marketing_ops.publishing_pause;
        drop index if exists marketing_ops.ix_publish_jobs_order;
        alter table marketing_ops.publish_attempts drop column if exists sent;
        update marketing_ops.publish_jobs set state = 'failed' where state in ('missed', 'cancelled');
        alter table marketing_ops.publish_jobs drop column if exists account_id, drop column if exists order_at, drop column if exists hold_reason, drop column if exists reason,
            drop constraint if exists ck_publish_jobs_state;
        alter table marketing_ops.publish_jobs add constraint ck_publish_jobs_state check (state in ('open', 'published', 'failed'));
        """);
}
