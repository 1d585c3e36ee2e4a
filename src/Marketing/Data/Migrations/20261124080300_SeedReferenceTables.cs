using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>
/// First rows of the four reference tables, one for every value that a check constraint allows. Limits of platforms are those of their public
/// documentation in November 2026; rows that an operator has changed or added since are left alone.
/// </summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261124080300_SeedReferenceTables")]
public sealed class SeedReferenceTables : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        insert into marketing.ref_content_types (code, name, description, guidelines, min_words, max_words, required_fields, default_tone, channels, sort_order)
        values
            ('blog', 'Blog article', 'A long text for a website''s journal.', 'Lead with the guest''s question, one idea a paragraph, a subheading every 300 words, a call to action at the end.', 600, 2000, array['title', 'content_body', 'excerpt', 'meta_title', 'meta_description']::text[], 'warm', array['website', 'email']::text[], 1),
            ('social', 'Social post', 'A caption for a social platform.', 'One thought, the first line must stand alone, hashtags last.', 5, 300, array['title', 'content_body']::text[], 'friendly', array['instagram', 'facebook', 'tiktok', 'linkedin', 'pinterest', 'twitter']::text[], 2),
            ('email', 'Email', 'The text of one campaign email.', 'Subject under 50 characters, one offer, one button, a plain closing line.', 50, 500, array['title', 'content_body', 'excerpt']::text[], 'personal', array['email']::text[], 3),
            ('landing', 'Landing page', 'A page that one campaign leads to.', 'Promise in the headline, proof below it, one action repeated.', 150, 900, array['title', 'content_body', 'meta_title', 'meta_description']::text[], 'confident', array['website']::text[], 4),
            ('description', 'Property description', 'What a listing says about a house.', 'Facts before feelings: rooms, beds, distances; then what a day there is like.', 80, 600, array['title', 'content_body']::text[], 'factual', array['website', 'airbnb', 'vrbo', 'booking.com']::text[], 5),
            ('ad_copy', 'Advertisement', 'Short texts for paid placements.', 'Benefit in five words, no superlatives that cannot be shown.', 3, 60, array['title', 'content_body']::text[], 'concise', array['paid', 'social']::text[], 6),
            ('newsletter', 'Newsletter', 'A regular email of several items.', 'Three to five items, the strongest first, each with its own link.', 200, 1200, array['title', 'content_body', 'excerpt']::text[], 'warm', array['email']::text[], 7),
            ('guide', 'Guide', 'Lasting advice about a place or a stay.', 'Practical and checked: opening times, prices and distances with the date they were checked.', 800, 4000, array['title', 'content_body', 'excerpt', 'meta_title', 'meta_description']::text[], 'helpful', array['website', 'email']::text[], 8)
        on conflict (code) do nothing;

        insert into marketing.ref_social_platforms (code, name, description, caption_max_length, hashtag_max_count, mention_max_count, allowed_post_types, media_rules, rate_limits, scopes, api_version, api_base_url, sort_order)
        values
            ('instagram', 'Instagram', 'Photographs, reels and stories of a professional account, through the Graph API.', 2200, 30, 20, array['post', 'carousel', 'reel', 'story']::text[], '{"caption_unit": "characters", "image": {"formats": ["image/jpeg"], "max_bytes": 8000000, "aspect_ratio": [0.8, 1.91], "width": [320, 1440], "alt_text_max_length": 1000}, "carousel": {"items": [2, 10]}, "reel": {"formats": ["video/mp4", "video/quicktime"], "max_bytes": 300000000, "duration_seconds": [3, 900], "aspect_ratio": [0.01, 10]}, "story": {"image_max_bytes": 8000000, "video_max_bytes": 100000000, "duration_seconds": [3, 60]}}'::jsonb, '{"posts_per_account": {"count": 100, "per": "24 hours", "note": "content_publishing_limit tells an account''s own figure"}, "calls": {"per_user": 200, "per": "1 hour"}}'::jsonb, array['instagram_basic', 'instagram_content_publish', 'pages_read_engagement', 'pages_show_list']::text[], 'v26.0', 'https://graph.facebook.com', 1),
            ('facebook', 'Facebook', 'Posts, photographs, videos and stories of a Page, through the Graph API.', 63206, 30, 50, array['post', 'carousel', 'video', 'reel', 'story']::text[], '{"caption_unit": "characters", "caption_note": "length and counts are commonly quoted and unverified", "image": {"formats": ["image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff"], "max_bytes": 10000000}, "reel": {"formats": ["video/mp4"], "duration_seconds": [3, 90], "min_size": [540, 960]}, "story": {"duration_seconds": [1, 60]}}'::jsonb, '{"calls": {"per_user": 200, "per": "1 hour"}}'::jsonb, array['pages_manage_posts', 'pages_read_engagement', 'pages_show_list']::text[], 'v26.0', 'https://graph.facebook.com', 2),
            ('tiktok', 'TikTok', 'Videos and photographs through the Content Posting API.', 2200, null, null, array['video', 'carousel']::text[], '{"caption_unit": "UTF-16 units", "video": {"formats": ["video/mp4", "video/webm", "video/quicktime"], "chunk_bytes": [5000000, 64000000]}, "image": {"formats": ["image/jpeg", "image/webp"], "items": [1, 35]}}'::jsonb, '{"init": {"per_user": 6, "per": "1 minute"}}'::jsonb, array['video.publish', 'video.upload', 'user.info.basic']::text[], 'v2', 'https://open.tiktokapis.com', 3),
            ('youtube', 'YouTube', 'Videos and shorts through the Data API.', 5000, 15, null, array['video', 'reel']::text[], '{"caption_unit": "bytes", "title_max_length": 100, "tags_max_length": 500, "video": {"formats": ["video/mp4", "video/quicktime", "video/webm"], "max_bytes": 256000000000}}'::jsonb, '{"quota": {"note": "a project''s daily quota ends at midnight Pacific Time"}}'::jsonb, array['https://www.googleapis.com/auth/youtube.upload', 'https://www.googleapis.com/auth/youtube.readonly']::text[], 'v3', 'https://www.googleapis.com', 4),
            ('twitter', 'X', 'Posts with up to four images or one video.', 280, null, null, array['post', 'video', 'carousel']::text[], '{"caption_unit": "weighted characters", "image": {"formats": ["image/jpeg", "image/png", "image/webp", "image/gif"], "max_bytes": 5000000, "items": [1, 4]}, "video": {"formats": ["video/mp4"], "items": [1, 1]}}'::jsonb, '{"create": {"per_user": 100, "per": "15 minutes"}, "create_app": {"per_app": 10000, "per": "24 hours"}}'::jsonb, array['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access']::text[], '2', 'https://api.x.com', 5),
            ('linkedin', 'LinkedIn', 'Posts of an organisation''s page.', 3000, null, null, array['post', 'carousel', 'video']::text[], '{"caption_unit": "characters", "image": {"formats": ["image/jpeg", "image/png", "image/gif"], "items": [1, 20]}, "video": {"formats": ["video/mp4"]}}'::jsonb, '{"calls": {"note": "limits an app and a member, unpublished; they end at midnight UTC"}}'::jsonb, array['w_organization_social', 'r_organization_social']::text[], '202611', 'https://api.linkedin.com/rest', 6),
            ('pinterest', 'Pinterest', 'Pins of one image or video on a board.', 800, null, null, array['post', 'video', 'carousel']::text[], '{"caption_unit": "characters", "title_max_length": 100, "image": {"formats": ["image/jpeg", "image/png"], "best_aspect_ratio": 0.667}, "carousel": {"items": [2, 5]}}'::jsonb, '{"calls": {"note": "headers X-RateLimit-* tell the figures of the app''s tier"}}'::jsonb, array['boards:read', 'pins:read', 'pins:write']::text[], 'v5', 'https://api.pinterest.com', 7)
        on conflict (code) do nothing;

        insert into marketing.ref_campaign_types (code, name, description, channels, template, default_target_metrics, required_fields, sort_order)
        values
            ('email', 'Email campaign', 'One message to a segment.', array['email']::text[], '{"content_types": ["email", "newsletter"], "steps": ["choose segment", "write", "approve", "send", "follow up"]}'::jsonb, '{"open_rate": 0.3, "click_rate": 0.03, "unsubscribe_rate": 0.005}'::jsonb, array['segment_id', 'start_date', 'goal']::text[], 1),
            ('social', 'Social campaign', 'A series of posts on social platforms.', array['instagram', 'facebook', 'tiktok', 'pinterest']::text[], '{"content_types": ["social"], "steps": ["plan calendar", "write", "approve", "publish", "answer"]}'::jsonb, '{"engagement_rate": 0.03}'::jsonb, array['start_date', 'end_date', 'goal']::text[], 2),
            ('paid', 'Paid campaign', 'Bought placements with a budget.', array['paid']::text[], '{"content_types": ["ad_copy", "landing"], "steps": ["budget", "audience", "creatives", "run", "review"]}'::jsonb, '{"click_rate": 0.01, "return_on_ad_spend": 4}'::jsonb, array['budget', 'start_date', 'end_date', 'goal']::text[], 3),
            ('retargeting', 'Retargeting', 'Reminds people who looked at a house.', array['paid', 'email']::text[], '{"content_types": ["ad_copy", "email"], "steps": ["audience", "creatives", "frequency cap", "run"]}'::jsonb, '{"conversion_rate": 0.02}'::jsonb, array['segment_id', 'budget', 'start_date']::text[], 4),
            ('sms', 'Text message campaign', 'A short message to consenting contacts.', array['sms']::text[], '{"content_types": ["ad_copy"], "steps": ["choose segment", "check consent", "write", "send"]}'::jsonb, '{"click_rate": 0.08, "unsubscribe_rate": 0.02}'::jsonb, array['segment_id', 'start_date']::text[], 5),
            ('multi_channel', 'Multi-channel campaign', 'One story told by email, social platforms and advertising.', array['email', 'social', 'paid']::text[], '{"content_types": ["email", "social", "landing", "ad_copy"], "steps": ["story", "calendar", "write", "approve", "run", "review"]}'::jsonb, '{"conversion_rate": 0.02}'::jsonb, array['segment_id', 'start_date', 'end_date', 'budget', 'goal']::text[], 6)
        on conflict (code) do nothing;

        insert into marketing.ref_segment_criteria (code, name, description, label, data_type, allowed_operators, source, value_options, example, sort_order)
        values
            ('country', 'Country', 'Country of the contact.', 'Country', 'list', array['in', 'not_in']::text[], 'contacts.country', '["PT", "ES", "FR", "DE", "GB", "NL", "US"]'::jsonb, '{"field": "country", "operator": "in", "value": ["DE", "NL"]}'::jsonb, 1),
            ('language', 'Language', 'Language of the contact.', 'Language', 'list', array['in', 'not_in']::text[], 'contacts.language', '["pt", "es", "fr", "de", "en", "nl"]'::jsonb, '{"field": "language", "operator": "in", "value": ["en"]}'::jsonb, 2),
            ('email_domain', 'Email domain', 'Part of the address behind the @.', 'Email domain', 'text', array['eq', 'neq', 'in', 'not_in', 'contains', 'is_null']::text[], 'contacts.email', null, '{"field": "email_domain", "operator": "eq", "value": "example.com"}'::jsonb, 3),
            ('marketing_consent', 'Marketing consent', 'Agreed to marketing messages.', 'Agreed to marketing', 'boolean', array['eq']::text[], 'contacts.marketing_consent', '[true, false]'::jsonb, '{"field": "marketing_consent", "operator": "eq", "value": true}'::jsonb, 4),
            ('contact_created_at', 'Known since', 'When the contact was first recorded.', 'Known since', 'date', array['before', 'after', 'between', 'within_last_days', 'is_null']::text[], 'contacts.created_at', null, '{"field": "contact_created_at", "operator": "within_last_days", "value": 90}'::jsonb, 5),
            ('stays', 'Stays', 'Number of completed stays.', 'Number of stays', 'number', array['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'between']::text[], 'reservations.count', null, '{"field": "stays", "operator": "gte", "value": 2}'::jsonb, 6),
            ('last_check_out', 'Last departure', 'End of the latest completed stay.', 'Last departure', 'date', array['before', 'after', 'between', 'within_last_days', 'is_null']::text[], 'reservations.check_out', null, '{"field": "last_check_out", "operator": "before", "value": "2026-01-01"}'::jsonb, 7),
            ('next_check_in', 'Next arrival', 'Start of the next booked stay.', 'Next arrival', 'date', array['before', 'after', 'between', 'within_last_days', 'is_null']::text[], 'reservations.check_in', null, '{"field": "next_check_in", "operator": "within_last_days", "value": -30}'::jsonb, 8),
            ('total_spent', 'Total spent', 'Sum of the amounts of completed stays.', 'Total spent', 'number', array['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'between']::text[], 'reservations.total_amount', null, '{"field": "total_spent", "operator": "gte", "value": 5000}'::jsonb, 9),
            ('booking_channel', 'Booking channel', 'Where stays were booked.', 'Booking channel', 'list', array['in', 'not_in']::text[], 'reservations.channel', '["direct", "airbnb", "booking.com", "vrbo", "email"]'::jsonb, '{"field": "booking_channel", "operator": "in", "value": ["direct"]}'::jsonb, 10),
            ('property', 'Property', 'Houses stayed in.', 'Stayed at', 'list', array['in', 'not_in']::text[], 'reservations.property_id', null, '{"field": "property", "operator": "in", "value": ["01938c1e-5a3b-7c4d-8e9f-0123456789ab"]}'::jsonb, 11),
            ('party_size', 'Party size', 'Guests of the latest stay.', 'Guests', 'number', array['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'between']::text[], 'reservations.guests', null, '{"field": "party_size", "operator": "gte", "value": 4}'::jsonb, 12),
            ('email_opened', 'Opened an email', 'Opened an email of any campaign.', 'Opened an email', 'date', array['before', 'after', 'between', 'within_last_days', 'is_null']::text[], 'events.opened', null, '{"field": "email_opened", "operator": "within_last_days", "value": 60}'::jsonb, 13),
            ('email_clicked', 'Clicked an email', 'Clicked a link of any campaign.', 'Clicked an email', 'date', array['before', 'after', 'between', 'within_last_days', 'is_null']::text[], 'events.clicked', null, '{"field": "email_clicked", "operator": "within_last_days", "value": 60}'::jsonb, 14),
            ('unsubscribed', 'Unsubscribed', 'Unsubscribed from any campaign.', 'Unsubscribed', 'boolean', array['eq']::text[], 'events.unsubscribed', '[true, false]'::jsonb, '{"field": "unsubscribed", "operator": "eq", "value": false}'::jsonb, 15)
        on conflict (code) do nothing;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        // Rows of reference tables may be in use and changed by operators; taking the migration back does not take them away.
    }
}
