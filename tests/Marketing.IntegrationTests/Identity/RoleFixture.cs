using Marketing.Identity;
using Marketing.IntegrationTests.Support;

namespace Marketing.IntegrationTests.Identity;

/// <summary>A function app over rows of two properties.</summary>
public sealed class RoleFixture(TestServers servers) : FunctionAppFixture(servers)
{
    /// <summary>The property that the agency works for.</summary>
    public static readonly Guid Mine = Guid.Parse("01900000-0000-7000-8000-000000000001");

    /// <summary>Another property.</summary>
    public static readonly Guid Theirs = Guid.Parse("01900000-0000-7000-8000-000000000002");

    /// <summary>A key of a role, with every scope, so that the role alone decides.</summary>
    public static ApiClientRequest Request(string role) => new(role, [.. Scopes.All.Where(scope => scope != Scopes.Approve)]) { Roles = [role], Claims = $"{{\"property_ids\":[\"{Mine}\"]}}" };

    protected override async Task ConfigureAsync(Dictionary<string, string?> settings)
    {
        foreach (var (property, name) in new[] { (Mine, "mine"), (Theirs, "theirs") })
        {
            await Product.ExecuteAsync("insert into property.properties (id, property_code, name, town, region, country, bedrooms, bathrooms, max_guests, nightly_rate) values ($1, $2, $2, 'Lagos', 'Algarve', 'PT', 1, 1, 2, 100)", property, name);
            await Product.ExecuteAsync($"""
                do $$
                declare
                    p uuid := '{property}'; c uuid := uuidv7(); asset uuid := uuidv7(); calendar uuid := uuidv7(); account uuid := uuidv7(); site uuid := uuidv7(); post uuid := uuidv7(); campaign uuid := uuidv7();
                begin
                    insert into marketing.content (id, title, content_type, property_id) values (c, '{name} lighthouse', 'blog', p);
                    insert into marketing.content_versions (content_id, version_number, content_snapshot) values (c, 1, '{"{}"}');
                    insert into marketing.content_library (id, filename, asset_type, file_url) values (asset, '{name}.jpg', 'image', 'https://example.org/{name}.jpg');
                    insert into marketing.property_content (property_id, library_asset_id, status) values (p, asset, 'inactive'); -- in use it could not be deleted
                    insert into marketing.content_strategy (property_id, strategy_name) values (p, '{name}');
                    insert into marketing.content_calendars (id, calendar_name, property_id) values (calendar, '{name}', p);
                    insert into marketing.calendar_items (calendar_id, title, scheduled_date) values (calendar, '{name}', '2026-12-24');
                    insert into marketing.campaigns (id, campaign_name, campaign_type, property_id) values (campaign, '{name}', 'email', p);
                    insert into marketing.social_accounts (id, platform, account_name, property_id) values (account, 'instagram', '{name}', p);
                    insert into marketing.social_posts (id, account_id, caption, post_type) values (post, account, '{name}', 'post');
                    insert into marketing.social_analytics (post_id, metric_date) values (post, '2026-11-01');
                    insert into marketing.websites (id, website_name, property_id) values (site, '{name}', p);
                    insert into marketing.website_pages (website_id, page_path, page_title) values (site, '/', '{name}');
                    insert into marketing.segments (segment_name) values ('{name}');
                end $$;
                """);
        }
        await Product.ExecuteAsync("""
            insert into marketing.website_pages (website_id, page_path, page_title, content_id)
            select site.id, '/mixed', 'mixed', content.id from marketing.websites site, marketing.content content where site.website_name = 'mine' and content.title = 'theirs lighthouse'
            """);
        await Product.ExecuteAsync("insert into marketing.content (title, content_type, status, published_at) values ('published', 'blog', 'published', now())");
    }
}
