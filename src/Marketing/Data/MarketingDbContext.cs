using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace Marketing.Data;

/// <summary>
/// The database: the 24 tables of schema <c>marketing</c>, which are a contract with other teams, and the product's own bookkeeping in
/// schema <c>marketing_ops</c>. Column names are the snake-case form of the property names.
/// </summary>
public sealed class MarketingDbContext(DbContextOptions<MarketingDbContext> options) : DbContext(options)
{
    /// <summary>Schema of the 24 tables.</summary>
    public const string MarketingSchema = "marketing";

    /// <summary>Schema of everything else that the product stores.</summary>
    public const string OperationsSchema = "marketing_ops";

    /// <summary>Table of applied migrations, in <see cref="OperationsSchema"/>.</summary>
    public const string MigrationsTable = "schema_migrations";

    /// <summary>Rows of <c>marketing.content</c>.</summary>
    public DbSet<ContentPiece> ContentPieces => Set<ContentPiece>();

    /// <summary>Rows of <c>marketing.content_versions</c>.</summary>
    public DbSet<ContentVersion> ContentVersions => Set<ContentVersion>();

    /// <summary>Rows of <c>marketing.content_library</c>.</summary>
    public DbSet<LibraryAsset> LibraryAssets => Set<LibraryAsset>();

    /// <summary>Rows of <c>marketing.property_content</c>.</summary>
    public DbSet<PropertyContent> PropertyContent => Set<PropertyContent>();

    /// <summary>Rows of <c>marketing.content_usage</c>.</summary>
    public DbSet<ContentUsage> ContentUsage => Set<ContentUsage>();

    /// <summary>Rows of <c>marketing.content_components</c>.</summary>
    public DbSet<ContentComponent> ContentComponents => Set<ContentComponent>();

    /// <summary>Rows of <c>marketing.content_strategy</c>.</summary>
    public DbSet<ContentStrategy> ContentStrategy => Set<ContentStrategy>();

    /// <summary>Rows of <c>marketing.content_calendars</c>.</summary>
    public DbSet<ContentCalendar> ContentCalendars => Set<ContentCalendar>();

    /// <summary>Rows of <c>marketing.calendar_items</c>.</summary>
    public DbSet<CalendarItem> CalendarItems => Set<CalendarItem>();

    /// <summary>Rows of <c>marketing.campaigns</c>.</summary>
    public DbSet<Campaign> Campaigns => Set<Campaign>();

    /// <summary>Rows of <c>marketing.campaign_events</c>.</summary>
    public DbSet<CampaignEvent> CampaignEvents => Set<CampaignEvent>();

    /// <summary>Rows of <c>marketing.segments</c>.</summary>
    public DbSet<Segment> Segments => Set<Segment>();

    /// <summary>Rows of <c>marketing.segment_members</c>.</summary>
    public DbSet<SegmentMember> SegmentMembers => Set<SegmentMember>();

    /// <summary>Rows of <c>marketing.social_accounts</c>.</summary>
    public DbSet<SocialAccount> SocialAccounts => Set<SocialAccount>();

    /// <summary>Rows of <c>marketing.social_posts</c>.</summary>
    public DbSet<SocialPost> SocialPosts => Set<SocialPost>();

    /// <summary>Rows of <c>marketing.social_analytics</c>.</summary>
    public DbSet<SocialAnalytics> SocialAnalytics => Set<SocialAnalytics>();

    /// <summary>Rows of <c>marketing.social_account_metrics</c>.</summary>
    public DbSet<SocialAccountMetrics> SocialAccountMetrics => Set<SocialAccountMetrics>();

    /// <summary>Rows of <c>marketing.websites</c>.</summary>
    public DbSet<Website> Websites => Set<Website>();

    /// <summary>Rows of <c>marketing.website_pages</c>.</summary>
    public DbSet<WebsitePage> WebsitePages => Set<WebsitePage>();

    /// <summary>Rows of <c>marketing.attribution</c>.</summary>
    public DbSet<BookingAttribution> BookingAttributions => Set<BookingAttribution>();

    /// <summary>Rows of <c>marketing.ref_content_types</c>.</summary>
    public DbSet<RefContentType> RefContentTypes => Set<RefContentType>();

    /// <summary>Rows of <c>marketing.ref_social_platforms</c>.</summary>
    public DbSet<RefSocialPlatform> RefSocialPlatforms => Set<RefSocialPlatform>();

    /// <summary>Rows of <c>marketing.ref_campaign_types</c>.</summary>
    public DbSet<RefCampaignType> RefCampaignTypes => Set<RefCampaignType>();

    /// <summary>Rows of <c>marketing.ref_segment_criteria</c>.</summary>
    public DbSet<RefSegmentCriterion> RefSegmentCriteria => Set<RefSegmentCriterion>();

    /// <summary>Rows of <c>marketing_ops.api_clients</c>.</summary>
    public DbSet<ApiClient> ApiClients => Set<ApiClient>();

    /// <summary>Rows of <c>marketing_ops.audit_log</c>.</summary>
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    /// <summary>Rows of <c>marketing_ops.webhook_inbox</c>.</summary>
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    /// <summary>Rows of <c>marketing_ops.webhook_events</c>.</summary>
    public DbSet<WebhookEvent> WebhookEvents => Set<WebhookEvent>();

    /// <summary>Rows of <c>marketing_ops.publish_jobs</c>.</summary>
    public DbSet<PublishJob> PublishJobs => Set<PublishJob>();

    /// <summary>Rows of <c>marketing_ops.publish_attempts</c>.</summary>
    public DbSet<PublishAttempt> PublishAttempts => Set<PublishAttempt>();

    /// <summary>Rows of <c>marketing_ops.ingested_blobs</c>.</summary>
    public DbSet<IngestedBlob> IngestedBlobs => Set<IngestedBlob>();

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(MarketingDbContext).Assembly);

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        // The schema names its 23 indexes; an index per foreign key would add others.
        configurationBuilder.Conventions.Remove<ForeignKeyIndexConvention>();
}
