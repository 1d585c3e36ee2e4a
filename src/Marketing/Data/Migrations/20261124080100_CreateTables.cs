using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Marketing.Data.Migrations
{
    /// <inheritdoc />
    public partial class CreateTables : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "marketing_ops");

            migrationBuilder.EnsureSchema(
                name: "marketing");

            migrationBuilder.CreateSequence(
                name: "calendar_items_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateSequence(
                name: "campaign_events_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateSequence(
                name: "campaigns_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateSequence(
                name: "content_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateSequence(
                name: "content_calendars_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateSequence(
                name: "content_library_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateSequence(
                name: "content_strategy_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateSequence(
                name: "segments_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateSequence(
                name: "social_accounts_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateSequence(
                name: "social_posts_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateSequence(
                name: "websites_business_id",
                schema: "marketing_ops",
                startValue: 10001L);

            migrationBuilder.CreateTable(
                name: "api_clients",
                schema: "marketing_ops",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    key_prefix = table.Column<string>(type: "text", nullable: false),
                    key_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    scopes = table.Column<string[]>(type: "text[]", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    created_by = table.Column<string>(type: "text", nullable: true),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_clients", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_log",
                schema: "marketing_ops",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    actor = table.Column<string>(type: "text", nullable: false),
                    client_id = table.Column<Guid>(type: "uuid", nullable: true),
                    action = table.Column<string>(type: "text", nullable: false),
                    table_name = table.Column<string>(type: "text", nullable: false),
                    row_id = table.Column<Guid>(type: "uuid", nullable: false),
                    changes = table.Column<string>(type: "jsonb", nullable: true),
                    request_id = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_log", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "content",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    content_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('CON', nextval('marketing_ops.content_business_id'))"),
                    property_id = table.Column<Guid>(type: "uuid", nullable: true),
                    template_id = table.Column<Guid>(type: "uuid", nullable: true),
                    title = table.Column<string>(type: "text", nullable: false),
                    content_type = table.Column<string>(type: "text", nullable: false),
                    content_body = table.Column<string>(type: "text", nullable: true),
                    content_html = table.Column<string>(type: "text", nullable: true),
                    excerpt = table.Column<string>(type: "text", nullable: true),
                    meta_title = table.Column<string>(type: "text", nullable: true),
                    meta_description = table.Column<string>(type: "text", nullable: true),
                    keywords = table.Column<string[]>(type: "text[]", nullable: true),
                    is_template = table.Column<bool>(type: "boolean", nullable: true, defaultValue: false),
                    version = table.Column<int>(type: "integer", nullable: true, defaultValue: 1),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "draft"),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    author = table.Column<string>(type: "text", nullable: true),
                    ai_generated = table.Column<bool>(type: "boolean", nullable: true, defaultValue: false),
                    ai_model = table.Column<string>(type: "text", nullable: true),
                    tone = table.Column<string>(type: "text", nullable: true),
                    target_audience = table.Column<string>(type: "text", nullable: true),
                    word_count = table.Column<int>(type: "integer", nullable: true),
                    reading_time_min = table.Column<int>(type: "integer", nullable: true),
                    performance_score = table.Column<decimal>(type: "numeric(5,2)", precision: 5, scale: 2, nullable: true),
                    tags = table.Column<string[]>(type: "text[]", nullable: true),
                    created_by = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_content", x => x.id);
                    table.CheckConstraint("ck_content_content_type", "content_type in ('blog', 'social', 'email', 'landing', 'description', 'ad_copy', 'newsletter', 'guide')");
                    table.CheckConstraint("ck_content_status", "status in ('draft', 'review', 'approved', 'published', 'archived')");
                    table.ForeignKey(
                        name: "fk_content_content_template_id",
                        column: x => x.template_id,
                        principalSchema: "marketing",
                        principalTable: "content",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "content_library",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    asset_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('ASSET', nextval('marketing_ops.content_library_business_id'))"),
                    filename = table.Column<string>(type: "text", nullable: false),
                    asset_type = table.Column<string>(type: "text", nullable: false),
                    mime_type = table.Column<string>(type: "text", nullable: true),
                    file_url = table.Column<string>(type: "text", nullable: false),
                    thumbnail_url = table.Column<string>(type: "text", nullable: true),
                    file_size_bytes = table.Column<long>(type: "bigint", nullable: true),
                    dimensions = table.Column<string>(type: "jsonb", nullable: true),
                    duration_seconds = table.Column<int>(type: "integer", nullable: true),
                    alt_text = table.Column<string>(type: "text", nullable: true),
                    caption = table.Column<string>(type: "text", nullable: true),
                    tags = table.Column<string[]>(type: "text[]", nullable: true),
                    ai_tags = table.Column<string[]>(type: "text[]", nullable: true),
                    ai_description = table.Column<string>(type: "text", nullable: true),
                    color_palette = table.Column<string>(type: "jsonb", nullable: true),
                    focal_point = table.Column<string>(type: "jsonb", nullable: true),
                    orientation = table.Column<string>(type: "text", nullable: true),
                    license_type = table.Column<string>(type: "text", nullable: true),
                    source = table.Column<string>(type: "text", nullable: true),
                    photographer = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "active"),
                    created_by = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_content_library", x => x.id);
                    table.CheckConstraint("ck_content_library_asset_type", "asset_type in ('image', 'video', 'document', 'audio', 'pdf', '3d_tour')");
                    table.CheckConstraint("ck_content_library_orientation", "orientation in ('landscape', 'portrait', 'square')");
                    table.CheckConstraint("ck_content_library_status", "status in ('active', 'archived', 'processing', 'error')");
                });

            migrationBuilder.CreateTable(
                name: "content_strategy",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    strategy_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('STRAT', nextval('marketing_ops.content_strategy_business_id'))"),
                    property_id = table.Column<Guid>(type: "uuid", nullable: false),
                    strategy_name = table.Column<string>(type: "text", nullable: false),
                    goals = table.Column<string>(type: "jsonb", nullable: true),
                    themes = table.Column<string[]>(type: "text[]", nullable: true),
                    posting_frequency = table.Column<string>(type: "jsonb", nullable: true),
                    target_audience = table.Column<string>(type: "text", nullable: true),
                    tone_guidelines = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "draft"),
                    effective_date = table.Column<DateOnly>(type: "date", nullable: true),
                    review_date = table.Column<DateOnly>(type: "date", nullable: true),
                    created_by = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_content_strategy", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "ingested_blobs",
                schema: "marketing_ops",
                columns: table => new
                {
                    container = table.Column<string>(type: "text", nullable: false),
                    blob_name = table.Column<string>(type: "text", nullable: false),
                    asset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    e_tag = table.Column<string>(type: "text", nullable: false),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: true),
                    state = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    leased_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lease_token = table.Column<Guid>(type: "uuid", nullable: true),
                    renditions = table.Column<string>(type: "jsonb", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ingested_blobs", x => new { x.container, x.blob_name });
                });

            migrationBuilder.CreateTable(
                name: "ref_campaign_types",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    code = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    channels = table.Column<string[]>(type: "text[]", nullable: true),
                    template = table.Column<string>(type: "jsonb", nullable: true),
                    default_target_metrics = table.Column<string>(type: "jsonb", nullable: true),
                    required_fields = table.Column<string[]>(type: "text[]", nullable: true),
                    is_active = table.Column<bool>(type: "boolean", nullable: false, defaultValue: true),
                    sort_order = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ref_campaign_types", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "ref_content_types",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    code = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    guidelines = table.Column<string>(type: "text", nullable: true),
                    min_words = table.Column<int>(type: "integer", nullable: true),
                    max_words = table.Column<int>(type: "integer", nullable: true),
                    required_fields = table.Column<string[]>(type: "text[]", nullable: true),
                    default_tone = table.Column<string>(type: "text", nullable: true),
                    channels = table.Column<string[]>(type: "text[]", nullable: true),
                    is_active = table.Column<bool>(type: "boolean", nullable: false, defaultValue: true),
                    sort_order = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ref_content_types", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "ref_segment_criteria",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    code = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    label = table.Column<string>(type: "text", nullable: false),
                    data_type = table.Column<string>(type: "text", nullable: false),
                    allowed_operators = table.Column<string[]>(type: "text[]", nullable: false),
                    source = table.Column<string>(type: "text", nullable: false),
                    value_options = table.Column<string>(type: "jsonb", nullable: true),
                    example = table.Column<string>(type: "jsonb", nullable: true),
                    is_active = table.Column<bool>(type: "boolean", nullable: false, defaultValue: true),
                    sort_order = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ref_segment_criteria", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "ref_social_platforms",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    code = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    caption_max_length = table.Column<int>(type: "integer", nullable: true),
                    hashtag_max_count = table.Column<int>(type: "integer", nullable: true),
                    mention_max_count = table.Column<int>(type: "integer", nullable: true),
                    allowed_post_types = table.Column<string[]>(type: "text[]", nullable: true),
                    media_rules = table.Column<string>(type: "jsonb", nullable: true),
                    rate_limits = table.Column<string>(type: "jsonb", nullable: true),
                    scopes = table.Column<string[]>(type: "text[]", nullable: true),
                    api_version = table.Column<string>(type: "text", nullable: true),
                    api_base_url = table.Column<string>(type: "text", nullable: true),
                    is_active = table.Column<bool>(type: "boolean", nullable: false, defaultValue: true),
                    sort_order = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ref_social_platforms", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "segments",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    segment_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('SEG', nextval('marketing_ops.segments_business_id'))"),
                    segment_name = table.Column<string>(type: "text", nullable: false),
                    segment_type = table.Column<string>(type: "text", nullable: true),
                    description = table.Column<string>(type: "text", nullable: true),
                    criteria = table.Column<string>(type: "jsonb", nullable: true),
                    member_count = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    last_calculated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    auto_refresh = table.Column<bool>(type: "boolean", nullable: true, defaultValue: false),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "active"),
                    created_by = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_segments", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "social_accounts",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    social_account_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('SA', nextval('marketing_ops.social_accounts_business_id'))"),
                    property_id = table.Column<Guid>(type: "uuid", nullable: true),
                    platform = table.Column<string>(type: "text", nullable: false),
                    account_name = table.Column<string>(type: "text", nullable: false),
                    handle = table.Column<string>(type: "text", nullable: true),
                    profile_url = table.Column<string>(type: "text", nullable: true),
                    external_account_id = table.Column<string>(type: "text", nullable: true),
                    access_token = table.Column<string>(type: "text", nullable: true),
                    token_expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    follower_count = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    following_count = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    post_count = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "active"),
                    last_synced_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_social_accounts", x => x.id);
                    table.CheckConstraint("ck_social_accounts_platform", "platform in ('instagram', 'facebook', 'tiktok', 'youtube', 'twitter', 'linkedin', 'pinterest')");
                });

            migrationBuilder.CreateTable(
                name: "webhook_events",
                schema: "marketing_ops",
                columns: table => new
                {
                    provider = table.Column<string>(type: "text", nullable: false),
                    event_id = table.Column<string>(type: "text", nullable: false),
                    delivery_id = table.Column<Guid>(type: "uuid", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    campaign_event_id = table.Column<Guid>(type: "uuid", nullable: true),
                    @event = table.Column<string>(name: "event", type: "jsonb", nullable: false),
                    processed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_events", x => new { x.provider, x.event_id });
                    table.CheckConstraint("ck_webhook_events_outcome", "outcome in ('recorded', 'set_aside', 'ignored')");
                });

            migrationBuilder.CreateTable(
                name: "webhook_inbox",
                schema: "marketing_ops",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    provider = table.Column<string>(type: "text", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    body = table.Column<byte[]>(type: "bytea", nullable: false),
                    body_sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    leased_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lease_token = table.Column<Guid>(type: "uuid", nullable: true),
                    processed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_inbox", x => x.id);
                    table.CheckConstraint("ck_webhook_inbox_state", "state in ('received', 'processed', 'failed')");
                });

            migrationBuilder.CreateTable(
                name: "websites",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    website_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('WEB', nextval('marketing_ops.websites_business_id'))"),
                    property_id = table.Column<Guid>(type: "uuid", nullable: true),
                    website_name = table.Column<string>(type: "text", nullable: false),
                    domain = table.Column<string>(type: "text", nullable: true),
                    platform = table.Column<string>(type: "text", nullable: true),
                    analytics_id = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "active"),
                    ssl_status = table.Column<string>(type: "text", nullable: true),
                    last_updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_websites", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "content_versions",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    content_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version_number = table.Column<int>(type: "integer", nullable: false),
                    content_snapshot = table.Column<string>(type: "jsonb", nullable: false),
                    changed_by = table.Column<string>(type: "text", nullable: true),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    change_summary = table.Column<string>(type: "text", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_content_versions", x => x.id);
                    table.ForeignKey(
                        name: "fk_content_versions_content_content_id",
                        column: x => x.content_id,
                        principalSchema: "marketing",
                        principalTable: "content",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "content_components",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    parent_content_id = table.Column<Guid>(type: "uuid", nullable: false),
                    component_content_id = table.Column<Guid>(type: "uuid", nullable: true),
                    component_asset_id = table.Column<Guid>(type: "uuid", nullable: true),
                    component_type = table.Column<string>(type: "text", nullable: true),
                    position = table.Column<int>(type: "integer", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_content_components", x => x.id);
                    table.ForeignKey(
                        name: "fk_content_components_content_pieces_component_content_id",
                        column: x => x.component_content_id,
                        principalSchema: "marketing",
                        principalTable: "content",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_content_components_content_pieces_parent_content_id",
                        column: x => x.parent_content_id,
                        principalSchema: "marketing",
                        principalTable: "content",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_content_components_library_assets_component_asset_id",
                        column: x => x.component_asset_id,
                        principalSchema: "marketing",
                        principalTable: "content_library",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "content_usage",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    content_id = table.Column<Guid>(type: "uuid", nullable: true),
                    library_asset_id = table.Column<Guid>(type: "uuid", nullable: true),
                    usage_type = table.Column<string>(type: "text", nullable: false),
                    usage_id = table.Column<Guid>(type: "uuid", nullable: false),
                    usage_context = table.Column<string>(type: "text", nullable: true),
                    used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_content_usage", x => x.id);
                    table.CheckConstraint("ck_content_usage_target", "content_id is not null or library_asset_id is not null");
                    table.ForeignKey(
                        name: "fk_content_usage_content_content_id",
                        column: x => x.content_id,
                        principalSchema: "marketing",
                        principalTable: "content",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_content_usage_library_assets_library_asset_id",
                        column: x => x.library_asset_id,
                        principalSchema: "marketing",
                        principalTable: "content_library",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "property_content",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    property_id = table.Column<Guid>(type: "uuid", nullable: false),
                    library_asset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    display_order = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    is_hero = table.Column<bool>(type: "boolean", nullable: true, defaultValue: false),
                    channel_orders = table.Column<string>(type: "jsonb", nullable: true),
                    room_type = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "active"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_property_content", x => x.id);
                    table.ForeignKey(
                        name: "fk_property_content_content_library_library_asset_id",
                        column: x => x.library_asset_id,
                        principalSchema: "marketing",
                        principalTable: "content_library",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "campaigns",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    campaign_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('CMP', nextval('marketing_ops.campaigns_business_id'))"),
                    property_id = table.Column<Guid>(type: "uuid", nullable: true),
                    segment_id = table.Column<Guid>(type: "uuid", nullable: true),
                    campaign_name = table.Column<string>(type: "text", nullable: false),
                    campaign_type = table.Column<string>(type: "text", nullable: false),
                    goal = table.Column<string>(type: "text", nullable: true),
                    budget = table.Column<decimal>(type: "numeric(12,2)", precision: 12, scale: 2, nullable: true),
                    start_date = table.Column<DateOnly>(type: "date", nullable: true),
                    end_date = table.Column<DateOnly>(type: "date", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "draft"),
                    target_metrics = table.Column<string>(type: "jsonb", nullable: true),
                    actual_metrics = table.Column<string>(type: "jsonb", nullable: true),
                    created_by = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_campaigns", x => x.id);
                    table.CheckConstraint("ck_campaigns_campaign_type", "campaign_type in ('email', 'social', 'paid', 'retargeting', 'sms', 'multi_channel')");
                    table.CheckConstraint("ck_campaigns_status", "status in ('draft', 'scheduled', 'active', 'paused', 'completed', 'cancelled')");
                    table.ForeignKey(
                        name: "fk_campaigns_segments_segment_id",
                        column: x => x.segment_id,
                        principalSchema: "marketing",
                        principalTable: "segments",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "segment_members",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    segment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    contact_id = table.Column<Guid>(type: "uuid", nullable: false),
                    added_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    added_by = table.Column<string>(type: "text", nullable: true),
                    removed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_segment_members", x => x.id);
                    table.ForeignKey(
                        name: "fk_segment_members_segments_segment_id",
                        column: x => x.segment_id,
                        principalSchema: "marketing",
                        principalTable: "segments",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "social_account_metrics",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    metric_date = table.Column<DateOnly>(type: "date", nullable: false),
                    follower_count = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    follower_change = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    following_count = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    post_count = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    impressions = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    reach = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    profile_views = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    website_clicks = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    engagement_rate = table.Column<decimal>(type: "numeric(5,4)", precision: 5, scale: 4, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_social_account_metrics", x => x.id);
                    table.ForeignKey(
                        name: "fk_social_account_metrics_social_accounts_account_id",
                        column: x => x.account_id,
                        principalSchema: "marketing",
                        principalTable: "social_accounts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "website_pages",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    website_id = table.Column<Guid>(type: "uuid", nullable: false),
                    content_id = table.Column<Guid>(type: "uuid", nullable: true),
                    page_path = table.Column<string>(type: "text", nullable: false),
                    page_title = table.Column<string>(type: "text", nullable: false),
                    meta_description = table.Column<string>(type: "text", nullable: true),
                    meta_keywords = table.Column<string[]>(type: "text[]", nullable: true),
                    page_type = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "draft"),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    page_views = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    conversions = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_website_pages", x => x.id);
                    table.ForeignKey(
                        name: "fk_website_pages_content_content_id",
                        column: x => x.content_id,
                        principalSchema: "marketing",
                        principalTable: "content",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_website_pages_websites_website_id",
                        column: x => x.website_id,
                        principalSchema: "marketing",
                        principalTable: "websites",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "attribution",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    reservation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    first_touch_campaign_id = table.Column<Guid>(type: "uuid", nullable: true),
                    last_touch_campaign_id = table.Column<Guid>(type: "uuid", nullable: true),
                    first_touch_channel = table.Column<string>(type: "text", nullable: true),
                    first_touch_source = table.Column<string>(type: "text", nullable: true),
                    first_touch_date = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_touch_channel = table.Column<string>(type: "text", nullable: true),
                    last_touch_source = table.Column<string>(type: "text", nullable: true),
                    last_touch_date = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    touchpoints = table.Column<string>(type: "jsonb", nullable: true),
                    attribution_model = table.Column<string>(type: "text", nullable: true),
                    revenue_attributed = table.Column<decimal>(type: "numeric(12,2)", precision: 12, scale: 2, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_attribution", x => x.id);
                    table.ForeignKey(
                        name: "fk_attribution_campaigns_first_touch_campaign_id",
                        column: x => x.first_touch_campaign_id,
                        principalSchema: "marketing",
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_attribution_campaigns_last_touch_campaign_id",
                        column: x => x.last_touch_campaign_id,
                        principalSchema: "marketing",
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "campaign_events",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    campaign_event_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('CEVT', nextval('marketing_ops.campaign_events_business_id'))"),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: false),
                    contact_id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_type = table.Column<string>(type: "text", nullable: false),
                    event_timestamp = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    event_data = table.Column<string>(type: "jsonb", nullable: true),
                    channel = table.Column<string>(type: "text", nullable: true),
                    device_type = table.Column<string>(type: "text", nullable: true),
                    location = table.Column<string>(type: "text", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_campaign_events", x => x.id);
                    table.CheckConstraint("ck_campaign_events_event_type", "event_type in ('sent', 'delivered', 'opened', 'clicked', 'converted', 'bounced', 'unsubscribed', 'complained')");
                    table.ForeignKey(
                        name: "fk_campaign_events_campaigns_campaign_id",
                        column: x => x.campaign_id,
                        principalSchema: "marketing",
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "content_calendars",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    calendar_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('CAL', nextval('marketing_ops.content_calendars_business_id'))"),
                    property_id = table.Column<Guid>(type: "uuid", nullable: true),
                    content_strategy_id = table.Column<Guid>(type: "uuid", nullable: true),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: true),
                    calendar_name = table.Column<string>(type: "text", nullable: false),
                    calendar_type = table.Column<string>(type: "text", nullable: true),
                    start_date = table.Column<DateOnly>(type: "date", nullable: true),
                    end_date = table.Column<DateOnly>(type: "date", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "active"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_content_calendars", x => x.id);
                    table.ForeignKey(
                        name: "fk_content_calendars_campaigns_campaign_id",
                        column: x => x.campaign_id,
                        principalSchema: "marketing",
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_content_calendars_content_strategy_content_strategy_id",
                        column: x => x.content_strategy_id,
                        principalSchema: "marketing",
                        principalTable: "content_strategy",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "social_posts",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    social_post_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('SP', nextval('marketing_ops.social_posts_business_id'))"),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    campaign_id = table.Column<Guid>(type: "uuid", nullable: true),
                    content_id = table.Column<Guid>(type: "uuid", nullable: true),
                    post_type = table.Column<string>(type: "text", nullable: false),
                    caption = table.Column<string>(type: "text", nullable: true),
                    media_urls = table.Column<string[]>(type: "text[]", nullable: true),
                    hashtags = table.Column<string[]>(type: "text[]", nullable: true),
                    mentions = table.Column<string[]>(type: "text[]", nullable: true),
                    link_url = table.Column<string>(type: "text", nullable: true),
                    location_tag = table.Column<string>(type: "text", nullable: true),
                    scheduled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    external_post_id = table.Column<string>(type: "text", nullable: true),
                    external_url = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "draft"),
                    ai_generated = table.Column<bool>(type: "boolean", nullable: true, defaultValue: false),
                    approval_status = table.Column<string>(type: "text", nullable: true),
                    approved_by = table.Column<string>(type: "text", nullable: true),
                    created_by = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_social_posts", x => x.id);
                    table.CheckConstraint("ck_social_posts_post_type", "post_type in ('post', 'story', 'reel', 'video', 'carousel', 'live')");
                    table.CheckConstraint("ck_social_posts_status", "status in ('draft', 'scheduled', 'publishing', 'published', 'failed', 'deleted')");
                    table.ForeignKey(
                        name: "fk_social_posts_campaigns_campaign_id",
                        column: x => x.campaign_id,
                        principalSchema: "marketing",
                        principalTable: "campaigns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_social_posts_content_content_id",
                        column: x => x.content_id,
                        principalSchema: "marketing",
                        principalTable: "content",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_social_posts_social_accounts_account_id",
                        column: x => x.account_id,
                        principalSchema: "marketing",
                        principalTable: "social_accounts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "calendar_items",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    calendar_item_id = table.Column<string>(type: "text", nullable: false, defaultValueSql: "marketing_ops.business_id('CI', nextval('marketing_ops.calendar_items_business_id'))"),
                    calendar_id = table.Column<Guid>(type: "uuid", nullable: false),
                    content_id = table.Column<Guid>(type: "uuid", nullable: true),
                    library_asset_id = table.Column<Guid>(type: "uuid", nullable: true),
                    published_post_id = table.Column<Guid>(type: "uuid", nullable: true),
                    owner_contact_id = table.Column<Guid>(type: "uuid", nullable: true),
                    title = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    content_type = table.Column<string>(type: "text", nullable: true),
                    platform = table.Column<string>(type: "text", nullable: true),
                    scheduled_date = table.Column<DateOnly>(type: "date", nullable: false),
                    scheduled_time = table.Column<TimeOnly>(type: "time without time zone", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true, defaultValue: "planned"),
                    priority = table.Column<string>(type: "text", nullable: true, defaultValue: "normal"),
                    tags = table.Column<string[]>(type: "text[]", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_calendar_items", x => x.id);
                    table.ForeignKey(
                        name: "fk_calendar_items_content_calendars_calendar_id",
                        column: x => x.calendar_id,
                        principalSchema: "marketing",
                        principalTable: "content_calendars",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_calendar_items_content_pieces_content_id",
                        column: x => x.content_id,
                        principalSchema: "marketing",
                        principalTable: "content",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_calendar_items_library_assets_library_asset_id",
                        column: x => x.library_asset_id,
                        principalSchema: "marketing",
                        principalTable: "content_library",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_calendar_items_social_posts_published_post_id",
                        column: x => x.published_post_id,
                        principalSchema: "marketing",
                        principalTable: "social_posts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "publish_attempts",
                schema: "marketing_ops",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    post_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    step = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    detail = table.Column<string>(type: "text", nullable: true),
                    external_id = table.Column<string>(type: "text", nullable: true),
                    next_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_publish_attempts", x => x.id);
                    table.CheckConstraint("ck_publish_attempts_state", "state in ('started', 'succeeded', 'waiting', 'retry', 'refused', 'unconfirmed')");
                    table.CheckConstraint("ck_publish_attempts_step", "step in ('submit', 'poll', 'finalise', 'reconcile', 'confirm')");
                    table.ForeignKey(
                        name: "fk_publish_attempts_social_posts_post_id",
                        column: x => x.post_id,
                        principalSchema: "marketing",
                        principalTable: "social_posts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "publish_jobs",
                schema: "marketing_ops",
                columns: table => new
                {
                    post_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    platform = table.Column<string>(type: "text", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    redispatch_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    leased_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lease_token = table.Column<Guid>(type: "uuid", nullable: true),
                    container_id = table.Column<string>(type: "text", nullable: true),
                    container_made_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    external_post_id = table.Column<string>(type: "text", nullable: true),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    negative_reads = table.Column<int>(type: "integer", nullable: false),
                    last_negative_read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_publish_jobs", x => x.post_id);
                    table.CheckConstraint("ck_publish_jobs_state", "state in ('open', 'published', 'failed')");
                    table.ForeignKey(
                        name: "fk_publish_jobs_social_posts_post_id",
                        column: x => x.post_id,
                        principalSchema: "marketing",
                        principalTable: "social_posts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "social_analytics",
                schema: "marketing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "generate_uuid_v7()"),
                    post_id = table.Column<Guid>(type: "uuid", nullable: false),
                    metric_date = table.Column<DateOnly>(type: "date", nullable: false),
                    impressions = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    reach = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    engagement = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    likes = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    comments = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    shares = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    saves = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    clicks = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    video_views = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    watch_time_seconds = table.Column<int>(type: "integer", nullable: true, defaultValue: 0),
                    engagement_rate = table.Column<decimal>(type: "numeric(5,4)", precision: 5, scale: 4, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true, defaultValueSql: "now()"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_social_analytics", x => x.id);
                    table.ForeignKey(
                        name: "fk_social_analytics_social_posts_post_id",
                        column: x => x.post_id,
                        principalSchema: "marketing",
                        principalTable: "social_posts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ux_api_clients_key_hash",
                schema: "marketing_ops",
                table: "api_clients",
                column: "key_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_api_clients_name",
                schema: "marketing_ops",
                table: "api_clients",
                column: "name",
                unique: true,
                filter: "revoked_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_audit_log_row",
                schema: "marketing_ops",
                table: "audit_log",
                columns: new[] { "table_name", "row_id" });

            migrationBuilder.CreateIndex(
                name: "idx_ci_calendar",
                schema: "marketing",
                table: "calendar_items",
                column: "calendar_id");

            migrationBuilder.CreateIndex(
                name: "idx_ci_id",
                schema: "marketing",
                table: "calendar_items",
                column: "calendar_item_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_ci_scheduled",
                schema: "marketing",
                table: "calendar_items",
                column: "scheduled_date");

            migrationBuilder.CreateIndex(
                name: "uq_campaign_events_campaign_event_id",
                schema: "marketing",
                table: "campaign_events",
                column: "campaign_event_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_cmp_dates",
                schema: "marketing",
                table: "campaigns",
                columns: new[] { "start_date", "end_date" });

            migrationBuilder.CreateIndex(
                name: "idx_cmp_id",
                schema: "marketing",
                table: "campaigns",
                column: "campaign_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_cmp_status",
                schema: "marketing",
                table: "campaigns",
                column: "status");

            migrationBuilder.CreateIndex(
                name: "idx_content_id",
                schema: "marketing",
                table: "content",
                column: "content_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_content_property",
                schema: "marketing",
                table: "content",
                column: "property_id");

            migrationBuilder.CreateIndex(
                name: "idx_content_template",
                schema: "marketing",
                table: "content",
                column: "is_template",
                filter: "is_template");

            migrationBuilder.CreateIndex(
                name: "idx_content_type",
                schema: "marketing",
                table: "content",
                column: "content_type");

            migrationBuilder.CreateIndex(
                name: "idx_cal_id",
                schema: "marketing",
                table: "content_calendars",
                column: "calendar_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_cal_property",
                schema: "marketing",
                table: "content_calendars",
                column: "property_id");

            migrationBuilder.CreateIndex(
                name: "idx_asset_id",
                schema: "marketing",
                table: "content_library",
                column: "asset_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_asset_tags",
                schema: "marketing",
                table: "content_library",
                column: "tags")
                .Annotation("Npgsql:IndexMethod", "gin");

            migrationBuilder.CreateIndex(
                name: "idx_asset_type",
                schema: "marketing",
                table: "content_library",
                column: "asset_type");

            migrationBuilder.CreateIndex(
                name: "uq_content_strategy_strategy_id",
                schema: "marketing",
                table: "content_strategy",
                column: "strategy_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "uq_content_versions_content_id_version_number",
                schema: "marketing",
                table: "content_versions",
                columns: new[] { "content_id", "version_number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_ingested_blobs_asset_id",
                schema: "marketing_ops",
                table: "ingested_blobs",
                column: "asset_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "uq_property_content_property_id_library_asset_id",
                schema: "marketing",
                table: "property_content",
                columns: new[] { "property_id", "library_asset_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_publish_attempts_finalise",
                schema: "marketing_ops",
                table: "publish_attempts",
                column: "post_id",
                unique: true,
                filter: "step = 'finalise' and state in ('started', 'unconfirmed', 'succeeded')");

            migrationBuilder.CreateIndex(
                name: "ux_publish_attempts_number",
                schema: "marketing_ops",
                table: "publish_attempts",
                columns: new[] { "post_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_publish_jobs_due",
                schema: "marketing_ops",
                table: "publish_jobs",
                column: "due_at",
                filter: "state = 'open'");

            migrationBuilder.CreateIndex(
                name: "ux_publish_jobs_external_post",
                schema: "marketing_ops",
                table: "publish_jobs",
                columns: new[] { "platform", "external_post_id" },
                unique: true,
                filter: "external_post_id is not null");

            migrationBuilder.CreateIndex(
                name: "uq_ref_campaign_types_code",
                schema: "marketing",
                table: "ref_campaign_types",
                column: "code",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "uq_ref_content_types_code",
                schema: "marketing",
                table: "ref_content_types",
                column: "code",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "uq_ref_segment_criteria_code",
                schema: "marketing",
                table: "ref_segment_criteria",
                column: "code",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "uq_ref_social_platforms_code",
                schema: "marketing",
                table: "ref_social_platforms",
                column: "code",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "uq_segment_members_segment_id_contact_id",
                schema: "marketing",
                table: "segment_members",
                columns: new[] { "segment_id", "contact_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_seg_id",
                schema: "marketing",
                table: "segments",
                column: "segment_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "uq_social_account_metrics_account_id_metric_date",
                schema: "marketing",
                table: "social_account_metrics",
                columns: new[] { "account_id", "metric_date" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_sa_id",
                schema: "marketing",
                table: "social_accounts",
                column: "social_account_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_sa_platform",
                schema: "marketing",
                table: "social_accounts",
                column: "platform");

            migrationBuilder.CreateIndex(
                name: "idx_sa_property",
                schema: "marketing",
                table: "social_accounts",
                column: "property_id");

            migrationBuilder.CreateIndex(
                name: "uq_social_accounts_property_id_platform",
                schema: "marketing",
                table: "social_accounts",
                columns: new[] { "property_id", "platform" },
                unique: true,
                filter: "property_id is not null");

            migrationBuilder.CreateIndex(
                name: "uq_social_analytics_post_id_metric_date",
                schema: "marketing",
                table: "social_analytics",
                columns: new[] { "post_id", "metric_date" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_sp_account",
                schema: "marketing",
                table: "social_posts",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "idx_sp_id",
                schema: "marketing",
                table: "social_posts",
                column: "social_post_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_sp_scheduled",
                schema: "marketing",
                table: "social_posts",
                column: "scheduled_at");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_events_set_aside",
                schema: "marketing_ops",
                table: "webhook_events",
                column: "processed_at",
                filter: "outcome = 'set_aside'");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_inbox_unprocessed",
                schema: "marketing_ops",
                table: "webhook_inbox",
                column: "received_at",
                filter: "state = 'received'");

            migrationBuilder.CreateIndex(
                name: "ux_webhook_inbox_body",
                schema: "marketing_ops",
                table: "webhook_inbox",
                columns: new[] { "provider", "body_sha256" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "uq_website_pages_website_id_page_path",
                schema: "marketing",
                table: "website_pages",
                columns: new[] { "website_id", "page_path" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "idx_web_id",
                schema: "marketing",
                table: "websites",
                column: "website_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "api_clients",
                schema: "marketing_ops");

            migrationBuilder.DropTable(
                name: "attribution",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "audit_log",
                schema: "marketing_ops");

            migrationBuilder.DropTable(
                name: "calendar_items",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "campaign_events",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "content_components",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "content_usage",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "content_versions",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "ingested_blobs",
                schema: "marketing_ops");

            migrationBuilder.DropTable(
                name: "property_content",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "publish_attempts",
                schema: "marketing_ops");

            migrationBuilder.DropTable(
                name: "publish_jobs",
                schema: "marketing_ops");

            migrationBuilder.DropTable(
                name: "ref_campaign_types",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "ref_content_types",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "ref_segment_criteria",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "ref_social_platforms",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "segment_members",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "social_account_metrics",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "social_analytics",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "webhook_events",
                schema: "marketing_ops");

            migrationBuilder.DropTable(
                name: "webhook_inbox",
                schema: "marketing_ops");

            migrationBuilder.DropTable(
                name: "website_pages",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "content_calendars",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "content_library",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "social_posts",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "websites",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "content_strategy",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "campaigns",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "content",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "social_accounts",
                schema: "marketing");

            migrationBuilder.DropTable(
                name: "segments",
                schema: "marketing");

            migrationBuilder.DropSequence(
                name: "calendar_items_business_id",
                schema: "marketing_ops");

            migrationBuilder.DropSequence(
                name: "campaign_events_business_id",
                schema: "marketing_ops");

            migrationBuilder.DropSequence(
                name: "campaigns_business_id",
                schema: "marketing_ops");

            migrationBuilder.DropSequence(
                name: "content_business_id",
                schema: "marketing_ops");

            migrationBuilder.DropSequence(
                name: "content_calendars_business_id",
                schema: "marketing_ops");

            migrationBuilder.DropSequence(
                name: "content_library_business_id",
                schema: "marketing_ops");

            migrationBuilder.DropSequence(
                name: "content_strategy_business_id",
                schema: "marketing_ops");

            migrationBuilder.DropSequence(
                name: "segments_business_id",
                schema: "marketing_ops");

            migrationBuilder.DropSequence(
                name: "social_accounts_business_id",
                schema: "marketing_ops");

            migrationBuilder.DropSequence(
                name: "social_posts_business_id",
                schema: "marketing_ops");

            migrationBuilder.DropSequence(
                name: "websites_business_id",
                schema: "marketing_ops");
        }
    }
}
