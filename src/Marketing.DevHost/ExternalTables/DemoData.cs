using Npgsql;

namespace Marketing.DevHost.ExternalTables;

/// <summary>A few rows of the product's own tables, so that a newcomer's first list is not empty. Written only into a database without content.</summary>
public static class DemoData
{
    private const string Rows = """
        with houses as (select id, name, town, row_number() over (order by property_code) as n from property.properties),
        pieces as (
            insert into marketing.content (property_id, title, content_type, content_body, content_html, excerpt, status, published_at, author, ai_generated, tone, word_count, reading_time_min, tags, created_by)
            select id, format('%s: three slow days in %s', name, town), 'blog',
                   format(E'## Day one\n\nArrive at %s, open the windows, walk to the market of %s.', name, town),
                   format('<h2>Day one</h2><p>Arrive at %s, open the windows, walk to the market of %s.</p>', name, town),
                   format('A long weekend in %s', town), case when n % 3 = 0 then 'published' else 'draft' end, case when n % 3 = 0 then now() end,
                   'BENSON', true, 'warm', 14, 1, array['slow travel', lower(town)], 'demo'
            from houses
            returning id, content_type
        ),
        strategies as (
            insert into marketing.content_strategy (property_id, strategy_name, goals, themes, posting_frequency, status, effective_date, review_date, created_by)
            select id, name || ' all year', '{"bookings": 40}', array['sea', 'food', 'families'], '{"instagram": "3/week"}', 'active', date '2026-01-01', date '2026-12-31', 'demo' from houses where n <= 3
            returning id, property_id
        ),
        calendars as (
            insert into marketing.content_calendars (property_id, content_strategy_id, calendar_name, calendar_type, start_date, end_date)
            select property_id, id, 'Winter 2026', 'social', date '2026-11-01', date '2027-02-28' from strategies
            returning id
        ),
        items as (
            insert into marketing.calendar_items (calendar_id, title, content_type, platform, scheduled_date, scheduled_time)
            select id, format('Post of week %s', week), 'post', 'instagram', date '2026-12-01' + week * 7, time '09:30' from calendars, generate_series(0, 3) week
        ),
        families as (
            insert into marketing.segments (segment_name, segment_type, description, member_count, created_by) values ('Consenting guests', 'static', 'Contacts who agreed to marketing', 0, 'demo')
            returning id
        ),
        members as (
            insert into marketing.segment_members (segment_id, contact_id, added_by)
            select families.id, contacts.id, 'import' from families, directory.contacts where marketing_consent
            returning segment_id
        ),
        drives as (
            insert into marketing.campaigns (segment_id, campaign_name, campaign_type, goal, budget, start_date, end_date, status, target_metrics, created_by)
            select id, 'Winter escapes', 'email', 'bookings from December to February', 1500, date '2026-11-15', date '2027-02-28', 'active', '{"open_rate": 0.3}', 'demo' from families
        ),
        sites as (
            insert into marketing.websites (website_name, domain, platform, ssl_status) values ('Casas', 'www.casas.example', 'custom', 'valid') returning id
        )
        insert into marketing.website_pages (website_id, page_path, page_title, page_type, status)
        select sites.id, path, title, 'landing', 'draft' from sites, (values ('/', 'Home'), ('/winter', 'Winter escapes')) as pages (path, title);
        update marketing.segments set member_count = (select count(*) from marketing.segment_members where segment_id = segments.id);
        """;

    /// <summary>Writes them.</summary>
    public static async Task CreateAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var empty = new NpgsqlCommand("select not exists (select from marketing.content)", connection);
        if (await empty.ExecuteScalarAsync(cancellationToken) is not true) return;
        await using var rows = new NpgsqlCommand(Rows, connection);
        await rows.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
