using Microsoft.AspNetCore.Http;

namespace Marketing.Functions.Http;

/// <summary>Endpoints that are not tables.</summary>
public sealed class ServiceFunctions(HttpPipeline pipeline)
{
    [Function("api_keys")]
    public Task ApiKeys([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "delete", Route = "api_keys/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("health")]
    public Task Health([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("roles")]
    public Task Roles([HttpTrigger(AuthorizationLevel.Anonymous, "get", "put", "delete", Route = "roles/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("audit")]
    public Task Audit([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "audit")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("openapi")]
    public Task Openapi([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openapi.json")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("docs")]
    public Task Docs([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "docs/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("webhooks")]
    public Task Webhooks([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "options", Route = "webhooks/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("operations")]
    public Task Operations([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "put", "delete", Route = "operations/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("media")]
    public Task Media([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "media/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function("suppressions")]
    public Task Suppressions([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "delete", Route = "suppressions/{*path}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);
}
