using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Notes of changed campaign events and the sums that the rollup keeps; see <c>RollupMetrics</c>.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261124080400_CreateRollup")]
public sealed class CreateRollup : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table if not exists marketing_ops.campaign_event_changes (
            id bigint generated always as identity primary key,
            campaign_id uuid not null, contact_id uuid not null, event_type text not null, delta integer not null
        );
        create table if not exists marketing_ops.campaign_contact_counts (
            campaign_id uuid not null, contact_id uuid not null, event_type text not null, events bigint not null,
            primary key (campaign_id, contact_id, event_type)
        );
        create table if not exists marketing_ops.campaign_event_totals (
            campaign_id uuid not null, event_type text not null, events bigint not null, contacts bigint not null,
            primary key (campaign_id, event_type)
        );

        create or replace function marketing_ops.note_campaign_events_added() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.campaign_event_changes (campaign_id, contact_id, event_type, delta)
            select campaign_id, contact_id, event_type, count(*) from added group by campaign_id, contact_id, event_type;
            return null;
        end $$;
        create or replace function marketing_ops.note_campaign_events_removed() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.campaign_event_changes (campaign_id, contact_id, event_type, delta)
            select campaign_id, contact_id, event_type, -count(*) from removed group by campaign_id, contact_id, event_type;
            return null;
        end $$;
        create or replace function marketing_ops.note_campaign_events_changed() returns trigger language plpgsql as $$
        begin
            insert into marketing_ops.campaign_event_changes (campaign_id, contact_id, event_type, delta)
            select campaign_id, contact_id, event_type, sum(delta)
            from (select campaign_id, contact_id, event_type, 1 as delta from added union all select campaign_id, contact_id, event_type, -1 from removed) changes
            group by campaign_id, contact_id, event_type having sum(delta) <> 0;
            return null;
        end $$;

        create or replace trigger note_added after insert on marketing.campaign_events referencing new table as added
            for each statement execute function marketing_ops.note_campaign_events_added();
        create or replace trigger note_removed after delete on marketing.campaign_events referencing old table as removed
            for each statement execute function marketing_ops.note_campaign_events_removed();
        create or replace trigger note_changed after update on marketing.campaign_events referencing old table as removed new table as added
            for each statement execute function marketing_ops.note_campaign_events_changed();
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop trigger if exists note_added on marketing.campaign_events;
        drop trigger if exists note_removed on marketing.campaign_events;
        drop trigger if exists note_changed on marketing.campaign_events;
        drop function if exists marketing_ops.note_campaign_events_added, marketing_ops.note_campaign_events_removed, marketing_ops.note_campaign_events_changed;
        drop table if exists marketing_ops.campaign_event_totals, marketing_ops.campaign_contact_counts, marketing_ops.campaign_event_changes;
        """);
}
