using Microsoft.AspNetCore.Http;

namespace Marketing.Functions.Http;

/// <summary>One function per table, so that the host lists, meters and switches them by name.</summary>
public sealed class ResourceFunctions(HttpPipeline pipeline)
{
    [Function("content")]
    public Task Content([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "content/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("content_versions")]
    public Task ContentVersions([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "content_versions/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("content_library")]
    public Task ContentLibrary([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "content_library/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("property_content")]
    public Task PropertyContent([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "property_content/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("content_usage")]
    public Task ContentUsage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "content_usage/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("content_components")]
    public Task ContentComponents([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "content_components/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("content_strategy")]
    public Task ContentStrategy([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "content_strategy/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("content_calendars")]
    public Task ContentCalendars([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "content_calendars/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("calendar_items")]
    public Task CalendarItems([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "calendar_items/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("campaigns")]
    public Task Campaigns([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "campaigns/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("campaign_events")]
    public Task CampaignEvents([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "campaign_events/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("segments")]
    public Task Segments([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "segments/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("segment_members")]
    public Task SegmentMembers([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "segment_members/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("social_accounts")]
    public Task SocialAccounts([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "social_accounts/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("social_posts")]
    public Task SocialPosts([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "social_posts/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("social_analytics")]
    public Task SocialAnalytics([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "social_analytics/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("social_account_metrics")]
    public Task SocialAccountMetrics([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "social_account_metrics/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("websites")]
    public Task Websites([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "websites/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("website_pages")]
    public Task WebsitePages([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "website_pages/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("attribution")]
    public Task Attribution([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "attribution/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("ref_content_types")]
    public Task RefContentTypes([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "ref_content_types/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("ref_social_platforms")]
    public Task RefSocialPlatforms([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "ref_social_platforms/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("ref_campaign_types")]
    public Task RefCampaignTypes([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "ref_campaign_types/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("ref_segment_criteria")]
    public Task RefSegmentCriteria([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "ref_segment_criteria/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);
}
