using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>
/// What was approved of a post, as a hash that every writer's change undoes, raw SQL included; and the posts that wait for their time,
/// in an index that holds no other.
/// </summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125180100_CreatePostStates")]
public sealed class CreatePostStates : Migration
{
    private const string Content = "account_id, {0}.post_type, {0}.caption, {0}.media_urls, {0}.hashtags, {0}.mentions, {0}.link_url, {0}.location_tag";

    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql($"""
        create table if not exists marketing_ops.post_approvals (
            post_id uuid primary key references marketing.social_posts (id) on delete cascade,
            content_hash text not null,
            not_before timestamptz,
            not_after timestamptz,
            approved_by text,
            approved_at timestamptz not null default now(),
            check (not_after > not_before));

        create table if not exists marketing_ops.post_schedule (
            post_id uuid primary key references marketing.social_posts (id) on delete cascade,
            account_id uuid not null,
            due_at timestamptz not null);
        create index if not exists ix_post_schedule_due_at on marketing_ops.post_schedule (due_at, post_id);

        -- All that a reader sees of the post and all that the platform is told; options that are empty are none.
        create or replace function marketing_ops.post_hash(post marketing.social_posts) returns text language sql stable as $$
            select encode(sha256(convert_to(jsonb_build_array(
                post.{Of("post")},
                coalesce((select options from marketing_ops.post_options own where own.post_id = post.id), '{Empty}'))::text, 'UTF8')), 'hex')
        $$;

        create or replace function marketing_ops.approval_holds(post marketing.social_posts) returns boolean language sql stable as $$
            select post.approval_status = 'approved' and exists (
                select from marketing_ops.post_approvals approval
                where  approval.post_id = post.id and approval.content_hash = marketing_ops.post_hash(post)
                and    (post.scheduled_at is null or (post.scheduled_at >= coalesce(approval.not_before, '-infinity') and post.scheduled_at <= coalesce(approval.not_after, 'infinity'))))
        $$;

        -- A decision is about what was seen: changed content or a time outside of the approved window waits for another one.
        create or replace function marketing_ops.drop_decision() returns trigger language plpgsql as $$
        begin
            if new.approval_status is distinct from old.approval_status or new.status not in ('draft', 'scheduled', 'failed') then
                return new;
            end if;
            if (new.{Of("new")}) is distinct from (old.{Of("old")})
               or (new.approval_status = 'approved' and new.scheduled_at is distinct from old.scheduled_at and exists (
                   select from marketing_ops.post_approvals approval
                   where  approval.post_id = new.id and (new.scheduled_at < approval.not_before or new.scheduled_at > approval.not_after))) then
                new.approval_status := 'pending';
                new.approved_by := null;
            end if;
            return new;
        end $$;
        create or replace trigger drop_decision before update on marketing.social_posts for each row
            when (old.approval_status <> 'pending' and (old.scheduled_at is distinct from new.scheduled_at or (old.{Of("old")}) is distinct from (new.{Of("new")})))
            execute function marketing_ops.drop_decision();

        -- Seven days around the planned time, unless the approver says otherwise; a post without a time is approved for any.
        create or replace function marketing_ops.note_approval() returns trigger language plpgsql as $$
        begin
            if new.approval_status = 'approved' then
                insert into marketing_ops.post_approvals (post_id, content_hash, not_before, not_after, approved_by)
                values (new.id, marketing_ops.post_hash(new), new.scheduled_at - interval '7 days', new.scheduled_at + interval '7 days', new.approved_by)
                on conflict (post_id) do update
                set    content_hash = excluded.content_hash, not_before = excluded.not_before, not_after = excluded.not_after, approved_by = excluded.approved_by, approved_at = now();
            else
                delete from marketing_ops.post_approvals where post_id = new.id;
            end if;
            return null;
        end $$;
        create or replace trigger note_approval_added after insert on marketing.social_posts for each row
            when (new.approval_status = 'approved') execute function marketing_ops.note_approval();
        create or replace trigger note_approval_changed after update on marketing.social_posts for each row
            when ((old.approval_status is distinct from new.approval_status) and (old.approval_status = 'approved' or new.approval_status = 'approved')) execute function marketing_ops.note_approval();

        create or replace function marketing_ops.drop_decision_of_options() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' and new.options = old.options then
                return null;
            end if;
            update marketing.social_posts set approval_status = 'pending', approved_by = null
            where  id = (case when tg_op = 'DELETE' then old.post_id else new.post_id end) and approval_status <> 'pending' and status in ('draft', 'scheduled', 'failed');
            return null;
        end $$;
        create or replace trigger drop_decision after insert or update or delete on marketing_ops.post_options for each row execute function marketing_ops.drop_decision_of_options();

        create or replace function marketing_ops.follow_schedule() returns trigger language plpgsql as $$
        begin
            if new.status = 'scheduled' and new.approval_status = 'approved' and new.scheduled_at is not null then
                insert into marketing_ops.post_schedule (post_id, account_id, due_at) values (new.id, new.account_id, new.scheduled_at)
                on conflict (post_id) do update set account_id = excluded.account_id, due_at = excluded.due_at;
            else
                delete from marketing_ops.post_schedule where post_id = new.id;
            end if;
            return null;
        end $$;
        create or replace trigger follow_schedule_added after insert on marketing.social_posts for each row
            when (new.status = 'scheduled' and new.approval_status = 'approved') execute function marketing_ops.follow_schedule();
        create or replace trigger follow_schedule_changed after update on marketing.social_posts for each row
            when ((old.status, old.approval_status, old.scheduled_at, old.account_id) is distinct from (new.status, new.approval_status, new.scheduled_at, new.account_id)
                  and (old.status = 'scheduled' or new.status = 'scheduled')) execute function marketing_ops.follow_schedule();

        insert into marketing_ops.post_approvals (post_id, content_hash, not_before, not_after, approved_by)
        select post.id, marketing_ops.post_hash(post), post.scheduled_at - interval '7 days', post.scheduled_at + interval '7 days', post.approved_by
        from   marketing.social_posts post where post.approval_status = 'approved' and post.status in ('draft', 'scheduled', 'failed')
        on conflict do nothing;
        insert into marketing_ops.post_schedule (post_id, account_id, due_at)
        select id, account_id, scheduled_at from marketing.social_posts where status = 'scheduled' and approval_status = 'approved' and scheduled_at is not null
        on conflict do nothing;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop trigger if exists drop_decision on marketing.social_posts;
        drop trigger if exists note_approval_added on marketing.social_posts;
        drop trigger if exists note_approval_changed on marketing.social_posts;
        drop trigger if exists follow_schedule_added on marketing.social_posts;
        drop trigger if exists follow_schedule_changed on marketing.social_posts;
        drop trigger if exists drop_decision on marketing_ops.post_options;
        drop function if exists marketing_ops.drop_decision, marketing_ops.drop_decision_of_options, marketing_ops.note_approval, marketing_ops.follow_schedule, marketing_ops.approval_holds, marketing_ops.post_hash;
        drop table if exists marketing_ops.post_schedule, marketing_ops.post_approvals;
        """);

    private const string Empty = "{}";

    private static string Of(string alias) => Content.Replace("{0}", alias, StringComparison.Ordinal);
}
